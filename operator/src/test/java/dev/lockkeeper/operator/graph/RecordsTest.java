package dev.lockkeeper.operator.graph;

import static dev.lockkeeper.operator.graph.TestingMachines.offer;
import static dev.lockkeeper.operator.graph.TestingMachines.running;
import static dev.lockkeeper.operator.graph.TestingState.T0;
import static dev.lockkeeper.operator.graph.TestingState.V2;
import static dev.lockkeeper.operator.graph.TestingState.V3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.MachineView.Evidence;
import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.TestingGroup;
import dev.lockkeeper.operator.lock.TestingGroups;
import dev.lockkeeper.operator.lock.TestingNodes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordsTest {

    private static final Instant NOW = T0.plusSeconds(60);

    private final TestingGroups groups = new TestingGroups();
    private final TestingNodes nodes = new TestingNodes();
    private final TestingMachines machines = new TestingMachines();
    private final List<Runnable> waiting = new ArrayList<>();
    private Executor threads = Runnable::run;
    private GraphState cached = TestingState.usual().state();
    private GraphState fresh = cached;

    private final Records records = new Records(
            () -> cached,
            () -> fresh,
            groups,
            nodes,
            machines,
            Duration.ofHours(2),
            work -> threads.execute(work),
            Clock.fixed(NOW, ZoneOffset.UTC));

    @BeforeEach
    void fleet() {
        groups.put(new TestingGroup("workers").view());
        groups.catchUp("workers", _ -> {});
        nodes.show(TestingGroup.node("worker-1", "kubernetes.io/arch", "amd64", null));
    }

    private static AgentApi.Call call(String id) {
        return new AgentApi.Call(id, "workers", null, null, new CompletableFuture<>());
    }

    private Evidence stored() {
        return machines.named("worker-1").orElseThrow().evidence();
    }

    @Test
    void aBlockThatOnlyAFreshReadShowsIsSeenByTheFreshLookAlone() throws Exception {
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        fresh = TestingState.usual().block(V3).state();
        assertThat(records.objection(call("worker-1"))).isEmpty();
        assertThat(records.clearance(call("worker-1")).objection().kind()).isEqualTo(Kind.RELEASE_WITHDRAWN);
        cached = fresh;
        assertThat(records.objection(call("worker-1"))).map(Refusal::kind).hasValue(Kind.RELEASE_WITHDRAWN);
    }

    @Test
    void whatIsNotLoadedIsNoWithdrawal() {
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        cached = TestingState.usual().notLoaded();
        assertThat(records.objection(call("worker-1"))).map(Refusal::kind).hasValue(Kind.STORE_UNAVAILABLE);
    }

    @Test
    void aRecordThatCannotBeReadIsTold() {
        machines.failure = new StoreException("away");
        assertThatThrownBy(() -> records.clearance(call("worker-1"))).isInstanceOf(StoreException.class);
    }

    @Test
    void whoAsksForASlotIsHeardOfOnce() {
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        records.asked(call("worker-1"));
        assertThat(stored().offers())
                .singleElement()
                .satisfies(o -> assertThat(o.askedAt()).isEqualTo(NOW));
        records.asked(call("worker-1"));
        assertThat(machines.writes).hasValue(1);
        records.asked(call("made-up"));
        assertThat(machines.all()).hasSize(1);
    }

    @Test
    void whoAsksOverAndOverIsWrittenOnceAtATime() {
        threads = waiting::add;
        for (int i = 0; i < 100; i++) {
            records.asked(call("worker-1"));
        }
        assertThat(waiting).hasSize(1);
        waiting.getFirst().run();
        assertThat(machines.writes).hasValue(1);
    }

    @Test
    void anAgentThatStartedAnewHasThrownAwayWhatIsWithdrawn() {
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        fresh = TestingState.usual().block(V3).state();
        assertThat(records.started(call("worker-1")).toCompletableFuture().join())
                .isEmpty();
        assertThat(stored().offers()).isEmpty();
        assertThat(stored().steadyAt()).isEqualTo(NOW);
    }

    /** A replica whose cache lags may answer it without a write once more, and a block must find it then. */
    @Test
    void whatHoldsIsKnownForOneRunMore() throws Exception {
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        records.started(call("worker-1")).toCompletableFuture().join();
        assertThat(stored().offers()).hasSize(1);
        assertThat(stored().isOfThisRun(stored().offers().getFirst())).isFalse();
        fresh = TestingState.usual().block(V3).state();
        assertThat(records.clearance(call("worker-1")).objection().kind()).isEqualTo(Kind.RELEASE_WITHDRAWN);
        fresh = TestingState.usual().state();
        records.started(call("worker-1")).toCompletableFuture().join();
        assertThat(stored().offers()).isEmpty();
    }

    /** Its steady-state is stored late: what it was offered meanwhile must not be forgotten. */
    @Test
    void onlyWhatWasKnownAtTheStartIsForgotten() {
        fresh = TestingState.usual().block(V3).state();
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        threads = waiting::add;
        CompletableFuture<Optional<Refusal>> started =
                records.started(call("worker-1")).toCompletableFuture();
        assertThat(started).as("not before it is stored").isNotDone();
        Offer since = new Offer(V3, NOW.plusSeconds(1), null, 1);
        machines.put("worker-1", running("worker-1", V2, since));
        waiting.forEach(Runnable::run);
        assertThat(started).isDone();
        assertThat(stored().offers()).containsExactly(since);
    }

    @Test
    void aStartThatCannotBeStoredIsRefusedWhereAnOfferWouldStay() {
        machines.put("worker-1", running("worker-1", V2));
        machines.failure = new StoreException("away");
        assertThat(records.started(call("worker-1")).toCompletableFuture().join())
                .as("only a time is lost")
                .isEmpty();
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        assertThat(records.started(call("worker-1")).toCompletableFuture().join())
                .map(Refusal::kind)
                .hasValue(Kind.STORE_UNAVAILABLE);
    }
}
