package dev.lockkeeper.testbed.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.fleet.FleetRules.Cordon;
import dev.lockkeeper.testbed.fleet.Journal.Answered;
import dev.lockkeeper.testbed.fleet.Journal.Boot;
import dev.lockkeeper.testbed.fleet.Journal.Sent;
import dev.lockkeeper.testbed.fleet.RebootShape.BootOrder;
import dev.lockkeeper.testbed.fleet.RebootShape.WhileDown;
import dev.lockkeeper.testbed.fleet.Violation.Rule;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** The simulated fleet on a real control plane: what others see of it through the API. */
@Timeout(120)
class FleetIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String OLD = MachineSpec.DEFAULT_VERSION;
    private static final String NEWER = "44.20260721.3.1";
    private static ControlPlane plane;
    private static KubernetesClient client;

    private final Journal journal = new Journal(Clock.systemUTC());
    private final List<Seen> atSteady = new CopyOnWriteArrayList<>();
    private TestingLockServer server;
    private MachineSpec spec;

    @BeforeAll
    static void startControlPlane() throws Exception {
        plane = ControlPlane.start();
        client = plane.admin();
    }

    @AfterAll
    static void stopControlPlane() {
        plane.close();
    }

    @BeforeEach
    void registerNode(TestInfo test) throws Exception {
        server = new TestingLockServer(request -> TestingLockServer.answer(200, ""));
        String name = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
        spec = Fleet.of(name, 1)
                .architectures(Architecture.PPC64LE)
                .zones("a")
                .register(client)
                .getFirst();
        awaitNode(node -> ready(node).equals("True"));
    }

    @AfterEach
    void removeNode() throws Exception {
        server.close();
        client.nodes().withName(spec.name()).delete();
    }

    private SimulatedMachine start(RebootShape shape) {
        AgentSettings settings = AgentSettings.of(server.url(), "workers").withTimeScale(0.01);
        return SimulatedMachine.start(spec, settings, shape, journal, client);
    }

    private static NodeCondition readyCondition(Node node) {
        return node.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .orElse(new NodeCondition());
    }

    private static String ready(Node node) {
        return String.valueOf(readyCondition(node).getStatus());
    }

    private Node awaitNode(Predicate<Node> condition) {
        return client.nodes()
                .withName(spec.name())
                .waitUntilCondition(
                        node -> node != null && condition.test(node), PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void eventually(BooleanSupplier condition) {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("time to wait for a condition").isBefore(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private Node node() {
        return client.nodes().withName(spec.name()).require();
    }

    private Boot awaitBoot() throws InterruptedException {
        return journal.await(Boot.class, any -> true, PATIENCE).orElseThrow();
    }

    /** Waits for the answer, which comes after all listeners saw that the request was sent. */
    private void awaitSteadyAfter(Boot boot) throws InterruptedException {
        assertThat(journal.await(
                        Answered.class,
                        answer -> answer.api() == Api.STEADY_STATE
                                && !answer.askedAt().isBefore(boot.at()),
                        PATIENCE))
                .isPresent();
    }

    /** What a watcher of the node sees, each different state once. */
    private record Seen(String bootId, String osImage, String ready) {
        static Seen of(Node node) {
            return new Seen(
                    node.getStatus().getNodeInfo().getBootID(),
                    node.getStatus().getNodeInfo().getOsImage(),
                    FleetIT.ready(node));
        }
    }

    private Watch follow(List<Seen> history) {
        return client.nodes().withName(spec.name()).watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, Node node) {
                Seen seen = Seen.of(node);
                if (history.isEmpty() || !history.getLast().equals(seen)) {
                    history.add(seen);
                }
            }

            @Override
            public void onClose(WatcherException cause) {}
        });
    }

    /** At the moment when the request is on the wire: the machine waits for its listeners. */
    private void noteNodeAtEachSteadyState() {
        journal.listen(entry -> {
            if (entry instanceof Sent sent && sent.api() == Api.STEADY_STATE) {
                atSteady.add(Seen.of(node()));
            }
        });
    }

    private List<Seen> historyOfOneReboot(RebootShape shape, Fault... faults) throws InterruptedException {
        List<Seen> history = new CopyOnWriteArrayList<>();
        Watch watch = follow(history);
        try (SimulatedMachine machine = start(shape)) {
            List.of(faults).forEach(machine::inject);
            machine.stage(NEWER);
            Boot boot = awaitBoot();
            eventually(() -> history.getLast().bootId().equals(boot.bootId()));
            awaitSteadyAfter(boot);
        } finally {
            watch.close();
        }
        return history;
    }

    @Test
    void nodesKeepTheirIdentity() {
        Node node = awaitNode(any -> true);
        assertThat(node.getStatus().getNodeInfo().getMachineID()).isEqualTo(spec.machineId());
        assertThat(node.getStatus().getNodeInfo().getSystemUUID()).isEqualTo(spec.systemUuid());
        assertThat(node.getStatus().getNodeInfo().getBootID()).isEqualTo(spec.bootId());
        assertThat(node.getStatus().getNodeInfo().getOsImage()).isEqualTo("Fedora CoreOS " + OLD);
        assertThat(node.getStatus().getNodeInfo().getArchitecture()).isEqualTo("ppc64le");
        assertThat(node.getMetadata().getLabels())
                .containsEntry("kubernetes.io/arch", "ppc64le")
                .containsEntry("topology.kubernetes.io/zone", "a");
    }

    @Test
    void aRebootIsNotReadyThenNewBootAndReleaseAtOnce() throws Exception {
        Instant begin = Instant.now().minusSeconds(1);
        List<Seen> history = historyOfOneReboot(RebootShape.USUAL);
        Boot boot = awaitBoot();
        assertThat(history)
                .containsExactly(
                        new Seen(spec.bootId(), "Fedora CoreOS " + OLD, "True"),
                        new Seen(spec.bootId(), "Fedora CoreOS " + OLD, "False"),
                        new Seen(boot.bootId(), "Fedora CoreOS " + NEWER, "True"));
        assertThat(Instant.parse(readyCondition(node()).getLastTransitionTime()))
                .isAfter(begin);
        assertThat(Instant.parse(readyCondition(node()).getLastHeartbeatTime())).isAfter(begin);
    }

    @Test
    void aSilentRebootIsUnknownMeanwhile() throws Exception {
        assertThat(historyOfOneReboot(RebootShape.USUAL.withWhileDown(WhileDown.UNKNOWN)))
                .extracting(Seen::ready)
                .containsExactly("True", "Unknown", "True");
    }

    @Test
    void theKubeletCanBeFirstOrSecond() throws Exception {
        noteNodeAtEachSteadyState();
        historyOfOneReboot(RebootShape.USUAL.withOrder(BootOrder.AGENT_FIRST));
        assertThat(atSteady).extracting(Seen::ready).containsExactly("True", "False");
    }

    @Test
    void anAgentThatIsLaterFindsItsNodeReady() throws Exception {
        noteNodeAtEachSteadyState();
        historyOfOneReboot(RebootShape.USUAL, new Fault.AgentLater(Duration.ofMillis(300)));
        assertThat(atSteady)
                .extracting(Seen::osImage)
                .containsExactly("Fedora CoreOS " + OLD, "Fedora CoreOS " + NEWER);
    }

    @Test
    void rolledBackIsANewBootOfTheOldRelease() throws Exception {
        List<Seen> history = historyOfOneReboot(RebootShape.USUAL, new Fault.RolledBack());
        assertThat(history.getLast()).isEqualTo(new Seen(awaitBoot().bootId(), "Fedora CoreOS " + OLD, "True"));
    }

    @Test
    void neverComesBackBeforeItIsRepaired() throws Exception {
        try (SimulatedMachine machine = start(RebootShape.USUAL.withDownFor(Duration.ZERO))) {
            machine.inject(new Fault.NeverComesBack());
            machine.stage(NEWER);
            awaitNode(node -> ready(node).equals("False"));
            assertThat(journal.await(Boot.class, any -> true, Duration.ofMillis(500)))
                    .isEmpty();
            assertThat(machine.state()).isEqualTo(AgentState.OFF);
            machine.repair();
            awaitNode(node -> Seen.of(node).equals(new Seen(machine.bootId(), "Fedora CoreOS " + NEWER, "True")));
        }
    }

    @Test
    void comesBackNotReadyUntilRepaired() throws Exception {
        try (SimulatedMachine machine = start(RebootShape.USUAL)) {
            machine.inject(new Fault.ComesBackNotReady());
            machine.stage(NEWER);
            Boot boot = awaitBoot();
            awaitNode(node -> Seen.of(node).equals(new Seen(boot.bootId(), "Fedora CoreOS " + NEWER, "False")));
            awaitSteadyAfter(boot);
            machine.repair();
            awaitNode(node -> ready(node).equals("True"));
        }
    }

    @Test
    void kubeletNeverStartsThoughTheAgentIsSteady() throws Exception {
        try (SimulatedMachine machine = start(RebootShape.USUAL)) {
            machine.inject(new Fault.KubeletNeverStarts());
            machine.stage(NEWER);
            Boot boot = awaitBoot();
            awaitSteadyAfter(boot);
            assertThat(Seen.of(node())).isEqualTo(new Seen(spec.bootId(), "Fedora CoreOS " + OLD, "False"));
            machine.repair();
            awaitNode(node -> Seen.of(node).bootId().equals(boot.bootId()));
        }
    }

    @Test
    void flapsAndEndsReady() throws Exception {
        List<Seen> history = new CopyOnWriteArrayList<>();
        Watch watch = follow(history);
        try (SimulatedMachine machine = start(RebootShape.USUAL)) {
            machine.inject(new Fault.FlapsReady(2, Duration.ofMillis(100)));
            machine.stage(NEWER);
            awaitBoot();
            eventually(() -> history.size() == 7);
        } finally {
            watch.close();
        }
        assertThat(history)
                .extracting(Seen::ready)
                .containsExactly("True", "False", "True", "False", "True", "False", "True");
    }

    @Test
    void unreadyWithoutAReboot() throws Exception {
        try (SimulatedMachine machine = start(RebootShape.USUAL)) {
            machine.becomesUnready();
            assertThat(Seen.of(node())).isEqualTo(new Seen(spec.bootId(), "Fedora CoreOS " + OLD, "False"));
            machine.becomesReady();
            assertThat(ready(node())).isEqualTo("True");
        }
    }

    @Test
    void aDeletedNodeIsRegisteredAnewByItsBoot() throws Exception {
        try (SimulatedMachine machine = start(RebootShape.USUAL)) {
            String uid = node().getMetadata().getUid();
            machine.inject(new Fault.NeverComesBack());
            machine.stage(NEWER);
            awaitNode(node -> ready(node).equals("False"));
            client.nodes().withName(spec.name()).delete();
            machine.repair();
            awaitNode(node -> ready(node).equals("True"));
            assertThat(node().getMetadata().getUid()).isNotEqualTo(uid);
            assertThat(Seen.of(node())).isEqualTo(new Seen(machine.bootId(), "Fedora CoreOS " + NEWER, "True"));
        }
    }

    @Test
    void workloadsReallyRun() throws Exception {
        Workloads work = Workloads.inNewNamespace(client, "workloads");
        Deployment web = work.deployment("web", 2, PodShape.PLAIN.withEmptyDir());
        work.awaitReady(web);
        work.minAvailable("web", "web", new IntOrString(1));
        client.policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace("workloads")
                .withName("web")
                .waitUntilCondition(
                        budget -> budget != null
                                && budget.getStatus() != null
                                && Integer.valueOf(1).equals(budget.getStatus().getDisruptionsAllowed()),
                        PATIENCE.toSeconds(),
                        TimeUnit.SECONDS);
        assertThat(work.maxUnavailable("other", "other", new IntOrString("50%"))
                        .getSpec()
                        .getMaxUnavailable())
                .isEqualTo(new IntOrString("50%"));

        DaemonSet agents = work.daemonSet("agents");
        client.nodes().withName(spec.name()).patch("{\"spec\":{\"unschedulable\":true}}");
        client.apps()
                .daemonSets()
                .inNamespace("workloads")
                .withName(agents.getMetadata().getName())
                .waitUntilCondition(
                        set -> Integer.valueOf(1).equals(set.getStatus().getNumberReady()),
                        PATIENCE.toSeconds(),
                        TimeUnit.SECONDS);

        Pod finished = work.finishedPod("done", spec.name());
        assertThat(finished.getStatus().getPhase()).isEqualTo("Succeeded");
        Pod mirror = work.mirrorPod("static", spec.name());
        awaitRunning(mirror);
        assertThat(List.of(finished, mirror)).noneMatch(FleetRules::evictable);
        client.resource(web).delete();
    }

    private static void awaitRunning(Pod pod) {
        client.resource(pod).waitUntilReady(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void podsEndAsTheirShapeSays() throws Exception {
        Workloads work = Workloads.inNewNamespace(client, "shapes");
        Pod plain = work.barePod("plain", spec.name(), PodShape.PLAIN);
        Pod slow = work.barePod("slow", spec.name(), PodShape.PLAIN.withGrace(Duration.ofSeconds(3)));
        Pod hangs = work.barePod("hangs", spec.name(), PodShape.PLAIN.hanging());
        Pod kept = work.barePod("kept", spec.name(), PodShape.PLAIN.withFinalizer("example.com/keep"));
        List<Pod> all = List.of(plain, slow, hangs, kept);
        all.forEach(FleetIT::awaitRunning);
        Instant begin = Instant.now();
        all.forEach(pod -> client.resource(pod).delete());
        awaitGone(plain);
        awaitGone(slow);
        assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofSeconds(2));
        assertThat(client.resource(hangs).get().getMetadata().getDeletionTimestamp())
                .isNotNull();
        assertThat(client.resource(kept).get().getMetadata().getDeletionTimestamp())
                .isNotNull();
        client.resource(kept).patch("{\"metadata\":{\"finalizers\":null}}");
        awaitGone(kept);
        client.resource(hangs).withGracePeriod(0).delete();
        awaitGone(hangs);
    }

    private static void awaitGone(Pod pod) {
        client.resource(pod).waitUntilCondition(found -> found == null, PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void theWatcherSeesAGrantWithoutADrain() throws Exception {
        Workloads work = Workloads.inNewNamespace(client, "undrained");
        work.awaitReady(work.deployment("web", 1, PodShape.PLAIN.onNodesWith("kubernetes.io/hostname", spec.name())));
        try (FleetWatcher watcher = FleetWatcher.start(client, journal);
                SimulatedMachine machine = start(RebootShape.USUAL)) {
            client.nodes().withName(spec.name()).patch("{\"spec\":{\"unschedulable\":true}}");
            machine.stage(NEWER);
            awaitBoot();
            assertThat(watcher.violations())
                    .extracting(Violation::rule)
                    .containsExactly(Rule.DRAINED_BEFORE_GRANT, Rule.DRAINED_BEFORE_REBOOT);
            watcher.checkCordons(Map.of(spec.name(), Cordon.BY_PERSON));
            assertThat(watcher.violations()).hasSize(2);
            watcher.checkCordons(Map.of());
            assertThat(watcher.violations().getLast().what()).contains(spec.name());
        }
    }

    @Test
    void theWatcherSeesEveryVersionOfAGroup() throws Exception {
        client.load(Files.newInputStream(Path.of("../crds/rebootgroups.lockkeeper.dev-v1.yml")))
                .create();
        client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("rebootgroups.lockkeeper.dev")
                .waitUntilCondition(
                        crd -> crd.getStatus() != null
                                && crd.getStatus().getConditions() != null
                                && crd.getStatus().getConditions().stream()
                                        .anyMatch(
                                                condition -> condition.getType().equals("Established")
                                                        && condition.getStatus().equals("True")),
                        PATIENCE.toSeconds(),
                        TimeUnit.SECONDS);
        try (FleetWatcher watcher = FleetWatcher.start(client, journal)) {
            client.resource(GROUP.formatted("watched", 2)).create();
            setHolders("a");
            setHolders("a", "b");
            client.resource(GROUP.formatted("watched", 1)).patch();
            setHolders("a", "b");
            setHolders("b");
            assertThat(watcher.awaitCurrent(PATIENCE)).isTrue();
            assertThat(watcher.violations()).isEmpty();
            setHolders("b", "c");
            setHolders();
            assertThat(watcher.awaitCurrent(PATIENCE)).isTrue();
            assertThat(watcher.violations())
                    .hasSize(1)
                    .first()
                    .extracting(Violation::rule)
                    .isEqualTo(Rule.SLOTS);
            assertThat(watcher.heldAtMost("watched")).isEqualTo(2);
            assertThat(watcher.versions()).isGreaterThanOrEqualTo(7);
            assertThat(watcher.relists()).isZero();
        }
    }

    private static final String GROUP = """
            {"apiVersion": "lockkeeper.dev/v1alpha1", "kind": "RebootGroup",
             "metadata": {"name": "%s"}, "spec": {"slots": %d}}""";

    private static void setHolders(String... ids) {
        String holders = Stream.of(ids).map(id -> """
                        {"id": "%s", "token": "t-%s", "phase": "Draining", "since": "2026-07-01T00:00:00Z"}""".formatted(id, id)).collect(Collectors.joining(","));
        client.genericKubernetesResources("lockkeeper.dev/v1alpha1", "RebootGroup")
                .withName("watched")
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"holders\":[" + holders + "]}}");
    }
}
