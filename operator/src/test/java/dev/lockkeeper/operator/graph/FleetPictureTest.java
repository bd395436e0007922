package dev.lockkeeper.operator.graph;

import static dev.lockkeeper.operator.graph.TestingMachines.offer;
import static dev.lockkeeper.operator.graph.TestingMachines.running;
import static dev.lockkeeper.operator.graph.TestingState.T0;
import static dev.lockkeeper.operator.graph.TestingState.V1;
import static dev.lockkeeper.operator.graph.TestingState.V2;
import static dev.lockkeeper.operator.graph.TestingState.V3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.operator.graph.MachinePicture.Standing;
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
                FleetPicture.told(standing, T0));
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
        assertThat(told.get("stable-" + V1).status().machines()).containsEntry("x86_64", new ReleaseView.Count(1, 0));
        assertThat(told.get("stable-" + TestingState.BARRIER).status().machines())
                .containsEntry("x86_64", new ReleaseView.Count(0, 1));
        assertThat(told.get("stable-" + V3).status().summary()).isEqualTo("s390x: it is broken");
        assertThat(picture().needless()).isEmpty();
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
                .containsExactly(new PinStatus.OfArchitecture("x86_64", V3, 1, 0, 1, 0, T0));
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
}
