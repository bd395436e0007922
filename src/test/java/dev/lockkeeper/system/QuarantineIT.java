package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.FleetMachineStatus;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.MachineUpdate;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.ReleaseArchitecture;
import dev.lockkeeper.crds.v1alpha1.ReleaseEvidence;
import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.testbed.fleet.AgentState;
import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A release that machines of one architecture come back sick from is taken back from that architecture, and from no other. */
class QuarantineIT {

    private static final String OLD = "44.20260601.3.0";
    private static final String AARCH64 = Architecture.AARCH64.coreosName();
    private static final String X86_64 = Architecture.X86_64.coreosName();

    private static Rig rig;
    private static OperatorProcess operator;
    private static Releases releases;
    private static PublishedReleases published;
    private static int weeks;

    private final List<SimulatedMachine> machines = new ArrayList<>();
    /** The release that this test is about, which no test before has seen. */
    private String sick;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        releases = new Releases(rig);
        operator = releases.operator(o -> o.set("LOCKKEEPER_AGENT_MAX_HOLD", "PT5S"));
        published = new PublishedReleases("stable").out(OLD);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @BeforeEach
    void publishOneMore() {
        sick = publishNewer();
    }

    @AfterEach
    void endMachines() {
        machines.forEach(SimulatedMachine::close);
    }

    private static String publishNewer() {
        String version = "44.202607%02d.3.0".formatted(++weeks);
        releases.publish(published.out(version));
        return version;
    }

    private static void group(String name, Consumer<RebootGroupSpec> change) {
        rig.group(name, spec -> {
            spec.getVerify().setTimeout("4s");
            change.accept(spec);
        });
    }

    /** What its machines come back from the release with. */
    private SimulatedMachine machine(String name, String group, Architecture architecture, Fault.OfBoot fault) {
        MachineSpec spec = releases.node(name, group, OLD, architecture);
        SimulatedMachine machine = releases.agent(spec, group, operator);
        machines.add(machine);
        if (fault != null) {
            machine.inject(new Fault.EachBootOf(sick, fault));
        }
        return machine;
    }

    private ReleaseArchitecture told(String architecture) {
        return releases.release("stable", sick, architecture).orElseThrow();
    }

    private void awaitState(String architecture, ReleaseState state) {
        Rig.await()
                .untilAsserted(() -> assertThat(told(architecture).getState()).isEqualTo(state));
    }

    private static void awaitState(SimulatedMachine machine, MachineState state) {
        Rig.await().untilAsserted(() -> {
            FleetMachineStatus status = releases.machine(machine.name());
            assertThat(status.getState()).as(status::getMessage).isEqualTo(state);
        });
    }

    private static void awaitRuns(SimulatedMachine machine, String version) {
        Rig.await().untilAsserted(() -> {
            assertThat(machine.version()).isEqualTo(version);
            assertThat(releases.machine(machine.name()).getState()).isEqualTo(MachineState.Current);
        });
    }

    private List<SimulatedMachine> everBooted(List<SimulatedMachine> of) {
        return of.stream()
                .filter(m -> rig.journal.entries(Journal.Boot.class, m.name()).stream()
                        .anyMatch(b -> b.toVersion().equals(sick)))
                .toList();
    }

    private static List<Verdict> verdicts(SimulatedMachine machine) {
        List<MachineUpdate> updates = releases.machine(machine.name()).getUpdates();
        return updates == null
                ? List.of()
                : updates.stream().map(MachineUpdate::getVerdict).toList();
    }

    @Test
    void aReleaseThatFailsOnOneArchitectureStopsThereAloneAndANewerOneHealsAll() throws Exception {
        group("mixed", _ -> {});
        List<SimulatedMachine> arm = List.of(
                machine("mixed-arm-1", "mixed", Architecture.AARCH64, new Fault.ComesBackNotReady()),
                machine("mixed-arm-2", "mixed", Architecture.AARCH64, new Fault.ComesBackNotReady()));
        List<SimulatedMachine> others = List.of(
                machine("mixed-x86", "mixed", Architecture.X86_64, null),
                machine("mixed-z", "mixed", Architecture.S390X, null));
        awaitState(AARCH64, ReleaseState.Quarantined);
        others.forEach(m -> awaitRuns(m, sick));
        assertThat(everBooted(arm)).as("one slot, one failure").hasSize(1);
        SimulatedMachine failed = everBooted(arm).getFirst();
        SimulatedMachine spared = arm.get(1 - arm.indexOf(failed));
        awaitState(failed, MachineState.Failed);
        assertThat(verdicts(failed)).containsExactly(Verdict.Failed);
        assertThat(told(AARCH64).getEvidence())
                .extracting(ReleaseEvidence::getMachine)
                .containsExactly(failed.name());
        Rig.await()
                .untilAsserted(() -> assertThat(rig.events("FleetRelease", "stable-" + sick))
                        .singleElement()
                        .asString()
                        .startsWith("Quarantined: " + sick + " is withheld from aarch64: quarantined, because "
                                + failed.name() + " failed on it."));
        assertThat(rig.events("Node", failed.name()))
                .filteredOn(e -> e.startsWith("Judged"))
                .hasSize(1);
        assertThat(told(X86_64).getState()).isIn(ReleaseState.Healthy, ReleaseState.Rolling);
        Rig.await()
                .untilAsserted(
                        () -> assertThat(operator.management("/q/metrics").body())
                                .containsPattern(
                                        "lockkeeper_quarantined_releases\\{architecture=\"aarch64\",stream=\"stable\"} [1-9]"));
        assertThat(rig.read("mixed").getStatus().getFailed())
                .singleElement()
                .satisfies(p -> assertThat(p.getReleaseWithheld()).isTrue());

        // The leader that comes next knows it too.
        operator.kill();
        operator.launch();
        operator.awaitReady();
        if (releases.machine(spared.name()).getState() == MachineState.StagedWithdrawn) {
            spared.restartAgent();
        }
        String newer = publishNewer();
        awaitRuns(failed, newer);
        awaitRuns(spared, newer);
        others.forEach(m -> awaitRuns(m, newer));
        assertThat(everBooted(List.of(spared))).isEmpty();
        assertThat(rig.parked("mixed")).isEmpty();
        assertThat(verdicts(failed)).containsExactly(Verdict.Failed, Verdict.Updated);
        assertThat(told(AARCH64).getState()).isEqualTo(ReleaseState.Quarantined);
        Rig.await()
                .untilAsserted(
                        () -> assertThat(operator.management("/q/metrics").body())
                                .containsPattern(
                                        "lockkeeper_quarantined_releases\\{architecture=\"aarch64\",stream=\"stable\"} 0"));
    }

    @Test
    void whoHasStagedItIsRefusedUntilItsAgentIsStartedAnew() {
        group("staged", _ -> {});
        SimulatedMachine first = machine("staged-1", "staged", Architecture.AARCH64, new Fault.ComesBackNotReady());
        Rig.await().until(() -> rig.holder("staged", first.name()).isPresent());
        SimulatedMachine second = machine("staged-2", "staged", Architecture.AARCH64, new Fault.ComesBackNotReady());
        Rig.await().until(() -> second.staged().isPresent());
        awaitState(AARCH64, ReleaseState.Quarantined);
        awaitState(second, MachineState.StagedWithdrawn);
        assertThat(releases.machine(second.name()).getMessage())
                .contains("rpm-ostree cleanup -p && systemctl restart zincati");
        Rig.await()
                .until(() -> rig.journal.entries(Journal.Answered.class, second.name()).stream()
                        .anyMatch(
                                a -> a.api() == Api.PRE_REBOOT && a.body().contains("\"kind\":\"release_withdrawn\"")));
        second.restartAgent();
        awaitState(second, MachineState.Current);
        String newer = publishNewer();
        awaitRuns(second, newer);
        assertThat(everBooted(List.of(second))).isEmpty();
    }

    @Test
    void aPersonLetsItThroughAllTheSame() throws Exception {
        group("accepted", _ -> {});
        SimulatedMachine failed =
                machine("accepted-1", "accepted", Architecture.AARCH64, new Fault.ComesBackNotReady());
        awaitState(AARCH64, ReleaseState.Quarantined);
        awaitState(failed, MachineState.Failed);
        MachineSpec other = releases.node("accepted-2", "accepted", OLD, Architecture.AARCH64);
        assertThat(releases.edge(operator, other, "accepted")).isNotEqualTo(Optional.of(sick));
        releases.accept("stable", sick, "the firmware was at fault");
        awaitState(AARCH64, ReleaseState.Accepted);
        Rig.await()
                .untilAsserted(() ->
                        assertThat(releases.edge(operator, other, "accepted")).hasValue(sick));
        assertThat(told(AARCH64).getQuarantinedSince()).isNull();
        Rig.await()
                .untilAsserted(() -> assertThat(rig.read("accepted").getStatus().getFailed())
                        .as("nothing withholds its release any more, so it counts as parked")
                        .singleElement()
                        .satisfies(p -> assertThat(p.getReleaseWithheld()).isNotEqualTo(true)));
        failed.repair();
        Rig.await().untilAsserted(() -> assertThat(verdicts(failed)).containsExactly(Verdict.Updated));
        Rig.await().untilAsserted(() -> assertThat(rig.parked("accepted")).isEmpty());
    }

    @Test
    void belowTheThresholdItIsSuspectAndTheRollGoesOn() {
        threshold(2);
        try {
            group("two", _ -> {});
            List<SimulatedMachine> arm = List.of(
                    machine("two-1", "two", Architecture.AARCH64, new Fault.ComesBackNotReady()),
                    machine("two-2", "two", Architecture.AARCH64, new Fault.ComesBackNotReady()),
                    machine("two-3", "two", Architecture.AARCH64, new Fault.ComesBackNotReady()));
            awaitState(AARCH64, ReleaseState.Suspect);
            awaitState(AARCH64, ReleaseState.Quarantined);
            assertThat(everBooted(arm)).hasSize(2);
            assertThat(told(AARCH64).getFailed()).isEqualTo(2);
            Rig.await()
                    .untilAsserted(() -> assertThat(rig.read("two").getStatus().getFailed())
                            .hasSize(2)
                            .allSatisfy(p -> assertThat(p.getReleaseWithheld()).isTrue()));
        } finally {
            threshold(1);
        }
    }

    private static void threshold(int failures) {
        rig.admin
                .resources(UpdateGraph.class)
                .withName(Releases.GRAPH)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"failureThreshold\":" + failures + "}}");
    }

    /** It has the release on the list of those that it rolled back from: it is offered it again, and does not ask. */
    @Test
    void aRollbackCountsOnceItsAgentDoesNotAskAgain() {
        group("rolled", _ -> {});
        SimulatedMachine machine = machine("rolled-1", "rolled", Architecture.X86_64, new Fault.RolledBack());
        awaitState(X86_64, ReleaseState.Quarantined);
        assertThat(verdicts(machine)).containsExactly(Verdict.RolledBack);
        assertThat(rig.parked("rolled")).isEmpty();
        // It may have staged it after all, as far as can be told from here: it is refused until its agent starts anew.
        awaitState(machine, MachineState.StagedWithdrawn);
        machine.restartAgent();
        awaitState(machine, MachineState.Current);
    }

    /** It was told, and went down by itself before it had finalised: it asks again. */
    @Test
    void aPlainRebootCountsAsNothing() {
        group("plain", _ -> {});
        SimulatedMachine machine = machine("plain-1", "plain", Architecture.X86_64, null);
        machine.usersLoggedIn(true);
        Rig.await().until(() -> machine.state() == AgentState.WAITING_FOR_USERS);
        machine.panics();
        machine.usersLoggedIn(false);
        awaitRuns(machine, sick);
        assertThat(verdicts(machine)).containsExactly(Verdict.Inconclusive, Verdict.Updated);
        assertThat(told(X86_64).getFailed()).isZero();
    }

    @Test
    void aDeadKubeletCountsOnceItsAgentSaysWhatItRuns() {
        group("dead", _ -> {});
        SimulatedMachine machine = machine("dead-1", "dead", Architecture.X86_64, new Fault.KubeletNeverStarts());
        Rig.await().untilAsserted(() -> assertThat(rig.parked("dead")).containsExactly(machine.name()));
        awaitState(X86_64, ReleaseState.Quarantined);
        assertThat(verdicts(machine)).containsExactly(Verdict.Failed);
        assertThat(told(X86_64).getFailed()).isEqualTo(1);
        // Only its agent lives, and that must be able to fetch what heals it.
        awaitRuns(machine, publishNewer());
        Rig.await().untilAsserted(() -> assertThat(verdicts(machine)).containsExactly(Verdict.Failed, Verdict.Updated));
    }

    @Test
    void aMachineThatNeverCameBackCountsAndOneThatDidAfterAllIsUpdated() {
        group("never", spec -> spec.setStuckAfter("3s"));
        SimulatedMachine machine = machine("never-1", "never", Architecture.X86_64, new Fault.NeverComesBack());
        awaitState(X86_64, ReleaseState.Quarantined);
        assertThat(verdicts(machine)).containsExactly(Verdict.NeverCameBack);
        assertThat(rig.holder("never", machine.name())).isPresent();
        machine.repair();
        Rig.await().untilAsserted(() -> assertThat(verdicts(machine)).containsExactly(Verdict.Updated));
        assertThat(told(X86_64).getState()).as("a quarantine stays").isEqualTo(ReleaseState.Quarantined);
        assertThat(told(X86_64).getFailed()).isZero();
    }

    /** They may have staged what is their stream's newest; on another architecture there is nothing against it. */
    @Test
    void machinesOnFedorasOwnGraphAreRefusedThereAndServedElsewhere() {
        group("fedoras", spec -> spec.setSlots(new IntOrString(2)));
        machine("fedoras-1", "fedoras", Architecture.AARCH64, new Fault.ComesBackNotReady());
        awaitState(AARCH64, ReleaseState.Quarantined);
        SimulatedMachine arm = lockOnly("fedoras-2", Architecture.AARCH64);
        SimulatedMachine x86 = lockOnly("fedoras-3", Architecture.X86_64);
        Rig.await()
                .until(() -> rig.journal.entries(Journal.Answered.class, arm.name()).stream()
                        .anyMatch(
                                a -> a.api() == Api.PRE_REBOOT && a.body().contains("\"kind\":\"release_withdrawn\"")));
        Rig.await().untilAsserted(() -> assertThat(x86.version()).isEqualTo(sick));
        assertThat(arm.version()).isEqualTo(OLD);
    }

    private SimulatedMachine lockOnly(String name, Architecture architecture) {
        MachineSpec spec = releases.node(name, "fedoras", OLD, architecture);
        SimulatedMachine machine = rig.agent(spec, "fedoras", operator);
        machines.add(machine);
        machine.stage(sick);
        return machine;
    }
}
