package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.control.Part;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.FleetWatcher;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator dies at every marked step of one reboot: whoever comes next finishes it. */
class CrashIT {

    /** Of a reboot that goes well; {@code make test} takes every fifth, {@code make test-long} all. */
    private static final List<String> STEPS = List.of(
            "BEFORE_GRANT",
            "AFTER_GRANT",
            "BEFORE_CORDON",
            "AFTER_CORDON",
            "BEFORE_DRAIN_PASS",
            "AFTER_DRAIN_PASS",
            "BEFORE_DRAINED",
            "AFTER_DRAINED",
            "BEFORE_TELL",
            "AFTER_TELL",
            "BEFORE_ANSWER",
            "AFTER_ANSWER",
            "BEFORE_STEADY",
            "AFTER_STEADY",
            "BEFORE_NEW_BOOT",
            "AFTER_NEW_BOOT",
            "BEFORE_VERDICT",
            "AFTER_VERDICT",
            "BEFORE_UNCORDON",
            "AFTER_UNCORDON",
            "BEFORE_FREE",
            "AFTER_FREE");

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    static Stream<String> steps() {
        boolean all = Double.parseDouble(System.getProperty("lockkeeper.test.scale", "0.1")) >= 1;
        return all
                ? STEPS.stream()
                : Stream.of(
                        "AFTER_GRANT",
                        "AFTER_CORDON",
                        "AFTER_DRAINED",
                        "AFTER_TELL",
                        "AFTER_VERDICT",
                        "AFTER_UNCORDON");
    }

    @ParameterizedTest
    @MethodSource("steps")
    void aCrashAtAnyStepEndsWithTheMachineUpdatedTheSlotFreeAndTheNodeUncordoned(String step) throws Exception {
        String group = step.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        OperatorProcess doomed = rig.operator(o -> o.set("LOCKKEEPER_TESTING_HALT_AT", step));
        // On the same ports, as the agents know but one address.
        try (FleetWatcher watcher = FleetWatcher.start(rig.admin, rig.journal)) {
            rig.group(group);
            SimulatedMachine machine = rig.machine(group + "-1", group, doomed);
            Workloads shop = Workloads.inNewNamespace(rig.admin, group);
            shop.awaitReady(shop.deployment("web", 1, PodShape.PLAIN.onNodesWith("group", group)));
            machine.stage(Rig.NEW);
            Rig.await().until(() -> !doomed.alive());
            assertThat(doomed.await()).as("killed at %s", step).isEqualTo(137);

            doomed.relaunch("LOCKKEEPER_TESTING_HALT_AT", null);
            doomed.awaitReady();

            Rig.await(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(rig.updated(group, machine))
                            .as("%s %s %s", rig.read(group).getStatus(), machine.state(), machine.version())
                            .isTrue());
            assertThat(rig.journal.entries(Journal.Boot.class, machine.name())).hasSize(1);
            assertThat(watcher.violations()).isEmpty();
        } finally {
            doomed.kill();
        }
    }

    @Test
    void aChangeOfTheLeaderInMidDrainGoesOn() {
        OperatorProcess first = rig.operator();
        OperatorProcess second = rig.operator();
        rig.group("leader");
        SimulatedMachine machine = rig.machine("leader-1", "leader", second);
        Workloads shop = Workloads.inNewNamespace(rig.admin, "leader");
        shop.minAvailable("db", "db", new IntOrString(1));
        shop.awaitReady(shop.deployment("db", 1, PodShape.PLAIN.onNodesWith("group", "leader")));
        machine.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("leader", "leader-1"))
                        .hasValueSatisfying(h -> assertThat(h.getDrain()).isNotNull()));
        first.kill();
        rig.admin
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace("leader")
                .withName("db")
                .delete();
        Rig.await(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(rig.updated("leader", machine)).isTrue());
        assertThat(rig.journal.entries(Journal.Boot.class, "leader-1")).hasSize(1);
        second.kill();
    }

    /** The leader's pod is left alone, ends with its node, and the other replica takes over. */
    @Test
    void theOperatorsOwnNodeIsDrainedAndRebootsLikeAnyOther() {
        OperatorProcess onTheNode = rig.operator();
        OperatorProcess elsewhere = rig.operator();
        rig.group("own");
        MachineSpec spec = rig.node("own-1", "own");
        rig.register(MachineSpec.of("own-2", 4_711).withLabel("group", "own"));
        // New nodes are tainted for a moment: both pods would go to the one that is free first.
        Rig.await().untilAsserted(() -> {
            assertThat(rig.node("own-1").getSpec().getTaints()).isEmpty();
            assertThat(rig.node("own-2").getSpec().getTaints()).isEmpty();
        });
        Manifests.installWorkload(rig.admin, Map.of("group", "own"));
        Workloads shop = Workloads.inNewNamespace(rig.admin, "own");
        shop.awaitReady(shop.deployment("web", 1, PodShape.PLAIN.onNodesWith("group", "own")));
        Rig.await().untilAsserted(() -> {
            assertThat(ownPods("own-1")).singleElement().matches(Readiness::isPodReady);
            assertThat(ownPods("own-2")).singleElement().matches(Readiness::isPodReady);
        });
        String before = ownPods("own-1").getFirst().getMetadata().getUid();

        SimulatedMachine machine = rig.agent(spec, "own", elsewhere);
        machine.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Down.class, "own-1"))
                        .hasSize(1));
        assertThat(onTheNode.logText()).as("it drained its own node").contains("This replica leads");
        assertThat(ownPods("own-1"))
                .extracting(pod -> pod.getMetadata().getUid())
                .containsExactly(before);
        onTheNode.kill();
        Rig.await(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(rig.updated("own", machine)).isTrue());
        assertThat(rig.journal.entries(Journal.Boot.class, "own-1")).hasSize(1);
        elsewhere.kill();
    }

    private static List<Pod> ownPods(String node) {
        return rig.admin
                .pods()
                .inNamespace(Manifests.NAMESPACE)
                .withField("spec.nodeName", node)
                .list()
                .getItems();
    }

    @Test
    void anApiServerThatIsAwayWhileTheMachineRebootsIsWaitedFor() {
        // An answer must come before the operator has lost its lead and ends itself.
        OperatorProcess operator = rig.operator(o -> o.set("LOCKKEEPER_STORE_TIMEOUT", "PT0.5S"));
        rig.group("away");
        SimulatedMachine machine = rig.machine("away-1", "away", operator);
        machine.inject(new Fault.KubeletLater(Duration.ofSeconds(4)));
        machine.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Down.class, "away-1"))
                        .hasSize(1));
        // The node's last word must be through: without it the simulated machine waits for the API before it boots.
        Rig.await()
                .until(() -> rig.node("away-1").getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && !c.getStatus().equals("True")));
        rig.plane.pause(Part.API_SERVER);
        try {
            Rig.await()
                    .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Answered.class, "away-1"))
                            .anyMatch(a -> a.status() == 503 && a.body().contains("\"kind\":\"store_unavailable\"")));
        } finally {
            rig.plane.resume(Part.API_SERVER);
        }
        Rig.await().until(() -> {
            if (!operator.alive()) {
                operator.launch();
            }
            return operator.ready();
        });
        Rig.await(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(rig.updated("away", machine)).isTrue());
        operator.kill();
    }
}
