package dev.lockkeeper.system;

import dev.lockkeeper.crds.v1alpha1.DrainSpec;
import dev.lockkeeper.crds.v1alpha1.Holder;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.VerifySpec;
import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * A real control plane with the shipped CRDs and roles, operators in processes of their own, and simulated machines: what a system
 * test stands on. Times are short: a drain's timeout, a verdict and an agent's retry take seconds.
 */
final class Rig implements AutoCloseable {

    static final String OLD = MachineSpec.DEFAULT_VERSION;
    static final String NEW = "44.20260721.3.1";
    /** An agent's 300 s between two tries take three. */
    static final double SCALE = 0.01;

    final ControlPlane plane;
    final KubernetesClient admin;
    final Path folder;
    final Journal journal = new Journal(Clock.systemUTC());
    private final List<OperatorProcess> operators = new ArrayList<>();
    private final List<SimulatedMachine> machines = new ArrayList<>();
    private long seed = 1;

    private Rig(ControlPlane plane) {
        this.plane = plane;
        this.admin = plane.admin();
        try {
            Path logs = Files.createDirectories(Path.of("target", "operators").toAbsolutePath());
            this.folder = Files.createTempDirectory(logs, "run-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A control plane with CRDs and roles installed, and nothing else. */
    static Rig start() {
        return installed(ControlPlane.start());
    }

    /** A control plane with nothing of ours. */
    static Rig bare(ControlPlane plane) {
        return new Rig(plane);
    }

    private static Rig installed(ControlPlane plane) {
        Rig rig = bare(plane);
        Manifests.install(rig.admin);
        return rig;
    }

    /** Makes a kind and waits until it is served. */
    static void install(KubernetesClient admin, CustomResourceDefinition crd) {
        admin.resource(crd).create();
        admin.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(crd.getMetadata().getName())
                .waitUntilCondition(
                        made -> made != null
                                && made.getStatus() != null
                                && made.getStatus().getConditions().stream()
                                        .anyMatch(c -> c.getType().equals("Established")
                                                && c.getStatus().equals("True")),
                        30,
                        TimeUnit.SECONDS);
    }

    /** Starts one operator under the shipped ServiceAccount and waits until it is ready. */
    OperatorProcess operator() {
        return operator(_ -> {});
    }

    OperatorProcess operator(Consumer<OperatorProcess.Builder> settings) {
        OperatorProcess operator = launch(settings);
        operator.awaitReady();
        return operator;
    }

    /** Starts one operator and does not wait. Its lease is short, so that a successor leads within seconds. */
    OperatorProcess launch(Consumer<OperatorProcess.Builder> settings) {
        return launch(plane.kubeconfigFor(Manifests.NAMESPACE, Manifests.SERVICE_ACCOUNT), settings);
    }

    /** The same with a kubeconfig that was made before, while no API server may answer. */
    OperatorProcess launchWith(String kubeconfig) {
        return launch(plane.folder().resolve(kubeconfig), _ -> {});
    }

    private OperatorProcess launch(Path kubeconfig, Consumer<OperatorProcess.Builder> settings) {
        OperatorProcess.Builder builder = OperatorProcess.builder(kubeconfig, folder)
                .name(Integer.toString(operators.size()))
                .set("LOCKKEEPER_LEADER_LEASE_DURATION", "PT4S")
                .set("LOCKKEEPER_LEADER_RENEW_DEADLINE", "PT3S")
                .set("LOCKKEEPER_LEADER_RETRY_PERIOD", "PT0.5S")
                .set("LOCKKEEPER_DRAIN_RETRY_INTERVAL", "PT1S")
                .set("LOCKKEEPER_DRAIN_STATUS_INTERVAL", "PT1S");
        settings.accept(builder);
        OperatorProcess operator = builder.launch();
        operators.add(operator);
        return operator;
    }

    /** A group with one slot and short times; the nodes that carry the label {@code group=<name>}, once one has it. */
    RebootGroup group(String name, Consumer<RebootGroupSpec> change) {
        RebootGroupSpec spec = new RebootGroupSpec();
        spec.setSlots(new IntOrString(1));
        spec.setNodeSelector(
                new LabelSelectorBuilder().addToMatchLabels("group", name).build());
        spec.setStuckAfter("1m");
        DrainSpec drain = new DrainSpec();
        drain.setTimeout("1m");
        spec.setDrain(drain);
        VerifySpec verify = new VerifySpec();
        verify.setMinReady("1s");
        verify.setTimeout("10s");
        spec.setVerify(verify);
        change.accept(spec);
        RebootGroup group = new RebootGroup();
        group.setMetadata(new ObjectMetaBuilder().withName(name).build());
        group.setSpec(spec);
        return admin.resource(group).create();
    }

    RebootGroup group(String name) {
        return group(name, _ -> {});
    }

    /** A registered node of the group, whose agent does not run yet. */
    MachineSpec node(String name, String group) {
        MachineSpec spec = MachineSpec.of(name, seed++).withLabel("group", group);
        register(spec);
        return spec;
    }

    void register(MachineSpec... specs) {
        try {
            Fleet.register(admin, List.of(specs));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts the agent of a registered node. */
    SimulatedMachine agent(MachineSpec spec, String group, OperatorProcess operator) {
        return agent(spec, settings(group, operator), RebootShape.USUAL.withDownFor(Duration.ofSeconds(60)));
    }

    SimulatedMachine agent(MachineSpec spec, AgentSettings settings, RebootShape shape) {
        SimulatedMachine machine = SimulatedMachine.start(spec, settings, shape, journal, admin);
        machines.add(machine);
        return machine;
    }

    static AgentSettings settings(String group, OperatorProcess operator) {
        return AgentSettings.of(URI.create(operator.url()), group).withTimeScale(SCALE);
    }

    /** A node of the group with its agent running and steady. */
    SimulatedMachine machine(String name, String group, OperatorProcess operator) {
        return agent(node(name, group), group, operator);
    }

    RebootGroup read(String group) {
        return admin.resources(RebootGroup.class).withName(group).get();
    }

    /** Sets an annotation of a RebootGroup. */
    void annotate(String group, String key, String value) {
        admin.resources(RebootGroup.class)
                .withName(group)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"" + key + "\":\"" + value + "\"}}}");
    }

    /** The names of the group's parked nodes. */
    List<String> parked(String group) {
        RebootGroup read = read(group);
        return read.getStatus() == null || read.getStatus().getFailed() == null
                ? List.of()
                : read.getStatus().getFailed().stream()
                        .map(f -> f.getNode().getName())
                        .toList();
    }

    Node node(String name) {
        return admin.nodes().withName(name).get();
    }

    Optional<Holder> holder(String group, String node) {
        RebootGroup read = read(group);
        return read.getStatus() == null || read.getStatus().getHolders() == null
                ? Optional.empty()
                : read.getStatus().getHolders().stream()
                        .filter(h ->
                                h.getNode() != null && h.getNode().getName().equals(node))
                        .findFirst();
    }

    /** Whether the machine runs the new release, holds nothing, and its node is not cordoned. */
    boolean updated(String group, SimulatedMachine machine) {
        Node node = node(machine.name());
        return machine.version().equals(NEW)
                && machine.staged().isEmpty()
                && holder(group, machine.name()).isEmpty()
                && !Boolean.TRUE.equals(node.getSpec().getUnschedulable())
                && !cordonedByUs(node);
    }

    static boolean cordonedByUs(Node node) {
        return node.getMetadata().getAnnotations() != null
                && node.getMetadata().getAnnotations().containsKey("lockkeeper.dev/cordoned");
    }

    /** The reasons of all Events about an object, such as a RebootGroup or a Node. */
    List<String> events(String kind, String name) {
        return admin.events().v1().events().inAnyNamespace().list().getItems().stream()
                .filter(e -> e.getRegarding() != null
                        && kind.equals(e.getRegarding().getKind())
                        && name.equals(e.getRegarding().getName()))
                .map(e -> e.getReason() + ": " + e.getNote())
                .toList();
    }

    static ConditionFactory await(Duration atMost) {
        return Awaitility.await()
                // What is not there yet is asked for again.
                .ignoreExceptions()
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(100))
                .pollDelay(Duration.ZERO);
    }

    static ConditionFactory await() {
        return await(Duration.ofSeconds(40));
    }

    @Override
    public void close() {
        machines.forEach(SimulatedMachine::close);
        operators.forEach(OperatorProcess::close);
        plane.close();
    }
}
