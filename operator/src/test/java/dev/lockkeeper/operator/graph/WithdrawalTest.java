package dev.lockkeeper.operator.graph;

import static dev.lockkeeper.operator.graph.TestingMachines.offer;
import static dev.lockkeeper.operator.graph.TestingMachines.running;
import static dev.lockkeeper.operator.graph.TestingMachines.view;
import static dev.lockkeeper.operator.graph.TestingState.BARRIER;
import static dev.lockkeeper.operator.graph.TestingState.T0;
import static dev.lockkeeper.operator.graph.TestingState.V1;
import static dev.lockkeeper.operator.graph.TestingState.V2;
import static dev.lockkeeper.operator.graph.TestingState.V3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.operator.graph.MachineView.Evidence;
import dev.lockkeeper.operator.graph.Withdrawal.Objection;
import dev.lockkeeper.operator.health.Update;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.TestingGroup;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WithdrawalTest {

    private static final NodeView NODE = TestingGroup.node("worker-1", "kubernetes.io/arch", "amd64", null);

    private static Optional<Objection> of(GraphState state, Evidence evidence) {
        return Withdrawal.of(state, view("worker-1", evidence), NODE, T0);
    }

    @Test
    void anOfferThatHoldsIsNoReason() {
        assertThat(of(TestingState.usual().state(), running("worker-1", V2, offer(V3))))
                .isEmpty();
    }

    @Test
    void ofAllThatItMayHaveStagedOneThatIsWithdrawnIsEnough() {
        GraphState state = TestingState.usual().block(V2).state();
        Objection objection =
                of(state, running("worker-1", BARRIER, offer(V2), offer(V3))).orElseThrow();
        assertThat(objection.release()).isEqualTo(V2);
        assertThat(objection.sentence())
                .startsWith("worker-1 was offered " + V2
                        + ", which is withdrawn: it is withheld from x86_64: it is broken.")
                .endsWith("rpm-ostree cleanup -p && systemctl restart zincati");
    }

    @Test
    void aQuarantineTakesBackAsABlockDoes() {
        Evidence staged = running("worker-1", V2, offer(V3));
        assertThat(of(TestingState.usual().quarantine(V3, "x86_64").state(), staged)
                        .orElseThrow()
                        .sentence())
                .contains(
                        V3
                                + ", which is withdrawn: it is withheld from x86_64: quarantined, because worker-9 failed on it.");
        assertThat(of(TestingState.usual().quarantine(V3, "s390x").state(), staged))
                .isEmpty();
    }

    /** Its kubelet does not come up, so that only its agent knows; it must be able to fetch what heals it. */
    @Test
    void aReleaseThatItRebootedIntoIsNotStagedAnyMore() {
        GraphState state = TestingState.usual().quarantine(V2, "x86_64").state();
        Evidence said = running("worker-1", V2, offer(V2)).steady(T0.plusSeconds(60), List.of(offer(V2)));
        MachineView machine = TestingMachines.with(
                view("worker-1", said),
                new Update("token", V1, V2, V2, Verdict.Failed, true, null, T0, "a test says so"));
        assertThat(Withdrawal.of(state, machine, NODE, T0)).isEmpty();
        assertThat(Withdrawal.of(state, view("worker-1", said), NODE, T0))
                .as("nothing is recorded")
                .isPresent();
    }

    @Test
    void anotherArchitecturesBlockIsNoReason() {
        assertThat(of(TestingState.usual().block(V3, "s390x").state(), running("worker-1", V2, offer(V3))))
                .isEmpty();
        assertThat(of(TestingState.usual().block(V3, "s390x", "x86_64").state(), running("worker-1", V2, offer(V3))))
                .isPresent();
    }

    @Test
    void aLowerPinFedoraAndARemovalTakeBack() {
        Evidence staged = running("worker-1", V2, offer(V3));
        assertThat(of(
                        TestingState.usual()
                                .pin("pin", null, Set.of("workers"), V2)
                                .state(),
                        staged))
                .hasValueSatisfying(o -> assertThat(o.sentence()).contains("it is past the pin's release " + V2));
        assertThat(of(TestingState.usual().entry(V3, UpdateMetadata.NONE).state(), staged))
                .hasValueSatisfying(o -> assertThat(o.sentence()).contains("Fedora offers it to nobody"));
        assertThat(of(new TestingState().out(V1).barrier(BARRIER).out(V2).state(), staged))
                .hasValueSatisfying(o -> assertThat(o.sentence()).contains("it is gone from the graph"));
    }

    @Test
    void whatIsNotLoadedCannotBeTold() {
        assertThat(of(TestingState.usual().notLoaded(), running("worker-1", V2, offer(V3))))
                .hasValueSatisfying(o -> assertThat(o.known()).isFalse());
        assertThat(of(TestingState.usual().block(V3).notLoaded(), running("worker-1", V2, offer(V3))))
                .as("a block needs no graph")
                .hasValueSatisfying(o -> assertThat(o.known()).isTrue());
    }

    @Test
    void withoutAnyUpdateGraphOnlyABlockIsKnown() {
        GraphState none = new GraphState(Policies.of(List.of(), List.of(), List.of(), T0), Map.of());
        assertThat(of(none, running("worker-1", V2, offer(V3)))).isEmpty();
        assertThat(of(none, Evidence.NONE)).isEmpty();
    }

    // ---- machines that follow Fedora's own graph

    private static final NodeView OLD = new NodeView(
            NODE.name(),
            NODE.uid(),
            "1",
            NODE.labels(),
            NODE.machineId(),
            null,
            "boot-1",
            "Fedora CoreOS " + V2,
            true,
            T0,
            T0,
            false,
            null,
            null);

    private static Optional<Objection> alone(GraphState state, java.time.Instant steadyAt) {
        Evidence evidence = steadyAt == null ? Evidence.NONE : Evidence.NONE.steady(steadyAt, List.of());
        return Withdrawal.of(state, view("worker-1", evidence), OLD, T0);
    }

    @Test
    void aBlockedNewestReleaseStopsWhoFollowsFedorasOwnGraph() {
        GraphState state = TestingState.usual().block(V3).state();
        assertThat(alone(state, null).orElseThrow().sentence())
                .startsWith(
                        "worker-1 follows Fedora's own graph, and " + V3 + " is withheld from x86_64: it is broken.");
        assertThat(alone(state, T0)).as("whenever it started").isPresent();
        assertThat(alone(TestingState.usual().block(V3, "s390x").state(), null)).isEmpty();
        assertThat(alone(TestingState.usual().state(), null)).isEmpty();
        assertThat(alone(TestingState.usual().block(V3).notLoaded(), null))
                .hasValueSatisfying(o -> assertThat(o.known()).isFalse());
    }

    @Test
    void whoWasToldOfNothingSinceItsStartMayFollowFedorasOwnGraphToo() {
        GraphState state = TestingState.usual().block(V3).state();
        Offer before = new Offer(BARRIER, T0.minusSeconds(60), null, 1);
        Evidence restarted = running("worker-1", V2, before).steady(T0, List.of(before));
        assertThat(Withdrawal.of(state, view("worker-1", restarted), OLD, T0))
                .hasValueSatisfying(o -> assertThat(o.release()).isEqualTo(V3));
        Offer since = new Offer(BARRIER, T0, null, 1);
        assertThat(Withdrawal.of(state, view("worker-1", restarted.steady(T0, List.of(since))), OLD, T0))
                .isEmpty();
    }

    @Test
    void whatItRunsAlreadyOrHasPassedIsNoReason() {
        assertThat(alone(TestingState.usual().block(V1).state(), null)).isEmpty();
        assertThat(alone(TestingState.usual().block(V2).state(), null)).isEmpty();
    }

    @Test
    void onceANewerReleaseIsOutItsNextStartClearsIt() {
        String fix = "44.20260620.3.0";
        GraphState state = TestingState.usual()
                .out(fix)
                .seen(fix, T0.minusSeconds(60))
                .block(V3)
                .state();
        assertThat(alone(state, T0.minusSeconds(120)))
                .as("it may have staged it before")
                .isPresent();
        assertThat(alone(state, null)).isPresent();
        assertThat(alone(state, T0.minusSeconds(30)))
                .as("it looked at the newest since")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "44.20260501.3.0, stable",
        "44.20260501.2.0, testing",
        "44.20260501.1.0, next",
        "44.20260501.9.0,",
        "44.20260501.3,",
        ","
    })
    void theStreamIsInTheVersionsThirdNumber(String version, String stream) {
        assertThat(Withdrawal.streamOf(version)).isEqualTo(stream);
    }
}
