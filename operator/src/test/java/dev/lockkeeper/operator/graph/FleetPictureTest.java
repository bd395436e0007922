package dev.lockkeeper.operator.graph;

import static dev.lockkeeper.operator.graph.TestingMachines.offer;
import static dev.lockkeeper.operator.graph.TestingMachines.running;
import static dev.lockkeeper.operator.graph.TestingState.T0;
import static dev.lockkeeper.operator.graph.TestingState.V1;
import static dev.lockkeeper.operator.graph.TestingState.V2;
import static dev.lockkeeper.operator.graph.TestingState.V3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.operator.graph.MachinePicture.Standing;
import dev.lockkeeper.operator.health.ReleaseHealth;
import dev.lockkeeper.operator.health.Update;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.Membership;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.TestingGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetPictureTest {

    private static final NodeView NODE = TestingGroup.node("worker-1", "kubernetes.io/arch", "amd64", null);
    private static final FleetPicture.Times TIMES = new FleetPicture.Times(Duration.ofHours(5), Duration.ofDays(30));

    private final List<GroupView> groups = new ArrayList<>(List.of(new TestingGroup("workers").view()));
    private final List<NodeView> nodes = new ArrayList<>(List.of(NODE));
    private final List<MachineView> machines = new ArrayList<>();
    private GraphState state = TestingState.usual().state();
    private Instant now = T0;

    private FleetPicture picture() {
        return FleetPicture.of(state, new Membership(groups), nodes, machines, _ -> Map.of(), TIMES, now);
    }

    private Standing only() {
        assertThat(picture().standings()).hasSize(1);
        return picture().standings().getFirst();
    }

    private void machine(String name, MachineView.Evidence evidence) {
        machines.add(TestingMachines.view(name, evidence));
    }

    private void holding(Phase phase) {
        groups.set(
                0,
                new TestingGroup("workers")
                        .holders(TestingGroup.holder("worker-1", "token", NODE.ref(), phase, T0, T0))
                        .view());
    }

    @Test
    void aNodeThatHasNotSpokenIsUnmanaged() {
        assertThat(only().state()).isEqualTo(MachineState.Unmanaged);
        assertThat(only().message()).contains("has not spoken yet");
        groups.clear();
        assertThat(picture().standings()).as("nobody selects it").isEmpty();
    }

    @Test
    void aMachineIsCurrentBehindOrOnItsWay() {
        machine("worker-1", running("worker-1", V3));
        assertThat(only().state()).isEqualTo(MachineState.Current);
        machines.clear();
        machine("worker-1", running("worker-1", V2));
        assertThat(only().state()).isEqualTo(MachineState.Behind);
        machines.clear();
        machine("worker-1", running("worker-1", V2, offer(V3)));
        assertThat(only().state()).isEqualTo(MachineState.Offered);
        machines.clear();
        machine("worker-1", running("worker-1", V2, offer(V3).asked(T0)));
        assertThat(only().state()).isEqualTo(MachineState.Waiting);
    }

    @ParameterizedTest
    @CsvSource({
        "DRAINING, Draining",
        "GRANTED, Draining",
        "REBOOTING, Rebooting",
        "VERIFYING, Verifying",
        "FAILED, Failed",
        "RELEASING, Waiting"
    })
    void aHolderShowsHowFarItIs(Phase phase, MachineState shown) {
        machine("worker-1", running("worker-1", V2, offer(V3).asked(T0)));
        holding(phase);
        assertThat(only().state()).isEqualTo(shown);
    }

    @Test
    void theMostUrgentStateShows() {
        machine("worker-1", running("worker-1", V2, offer(V3)));
        now = T0.plus(Duration.ofHours(6));
        assertThat(only().state()).isEqualTo(MachineState.Silent);
        groups.clear();
        assertThat(picture().standings())
                .as("nobody selects the node, but it has spoken")
                .hasSize(1);
        assertThat(only().state()).isEqualTo(MachineState.NoGroup);
        state = TestingState.usual().block(V3).state();
        assertThat(only().state()).isEqualTo(MachineState.StagedWithdrawn);
        assertThat(only().message()).contains("rpm-ostree cleanup -p");
    }

    /** It has nothing to say between two updates. */
    @Test
    void whoUsesTheLockAloneIsNotSilent() {
        groups.add(new TestingGroup("boxes").view());
        machine("worker-1", other("worker-1", T0));
        now = T0.plus(Duration.ofHours(6));
        assertThat(only().state()).isEqualTo(MachineState.Unmanaged);
    }

    @Test
    void anOfferThatWasTakenIsNoStagedRelease() {
        state = TestingState.usual().block(V3).state();
        machine("worker-1", running("worker-1", V3, offer(V3)));
        assertThat(only().state()).isEqualTo(MachineState.Current);
    }

    @Test
    void theTimeOfAStateMovesOnlyWithIt() {
        machine("worker-1", running("worker-1", V3));
        Standing standing = only();
        assertThat(FleetPicture.told(standing, T0).since()).isEqualTo(T0);
        MachineView told = new MachineView(
                "worker-1",
                "uid",
                "1",
                null,
                MachineView.Labels.NONE,
                standing.machine().evidence(),
                FleetPicture.told(standing, T0),
                List.of());
        machines.set(0, told);
        now = T0.plusSeconds(600);
        assertThat(FleetPicture.told(only(), now).since()).isEqualTo(T0);
        assertThat(FleetPicture.told(only(), now)).as("nothing to write").isEqualTo(told.picture());
    }

    @Test
    void recordsOfMachinesThatAreGoneAreRemoved() {
        machine("worker-2", running("worker-2", V3));
        machine("worker-1", running("worker-1", V3));
        machine("id-box", other("box", T0.minus(Duration.ofDays(29))));
        machine("id-old", other("old", T0.minus(Duration.ofDays(31))));
        nodes.set(
                0,
                new NodeView(
                        "worker-1",
                        "another-uid",
                        "1",
                        NODE.labels(),
                        "worker-1",
                        null,
                        "b",
                        NODE.osImage(),
                        true,
                        T0,
                        T0,
                        false,
                        null,
                        null));
        assertThat(picture().gone())
                .extracting(MachineView::name)
                .containsExactlyInAnyOrder("worker-1", "worker-2", "id-old");
        assertThat(picture().standings()).extracting(s -> s.machine().name()).containsExactly("id-box");
    }

    private static MachineView.Evidence other(String id, Instant heard) {
        MachineView.Evidence e = MachineView.Evidence.NONE;
        return new MachineView.Evidence(
                        null, id, null, null, "boxes", null, null, null, null, null, null, null, List.of(), null, null,
                        List.of())
                .seen(heard)
                .withOffers(e.offers());
    }

    @Test
    void aReleaseIsRecordedThatIsNewestRunningOfferedPinnedOrBlocked() {
        machine("worker-1", running("worker-1", V1, offer(TestingState.BARRIER)));
        state = TestingState.usual()
                .out("44.20260618.3.0")
                .pin("pin", null, Set.of("others"), V2)
                .block(V3, "s390x")
                .state();
        Map<String, FleetPicture.Told> told = picture().releases();
        assertThat(told.keySet())
                .containsExactlyInAnyOrder(
                        "stable-" + V1,
                        "stable-" + TestingState.BARRIER,
                        "stable-" + V2,
                        "stable-" + V3,
                        "stable-44.20260618.3.0");
        assertThat(told.get("stable-" + V1).facts().machines())
                .containsEntry("x86_64", new ReleaseView.Tally(1, 0, 0, 0));
        assertThat(told.get("stable-" + TestingState.BARRIER).facts().machines())
                .containsEntry("x86_64", new ReleaseView.Tally(0, 1, 0, 0));
        FleetPicture.Told blocked = told.get("stable-" + V3);
        assertThat(ReleasePicture.of(blocked.view(), blocked.facts(), T0).summary())
                .isEqualTo("s390x: it is broken");
        assertThat(picture().needless()).isEmpty();
    }

    /** Else a few agents could fill the list, and no verdict could be stored any more. */
    @Test
    void architecturesThatAreMadeUpAreNotTold() {
        state = following().state();
        nodes.clear();
        groups.add(new TestingGroup("boxes").view());
        MachineView.Evidence odd = TestingMachines.on(running("box", V3), "pdp11");
        machines.add(TestingMachines.view(
                "id-box",
                new MachineView.Evidence(
                        null,
                        "box",
                        null,
                        null,
                        "workers",
                        "stable",
                        V3,
                        odd.payload(),
                        "pdp11",
                        null,
                        odd.scheme(),
                        null,
                        List.of(),
                        T0,
                        null,
                        List.of())));
        assertThat(picture().releases().get("stable-" + V3).facts().machines()).isEmpty();
        assertThat(picture().pins().get("pin").architectures())
                .extracting(PinStatus.OfArchitecture::architecture)
                .containsExactly("s390x", "x86_64");
    }

    @Test
    void aVersionThatNoGraphKnowsMakesNoRecord() {
        MachineView.Evidence odd = running("worker-1", "99.20990101.3.0");
        machine("worker-1", odd);
        assertThat(picture().releases().keySet()).containsExactly("stable-" + V3);
        assertThat(FleetFigures.of(picture()).machines().keySet())
                .singleElement()
                .satisfies(k -> assertThat(k.version()).isEmpty());
    }

    @Test
    void aPinTellsItsTargetItsMachinesAndSinceWhenTheyAreBehind() {
        state = TestingState.usual().pin("pin", null, Set.of("workers"), V3).state();
        machine("worker-1", running("worker-1", V2));
        PinStatus status = picture().pins().get("pin");
        assertThat(status.summary()).isEqualTo(V3);
        assertThat(status.behind()).isEqualTo(1);
        assertThat(status.architectures())
                .filteredOn(a -> a.architecture().equals("x86_64"))
                .singleElement()
                .satisfies(a -> {
                    assertThat(List.of(a.machines(), a.current(), a.behind(), a.elsewhere()))
                            .containsExactly(1, 0, 1, 0);
                    assertThat(a.target()).isEqualTo(V3);
                    assertThat(a.behindSince()).isEqualTo(T0);
                    assertThat(a.summary()).isEqualTo("0/1 Rolling");
                    assertThat(a.roll().since()).isEqualTo(T0);
                    assertThat(a.states()).isEqualTo(Map.of(MachineState.Behind, 1));
                });
        assertThat(status.conditions())
                .filteredOn(c -> c.type().equals("UpToDate"))
                .singleElement()
                .satisfies(c -> assertThat(c.message()).isEqualTo("worker-1 runs an older release than the target."));
        assertThat(status.conditions())
                .filteredOn(c -> c.type().equals("HeldBack"))
                .allSatisfy(c -> assertThat(c.status()).isFalse());
    }

    @Test
    void aWithheldBarrierOnTheWayIsTold() {
        state = TestingState.usual()
                .pin("pin", null, Set.of("workers"), V3)
                .block(TestingState.BARRIER)
                .state();
        machine("worker-1", running("worker-1", V1));
        assertThat(picture().pins().get("pin").conditions())
                .filteredOn(c -> c.type().equals("Degraded"))
                .singleElement()
                .satisfies(c -> assertThat(c.message())
                        .contains("worker-1 must pass the barrier " + TestingState.BARRIER
                                + ", which is withheld there."));
    }

    private static PinStatus.OfArchitecture x86(PinStatus status) {
        return status.architectures().stream()
                .filter(a -> a.architecture().equals("x86_64"))
                .findFirst()
                .orElseThrow();
    }

    private PinStatus.OfArchitecture pinned() {
        return x86(picture().pins().get("pin"));
    }

    private static TestingState following() {
        return TestingState.usual().pin("pin", null, Set.of("workers"), (String) null);
    }

    private static Update update(String token, String release, Verdict verdict, Instant at) {
        return new Update(token, V2, release, release, verdict, verdict == Verdict.Failed, null, at, "a test");
    }

    @Test
    void aQuarantinedReleaseIsToldThoughItsMachinesRunWhatTheyMay() {
        state = following().quarantine(V3, "x86_64").state();
        machine("worker-1", running("worker-1", V2));
        PinStatus status = picture().pins().get("pin");
        assertThat(x86(status).target()).isEqualTo(V2);
        assertThat(x86(status).summary()).isEqualTo("0/1 Quarantined");
        assertThat(x86(status).roll().reason())
                .isEqualTo(V3 + " is withheld from x86_64: quarantined, because worker-9 failed on it.");
        assertThat(only().state()).isEqualTo(MachineState.Current);
        assertThat(status.conditions())
                .filteredOn(c -> c.type().equals("UpToDate") || c.type().equals("Degraded"))
                .extracting(c -> c.type() + " " + c.status() + " " + c.reason())
                .containsExactly("UpToDate false ReleaseWithheld", "Degraded true ReleaseWithheld");
        assertThat(picture().quarantined())
                .isEqualTo(Map.of(
                        new FleetFigures.Scope("stable", "x86_64"), 1, new FleetFigures.Scope("stable", "s390x"), 0));
    }

    @Test
    void whatMachinesWereUpdatedToKeepsNoRecordAliveButIsCounted() {
        machines.add(TestingMachines.with(
                TestingMachines.view("worker-1", running("worker-1", V3)),
                update("first", V1, Verdict.Updated, T0),
                update("second", V2, Verdict.Updated, T0),
                update("again", V3, Verdict.Updated, T0),
                update("third", V3, Verdict.Updated, T0)));
        Map<String, FleetPicture.Told> told = picture().releases();
        assertThat(told.keySet()).containsExactly("stable-" + V3);
        assertThat(told.get("stable-" + V3).facts().machines())
                .containsEntry("x86_64", new ReleaseView.Tally(1, 0, 0, 1));
    }

    /** Else it would be offered again one day. */
    @Test
    void whatWasFoundOutOfAReleaseIsKept() {
        state = TestingState.usual().quarantine(V2, "x86_64").state();
        assertThat(picture().releases().keySet()).containsExactlyInAnyOrder("stable-" + V2, "stable-" + V3);
        assertThat(picture().needless()).isEmpty();
        state = TestingState.usual().quarantine("44.20200101.3.0", "x86_64").state();
        assertThat(picture().needless())
                .as("no graph has it any more")
                .extracting(ReleaseView::version)
                .containsExactly("44.20200101.3.0");
        state = TestingState.usual().quarantine(V2, "x86_64").notLoaded();
        assertThat(picture().needless()).as("nothing is loaded now").isEmpty();
    }

    @Test
    void aFailureBelowTheThresholdIsSuspect() {
        ReleaseHealth health = new ReleaseHealth(
                null, List.of(new ReleaseHealth.Proof("t", "worker-9", Verdict.Failed, true, false, T0)));
        state = following()
                .failureThreshold(3)
                .told(V3, "x86_64", health, ReleaseState.Suspect)
                .state();
        machine("worker-1", running("worker-1", V2));
        assertThat(pinned().summary()).isEqualTo("0/1 Suspect");
        assertThat(pinned().roll().reason())
                .isEqualTo(V3 + " failed once on x86_64; after 3 failures it is withheld there.");
        assertThat(pinned().target()).isEqualTo(V3);
    }

    @Test
    void aRollThatNobodyMovesIsStalled() {
        state = following().state();
        machine("worker-1", running("worker-1", V2));
        now = T0.plus(Duration.ofHours(6));
        assertThat(pinned().summary()).isEqualTo("0/1 Stalled");
        assertThat(pinned().roll().reason())
                .isEqualTo("No machine is on its way, and worker-1 is Silent: see kubectl describe fm worker-1.");
    }

    @Test
    void theEndOfARollFollowsFromItsPace() {
        state = following().state();
        Instant began = T0.minusSeconds(3600);
        for (String name : List.of("worker-2", "worker-3")) {
            nodes.add(TestingGroup.node(name, "kubernetes.io/arch", "amd64", null));
        }
        machines.add(TestingMachines.with(
                TestingMachines.view("worker-1", running("worker-1", V3)),
                update("old", V2, Verdict.Updated, began.minusSeconds(60)),
                update("new", V3, Verdict.Updated, began.plusSeconds(600))));
        machine("worker-2", running("worker-2", V2));
        machines.add(TestingMachines.with(
                TestingMachines.view("worker-3", running("worker-3", V2)),
                update("third", V3, Verdict.Failed, began.plusSeconds(700))));
        PinStatus.Since before = new PinStatus.Since(V3, began, began, null);
        PinStatus.Roll roll = x86(FleetPicture.of(
                                state,
                                new Membership(groups),
                                nodes,
                                machines,
                                _ -> Map.of("x86_64", before),
                                TIMES,
                                now)
                        .pins()
                        .get("pin"))
                .roll();
        assertThat(roll.since()).isEqualTo(began);
        assertThat(roll.updated()).isEqualTo(1);
        assertThat(roll.failed()).isEqualTo(1);
        assertThat(roll.estimatedEnd()).as("10 minutes each").isEqualTo(began.plusSeconds(1800));
    }
}
