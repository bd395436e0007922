package dev.lockkeeper.testbed.demo;

import dev.lockkeeper.crds.v1alpha1.ConfigMapSource;
import dev.lockkeeper.crds.v1alpha1.DrainSpec;
import dev.lockkeeper.crds.v1alpha1.GraphSource;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.crds.v1alpha1.StreamPinSpec;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.crds.v1alpha1.UpdateGraphSpec;
import dev.lockkeeper.crds.v1alpha1.VerifySpec;
import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.FleetRules.Cordon;
import dev.lockkeeper.testbed.fleet.FleetWatcher;
import dev.lockkeeper.testbed.fleet.GraphSettings;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.fleet.Violation;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Shows a fleet of twelve machines update itself: each takes its next release from the operator's graph, past two barriers, and reboots
 * when the operator's lock lets it. One group is pinned to an older release. Then a release comes that is sick on one architecture
 * ({@link SickRelease}). It checks by its own watch of the API server, and by its
 * own log of boots, that all went as promised. The exit status is 0 only if it did.
 */
public final class Demo {

    private static final String NEWEST = "44.20260707.3.1";
    private static final String PINNED = "44.20260621.3.1";
    /** What the workers run at first, in turn: before both barriers, between them, and after. */
    private static final List<String> WORKERS_RUN =
            List.of("43.20260105.3.0", "43.20260316.3.1", "44.20260607.3.1", "44.20260510.3.1", "44.20260607.3.1");

    private static final List<String> CONTROLLERS_RUN = List.of("43.20260413.3.1", "44.20260607.3.1", PINNED);
    /** Two of the workers have both before them, two have one, and so has a controller. */
    private static final int BARRIERS_TO_PASS = 2 * 2 + 2 + 1;

    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration BLOCKED_FOR = Duration.ofSeconds(12);
    private static final String ROLE = "demo.lockkeeper.dev/role";
    private static final String PERSONS_NODE = "worker-3";

    private Demo() {}

    public static void main(String[] arguments) throws Exception {
        boolean keep = !System.getProperty("lockkeeper.demo.keep", "").isBlank();
        System.exit(run(keep) ? 0 : 1);
    }

    private static boolean run(boolean keep) throws Exception {
        say("Starting a Kubernetes control plane (etcd, API server, controllers, scheduler, simulated kubelets) ...");
        Path folder = Files.createTempDirectory("lockkeeper-demo-");
        try (ControlPlane plane = ControlPlane.start()) {
            KubernetesClient admin = plane.admin();
            Manifests.install(admin);
            say("Registering 12 machines of four architectures, on several releases of Fedora CoreOS.");
            List<MachineSpec> fleet = fleet();
            Fleet.register(admin, fleet);
            groups(admin);
            workloads(admin);
            admin.nodes().withName(PERSONS_NODE).patch("{\"spec\":{\"unschedulable\":true}}");
            DemoReleases releases = new DemoReleases();
            graph(admin, releases);
            pins(admin);
            say("The releases are those of the stable stream, with the barriers "
                    + String.join(" and ", releases.barriers()) + ". Controllers are pinned to " + PINNED + ".");
            say("A person has cordoned " + PERSONS_NODE + ": it must be cordoned afterwards, too.");

            say("Starting the operator under the roles of deploy/ ...");
            Path kubeconfig = plane.kubeconfigFor(Manifests.NAMESPACE, Manifests.SERVICE_ACCOUNT);
            Journal journal = new Journal(Clock.systemUTC());
            List<SimulatedMachine> machines = new ArrayList<>();
            try (OperatorProcess operator =
                            OperatorProcess.builder(kubeconfig, folder).start();
                    FleetWatcher watcher = FleetWatcher.start(admin, journal)) {
                say("The operator is ready (log: " + operator.log() + ").");
                Screen screen = new Screen(admin, machines, architectures(fleet));
                boolean good = roll(admin, operator, watcher, journal, machines, fleet, releases, screen);
                explain(operator);
                good &= new SickRelease(
                                admin,
                                machines.stream()
                                        .filter(m -> m.name().startsWith("worker"))
                                        .toList(),
                                architectures(fleet),
                                journal,
                                screen,
                                version -> {
                                    releases.add(version);
                                    source(admin, releases);
                                })
                        .run();
                if (keep) {
                    keepRunning(plane, admin, operator, machines, releases);
                } else if (good) {
                    Files.deleteIfExists(operator.log());
                    Files.deleteIfExists(folder);
                }
                return good;
            } finally {
                machines.forEach(SimulatedMachine::close);
            }
        }
    }

    private static boolean roll(
            KubernetesClient admin,
            OperatorProcess operator,
            FleetWatcher watcher,
            Journal journal,
            List<SimulatedMachine> machines,
            List<MachineSpec> fleet,
            DemoReleases releases,
            Screen screen)
            throws InterruptedException {
        for (MachineSpec spec : fleet) {
            AgentSettings settings = AgentSettings.of(
                            URI.create(operator.url()), spec.name().startsWith("worker") ? "workers" : "controllers")
                    .withTimeScale(0.01)
                    .withGraph(GraphSettings.of(URI.create(operator.url())))
                    .withSeed(spec.name().hashCode());
            machines.add(SimulatedMachine.start(
                    spec, settings, RebootShape.USUAL.withDownFor(Duration.ofSeconds(60)), journal, admin));
        }
        say("Every agent asks for its next release, stages it, and asks for its reboot.");
        say("");
        Instant begin = Instant.now();
        boolean open = false;
        while (!finished(machines, watcher)
                && Duration.between(begin, Instant.now()).compareTo(LIMIT) < 0) {
            screen.draw(Instant.now());
            if (!open && screen.blockedFor(Instant.now()).compareTo(BLOCKED_FOR) > 0) {
                admin.apps()
                        .deployments()
                        .inNamespace("shop")
                        .withName("database")
                        .scale(2);
                open = true;
                screen.note("The database got a second replica: its disruption budget opens.");
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        screen.draw(Instant.now());
        return summary(watcher, journal, machines, releases, Duration.between(begin, Instant.now()), open);
    }

    private static Map<String, String> architectures(List<MachineSpec> fleet) {
        return fleet.stream()
                .collect(Collectors.toMap(
                        MachineSpec::name, s -> s.architecture().coreosName()));
    }

    private static String target(String machine) {
        return machine.startsWith("worker") ? NEWEST : PINNED;
    }

    private static boolean finished(List<SimulatedMachine> machines, FleetWatcher watcher) {
        return machines.stream()
                        .allMatch(m -> m.version().equals(target(m.name()))
                                && m.staged().isEmpty())
                && watcher.groups().values().stream().allMatch(g -> g.holders().isEmpty());
    }

    private static boolean summary(
            FleetWatcher watcher,
            Journal journal,
            List<SimulatedMachine> machines,
            DemoReleases releases,
            Duration took,
            boolean wasBlocked)
            throws InterruptedException {
        watcher.awaitCurrent(Duration.ofSeconds(10));
        watcher.checkCordons(Map.of(PERSONS_NODE, Cordon.BY_PERSON));
        List<Violation> violations = watcher.violations();
        long updated = machines.stream()
                .filter(m -> m.version().equals(target(m.name())))
                .count();
        List<Journal.Boot> boots = journal.entries(Journal.Boot.class);
        List<Journal.Boot> jumps = boots.stream()
                .filter(b -> !releases.jumped(b.fromVersion(), b.toVersion()).isEmpty())
                .toList();
        int controllers = watcher.heldAtMost("controllers");
        int workers = watcher.heldAtMost("workers");
        say("");
        say("Summary, by the demo's own watch of the API server, which saw " + watcher.versions()
                + " versions of the two groups:");
        boolean good = check(
                updated == machines.size(),
                updated + " of " + machines.size() + " machines end where they should: workers on " + NEWEST
                        + ", controllers on " + PINNED);
        good &= check(
                jumps.isEmpty(),
                jumps.isEmpty() ? "no boot jumped a barrier" : "these boots jumped a barrier: " + jumps);
        good &= check(
                controllers == 1 && workers == 2,
                "at most " + controllers + " of 1 slot of controllers and " + workers
                        + " of 2 slots of workers were held");
        good &= check(
                violations.isEmpty(),
                violations.isEmpty()
                        ? "every node was cordoned and empty before its reboot, and all cordons are right"
                        : "of nodes, reboots and cordons:");
        violations.forEach(v -> say("      " + v.what()));
        good &= check(
                watcher.relists() == 0,
                watcher.relists() == 0
                        ? "the watch missed no version"
                        : "the watch broke, and may have missed versions");
        good &= check(
                wasBlocked,
                wasBlocked
                        ? "a disruption budget held one drain up, and was waited for"
                        : "no drain was held up by a disruption budget");
        long needed = machines.size() - 1 + BARRIERS_TO_PASS;
        good &= check(
                boots.size() == needed,
                boots.size() + " reboots, where " + needed
                        + " are needed: one per machine that is behind, and one per barrier");
        say((good ? "All as promised" : "NOT as promised") + ", in " + took.toSeconds() + " s.");
        return good;
    }

    /** The very decision that agents are answered with, in words. */
    private static void explain(OperatorProcess operator) throws IOException, InterruptedException {
        say("");
        say("Why does controller-1 stay behind? (curl http://127.0.0.1:" + operator.managementPort()
                + "/explain?node=controller-1)");
        say(operator.management("/explain?node=controller-1")
                .body()
                .strip()
                .indent(2)
                .stripTrailing());
    }

    static boolean check(boolean good, String what) {
        say("  " + (good ? "ok  " : "FAIL") + "  " + what);
        return good;
    }

    private static void keepRunning(
            ControlPlane plane,
            KubernetesClient admin,
            OperatorProcess operator,
            List<SimulatedMachine> machines,
            DemoReleases releases)
            throws IOException, InterruptedException {
        String ask =
                "  curl -s -w '\\n' -H 'fleet-lock-protocol: true' -d '{\"client_params\":{\"id\":\"%s\",\"group\":\"workers\"}}' "
                        + operator.url() + "v1/%s";
        say("");
        say("Left running, until you press Ctrl-C. Try in another terminal:");
        say("  export KUBECONFIG=" + plane.adminKubeconfig());
        say("  kubectl get fm,pin,frel,ug");
        say("  kubectl get rbg -w");
        say("  kubectl describe rbg workers");
        say("  kubectl describe pin controllers");
        say("  kubectl get events --field-selector involvedObject.name=worker-1");
        say("  kubectl annotate rbg workers lockkeeper.dev/paused='to see what agents are told'");
        say("  kubectl patch pin controllers --type=merge -p '{\"spec\":{\"version\":\"" + NEWEST + "\"}}'");
        say("  curl -s http://127.0.0.1:" + operator.managementPort() + "/q/metrics | grep ^lockkeeper");
        say("  curl -s '" + operator.url() + "v1/graph?basearch=x86_64&stream=stable&oci=true'");
        say(ask.formatted(machines.getLast().agentId(), "steady-state"));
        say(ask.formatted("0", "pre-reboot"));
        say("");
        say("Press Enter to publish one more release: workers go to it, controllers stay where they are pinned.");
        BufferedReader keys = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        LocalDate date = LocalDate.of(2026, 8, 4);
        while (keys.readLine() != null) {
            date = date.plusWeeks(2);
            String version = "44." + date.format(DateTimeFormatter.BASIC_ISO_DATE) + ".3.1";
            releases.add(version);
            source(admin, releases);
            say("Release " + version + " is published; the operator looks at it within 10 s.");
        }
        new CountDownLatch(1).await();
    }

    private static List<MachineSpec> fleet() {
        List<MachineSpec> fleet = new ArrayList<>();
        Architecture[] architectures = Architecture.values();
        for (int i = 1; i <= 12; i++) {
            boolean controller = i <= 3;
            String name = controller ? "controller-" + i : "worker-" + (i - 3);
            String runs = controller ? CONTROLLERS_RUN.get(i - 1) : WORKERS_RUN.get((i - 4) % WORKERS_RUN.size());
            Architecture architecture = architectures[i % architectures.length];
            fleet.add(MachineSpec.of(name, i)
                    .withArchitecture(architecture)
                    .withLabel(ROLE, controller ? "controller" : "worker")
                    .withVersion(runs)
                    .withPayload(PublishedReleases.payload(runs, architecture)));
        }
        return fleet;
    }

    private static void source(KubernetesClient admin, DemoReleases releases) {
        admin.configMaps()
                .inNamespace(Manifests.NAMESPACE)
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("demo-releases")
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .withData(releases.files())
                        .build())
                .serverSideApply();
    }

    private static void graph(KubernetesClient admin, DemoReleases releases) {
        source(admin, releases);
        ConfigMapSource map = new ConfigMapSource();
        map.setName("demo-releases");
        GraphSource source = new GraphSource();
        source.setConfigMap(map);
        UpdateGraphSpec spec = new UpdateGraphSpec();
        spec.setSource(source);
        spec.setStreams(List.of("stable"));
        spec.setRefreshInterval("10s");
        UpdateGraph graph = new UpdateGraph();
        graph.setMetadata(new ObjectMetaBuilder().withName("fedora").build());
        graph.setSpec(spec);
        admin.resource(graph).create();
    }

    private static void pins(KubernetesClient admin) {
        pin(admin, "controllers", "controller", PINNED);
        pin(admin, SickRelease.PIN, "worker", null);
    }

    private static void pin(KubernetesClient admin, String name, String role, String version) {
        StreamPinSpec spec = new StreamPinSpec();
        spec.setNodeSelector(
                new LabelSelectorBuilder().addToMatchLabels(ROLE, role).build());
        spec.setVersion(version);
        StreamPin pin = new StreamPin();
        pin.setMetadata(new ObjectMetaBuilder().withName(name).build());
        pin.setSpec(spec);
        admin.resource(pin).create();
    }

    private static void groups(KubernetesClient admin) {
        group(admin, "controllers", "controller", 1);
        group(admin, "workers", "worker", 2);
    }

    private static void group(KubernetesClient admin, String name, String role, int slots) {
        RebootGroupSpec spec = new RebootGroupSpec();
        spec.setSlots(new IntOrString(slots));
        spec.setNodeSelector(
                new LabelSelectorBuilder().addToMatchLabels(ROLE, role).build());
        DrainSpec drain = new DrainSpec();
        drain.setTimeout("5m");
        spec.setDrain(drain);
        VerifySpec verify = new VerifySpec();
        verify.setMinReady("1s");
        verify.setTimeout("2m");
        spec.setVerify(verify);
        RebootGroup group = new RebootGroup();
        group.setMetadata(new ObjectMetaBuilder().withName(name).build());
        group.setSpec(spec);
        admin.resource(group).create();
    }

    private static void workloads(KubernetesClient admin) {
        Workloads shop = Workloads.inNewNamespace(admin, "shop");
        shop.daemonSet("node-agent");
        shop.minAvailable("web", "web", new IntOrString(5));
        shop.minAvailable("database", "database", new IntOrString(1));
        shop.awaitReady(shop.deployment("web", 8, PodShape.PLAIN.onNodesWith(ROLE, "worker")));
        shop.awaitReady(shop.deployment("database", 1, PodShape.PLAIN.onNodesWith(ROLE, "worker")));
    }

    static void say(String line) {
        System.out.println(line);
    }
}
