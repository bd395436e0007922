package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.DrainMode;
import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.crds.v1alpha1.OnFailure;
import dev.lockkeeper.crds.v1alpha1.Phase;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.UnmanagedPods;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of a machine after its reboot: every row of the verdict table that needs no offers. */
class VerdictIT {

    private static Rig rig;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        operator = rig.operator(o -> o.set("LOCKKEEPER_AGENT_MAX_HOLD", "PT10S"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static SimulatedMachine staged(String group, Fault fault) {
        return staged(group, _ -> {}, fault);
    }

    private static SimulatedMachine staged(String group, Consumer<RebootGroupSpec> change, Fault fault) {
        rig.group(group, change);
        SimulatedMachine machine = rig.machine(group + "-1", group, operator);
        machine.inject(fault);
        machine.stage(Rig.NEW);
        return machine;
    }

    private static void awaitFreed(SimulatedMachine machine, String group) {
        Rig.await().untilAsserted(() -> {
            assertThat(rig.journal.entries(Journal.Boot.class, machine.name())).isNotEmpty();
            assertThat(rig.holder(group, machine.name())).isEmpty();
            assertThat(rig.node(machine.name()).getSpec().getUnschedulable()).isNotEqualTo(true);
        });
    }

    private static void awaitEvent(String machine, String start) {
        Rig.await().untilAsserted(() -> assertThat(rig.events("Node", machine)).anyMatch(e -> e.startsWith(start)));
    }

    @Test
    void theSteadyStateBeforeTheKubeletsFirstHeartbeatIsUpdated() {
        rig.group("agent-first");
        var spec = rig.node("agent-first-1", "agent-first");
        SimulatedMachine machine = rig.agent(
                spec,
                Rig.settings("agent-first", operator),
                RebootShape.USUAL.withDownFor(Duration.ofSeconds(60)).withOrder(RebootShape.BootOrder.AGENT_FIRST));
        machine.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(
                        () -> assertThat(rig.updated("agent-first", machine)).isTrue());
    }

    @Test
    void theKubeletLongAfterTheAgentIsUpdated() {
        SimulatedMachine machine = staged("kubelet-later", new Fault.KubeletLater(Duration.ofSeconds(3)));
        Rig.await()
                .untilAsserted(
                        () -> assertThat(rig.updated("kubelet-later", machine)).isTrue());
    }

    @Test
    void anOldVersionAfterTheRebootFreesTheSlotAndIsSaid() {
        SimulatedMachine machine = staged("rolled-back", new Fault.RolledBack());
        Rig.await()
                .untilAsserted(() -> assertThat(rig.events("Node", machine.name()))
                        .anyMatch(e -> e.startsWith(
                                "Verified: rolled-back-1: it came back on the version it left, " + Rig.OLD)));
        awaitFreed(machine, "rolled-back");
        assertThat(rig.parked("rolled-back")).isEmpty();
    }

    @Test
    void aThirdVersionFreesTheSlotAndIsSaid() {
        SimulatedMachine machine = staged("third", new Fault.BootsInto("43.20260413.3.2"));
        awaitEvent(
                machine.name(), "Verified: third-1: it came back on 43.20260413.3.2, which is older than the version");
        awaitFreed(machine, "third");
    }

    @Test
    void aMachineThatComesBackNotReadyIsParkedAndTheOthersGoOn() {
        SimulatedMachine machine = staged("parked", new Fault.ComesBackNotReady());
        Rig.await().untilAsserted(() -> assertThat(rig.parked("parked")).contains(machine.name()));
        assertThat(rig.holder("parked", machine.name())).isEmpty();
        assertThat(rig.node(machine.name()).getSpec().getUnschedulable()).isTrue();
        awaitEvent(machine.name(), "Parked");
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Answered.class, machine.name()))
                        .anyMatch(a -> a.api().path().endsWith("steady-state")
                                && a.ok()
                                && a.at().isAfter(rig.journal
                                        .entries(Journal.Boot.class, machine.name())
                                        .getFirst()
                                        .at())));

        SimulatedMachine other = rig.machine("parked-2", "parked", operator);
        other.stage(Rig.NEW);
        Rig.await().untilAsserted(() -> assertThat(rig.updated("parked", other)).isTrue());

        machine.repair();
        awaitEvent(machine.name(), "Recovered");
        Rig.await().untilAsserted(() -> {
            assertThat(rig.parked("parked")).isEmpty();
            assertThat(rig.node(machine.name()).getSpec().getUnschedulable()).isNotEqualTo(true);
        });
    }

    @Test
    void aSecondFailureStopsTheGroup() {
        rig.group("two-failures");
        List<SimulatedMachine> machines = List.of(
                rig.machine("two-failures-1", "two-failures", operator),
                rig.machine("two-failures-2", "two-failures", operator));
        machines.forEach(m -> {
            m.inject(new Fault.ComesBackNotReady());
            m.stage(Rig.NEW);
        });
        Rig.await(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(rig.parked("two-failures")).hasSize(2));
        SimulatedMachine third = rig.machine("two-failures-3", "two-failures", operator);
        third.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Answered.class, third.name()))
                        .anyMatch(a -> a.body().contains("\"kind\":\"nodes_unready\"")
                                && a.body().contains("parked")));
        assertThat(rig.journal.entries(Journal.Down.class, third.name())).isEmpty();
    }

    @Test
    void aMachineThatFailedStaysParkedThoughItWasNeverCordoned() {
        SimulatedMachine machine = staged(
                "never-cordoned", spec -> spec.getDrain().setMode(DrainMode.None), new Fault.ComesBackNotReady());
        Rig.await().untilAsserted(() -> assertThat(rig.parked("never-cordoned")).contains(machine.name()));
        SimulatedMachine other = rig.machine("never-cordoned-2", "never-cordoned", operator);
        other.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(
                        () -> assertThat(rig.updated("never-cordoned", other)).isTrue());
        assertThat(rig.parked("never-cordoned")).containsExactly(machine.name());
        machine.repair();
        awaitEvent(machine.name(), "Recovered: never-cordoned-1 is Ready again on");
        Rig.await().untilAsserted(() -> assertThat(rig.parked("never-cordoned")).isEmpty());
    }

    /** It is down and holds no slot: with countUnready it uses one up from the very version on in which its own is free. */
    @Test
    void theSlotOfAMachineThatIsDownGoesToNobodyWhenAPersonFreesIt() {
        SimulatedMachine machine =
                staged("down", spec -> spec.getVerify().setOnFailure(OnFailure.Hold), new Fault.ComesBackNotReady());
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("down", machine.name()))
                        .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(Phase.Failed)));
        SimulatedMachine next = rig.machine("down-2", "down", operator);
        next.stage(Rig.NEW);
        Rig.await()
                .until(() ->
                        Integer.valueOf(1).equals(rig.read("down").getStatus().getWaiting()));
        rig.annotate("down", "lockkeeper.dev/free-slot", machine.name());
        Rig.await()
                .untilAsserted(
                        () -> assertThat(rig.holder("down", machine.name())).isEmpty());
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Answered.class, next.name()))
                        .anyMatch(a -> a.body().contains("\"kind\":\"nodes_unready\"")
                                && a.body().contains("down-1, NotReady")));
        assertThat(rig.events("RebootGroup", "down")).noneMatch(e -> e.contains("down-2 got a slot"));
        assertThat(rig.events("Node", machine.name()))
                .contains("SlotFreed: The slot of down-1 is free: freed by an administrator while it was Failed.");
        machine.repair();
        Rig.await().untilAsserted(() -> assertThat(rig.updated("down", next)).isTrue());
    }

    @Test
    void onFailureHoldKeepsTheSlotAndAnswersTheAgent() {
        SimulatedMachine machine =
                staged("hold", spec -> spec.getVerify().setOnFailure(OnFailure.Hold), new Fault.ComesBackNotReady());
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("hold", machine.name()))
                        .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(Phase.Failed)));
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Answered.class, machine.name()))
                        .anyMatch(a -> a.ok()
                                && a.api().path().endsWith("steady-state")
                                && a.at().isAfter(rig.journal
                                        .entries(Journal.Boot.class, machine.name())
                                        .getFirst()
                                        .at())));
        assertThat(rig.read("hold").getStatus().getSlots().getHeld()).isEqualTo(1);
        machine.repair();
        awaitFreed(machine, "hold");
    }

    @Test
    void aNodeThatFlapsIsVerifiedOnceItStaysReady() {
        SimulatedMachine machine = staged(
                "flapping",
                spec -> spec.getVerify().setMinReady("2s"),
                new Fault.FlapsReady(3, Duration.ofMillis(800)));
        Rig.await()
                .untilAsserted(
                        () -> assertThat(rig.updated("flapping", machine)).isTrue());
        Instant back = rig.journal
                .entries(Journal.Boot.class, machine.name())
                .getFirst()
                .at();
        assertThat(Duration.between(back, Instant.now()))
                .as("three times down and up, and Ready for two seconds")
                .isGreaterThan(Duration.ofMillis(3 * 2 * 800 + 2_000));
        assertThat(rig.parked("flapping")).isEmpty();
    }

    @Test
    void aMachineThatPanicsBeforeItWasToldCountsAsNothing() {
        rig.group("panic", spec -> spec.getDrain().setUnmanaged(UnmanagedPods.Block));
        SimulatedMachine machine = rig.machine("panic-1", "panic", operator);
        Workloads.inNewNamespace(rig.admin, "panic").barePod("bare", machine.name(), PodShape.PLAIN);
        machine.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("panic", machine.name())
                                .orElseThrow()
                                .getDrain()
                                .getBlockedBy())
                        .isNotEmpty());
        machine.panics();
        awaitFreed(machine, "panic");
        assertThat(rig.admin
                        .resources(FleetMachine.class)
                        .withName(machine.name())
                        .get()
                        .getStatus()
                        .getUpdates())
                .as("nothing before telling counts")
                .isNull();
    }

    @Test
    void anAgentThatRestartsBeforeTheRebootGivesTheSlotBack() {
        SimulatedMachine machine = staged("restarted", new Fault.AgentRestarts());
        Rig.await()
                .untilAsserted(
                        () -> assertThat(rig.updated("restarted", machine)).isTrue());
        assertThat(rig.journal.entries(Journal.Boot.class, machine.name())).hasSize(1);
    }

    @Test
    void aMachineThatNeverComesBackIsStuckAndKeepsItsSlot() {
        SimulatedMachine machine = staged("never", spec -> spec.setStuckAfter("3s"), new Fault.NeverComesBack());
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("never", machine.name()))
                        .hasValueSatisfying(h -> assertThat(h.getStuck()).isNotNull()));
        awaitEvent(machine.name(), "Stuck");
        Rig.await()
                .untilAsserted(() -> assertThat(rig.read("never").getStatus().getConditions())
                        .anyMatch(c -> c.getType().equals("Degraded")
                                && c.getStatus().equals("True")
                                && c.getReason().equals("Stuck")));
        assertThat(rig.read("never").getStatus().getSlots().getFree()).isZero();

        rig.annotate("never", "lockkeeper.dev/free-slot", machine.name());
        Rig.await().untilAsserted(() -> {
            assertThat(rig.holder("never", machine.name())).isEmpty();
            assertThat(rig.read("never").getMetadata().getAnnotations().keySet())
                    .doesNotContain("lockkeeper.dev/free-slot");
        });
    }

    @Test
    void anAgentThatStaysSilentKeepsTheSlotAndTheCordon() {
        SimulatedMachine machine = staged("silent", new Fault.AgentNeverStarts());
        awaitEvent(machine.name(), "Stuck");
        assertThat(rig.holder("silent", machine.name())).isPresent();
        assertThat(rig.node(machine.name()).getSpec().getUnschedulable()).isTrue();
    }

    @Test
    void aKubeletThatNeverStartsFails() {
        SimulatedMachine machine = staged("no-kubelet", new Fault.KubeletNeverStarts());
        Rig.await()
                .untilAsserted(() -> assertThat(
                                rig.read("no-kubelet").getStatus().getFailed())
                        .anySatisfy(f -> assertThat(f.getNode().getName()).isEqualTo(machine.name())));
    }

    @Test
    void aNodeThatIsDeletedWhileItHoldsFreesItsSlotWithinSeconds() {
        SimulatedMachine machine = staged("deleted", new Fault.NeverComesBack());
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("deleted", machine.name()))
                        .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(Phase.Rebooting)));
        rig.admin.nodes().withName(machine.name()).delete();
        Rig.await(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(rig.holder("deleted", machine.name())).isEmpty());
    }
}
