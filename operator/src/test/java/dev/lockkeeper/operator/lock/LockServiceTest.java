package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingGroup.T0;
import static dev.lockkeeper.operator.lock.TestingGroup.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.Boot;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.fleetlock.store.Swapper;
import dev.lockkeeper.operator.lock.AgentApi.Reply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of agents while the cache lags behind the store, which no test on a real API server can bring about at will. */
@Timeout(60)
class LockServiceTest {

    private final NodeView one = node("worker-1", "pool", "a", null);
    private final NodeView two = node("worker-2", "pool", "a", null);
    private final NodeView three = node("worker-3", "pool", "a", null);
    private final TestingNodes nodes = new TestingNodes();
    private final TestingGroups groups = new TestingGroups();
    /** What telling reads; null: the Node is gone. */
    private volatile NodeView fresh = cordoned(one, true);

    private final Swapper swapper = new Swapper(groups, 4, Duration.ofMillis(1));
    private final TestingRecords records = new TestingRecords();
    private final LockService service = new LockService(
            groups,
            nodes,
            swapper,
            new LockService.Outside() {
                @Override
                public Optional<Refusal> password(GroupView group, AgentApi.Call call) {
                    return Optional.empty();
                }

                @Override
                public Optional<NodeView> readNode(String name) {
                    return Optional.ofNullable(fresh);
                }

                @Override
                public List<GroupView> readGroups() {
                    return groups.all();
                }

                @Override
                public void crashPoint(String step) {}
            },
            records,
            new TestingEvents(),
            new LockService.Timing(Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofMinutes(10)),
            Clock.systemUTC());

    @BeforeEach
    void show() {
        nodes.show(one, two, three);
    }

    @AfterEach
    void stop() {
        service.stop();
        swapper.close();
    }

    private static NodeView cordoned(NodeView n, boolean unschedulable) {
        return new NodeView(
                n.name(),
                n.uid(),
                "2",
                n.labels(),
                n.machineId(),
                null,
                "boot-1",
                n.osImage(),
                true,
                T0,
                T0,
                unschedulable,
                "token",
                null);
    }

    private void group(String name, int slots, Holder... holders) {
        groups.put(new TestingGroup(name)
                .serving("workers")
                .slots(slots)
                .holders(holders)
                .view());
        groups.catchUp(name, service::changed);
    }

    private static Holder holder(NodeView node, String token, Phase phase) {
        Instant now = Instant.now();
        return TestingGroup.holder(node.name(), token, node.ref(), phase, now, now);
    }

    private CompletableFuture<Reply> preReboot(NodeView node) {
        return service.preReboot(call(node)).toCompletableFuture();
    }

    private CompletableFuture<Reply> steadyState(NodeView node) {
        return service.steadyState(call(node)).toCompletableFuture();
    }

    private static AgentApi.Call call(NodeView node) {
        return new AgentApi.Call(node.name(), "workers", null, null, new CompletableFuture<>());
    }

    private Optional<Holder> stored(String group, NodeView node) {
        return groups.stored(group).state().holderOf(node.name());
    }

    private void change(String group, UnaryOperator<SlotState> change) {
        groups.change(group, change);
    }

    private Phase phase(String group, NodeView node) {
        return stored(group, node).map(Holder::phase).orElse(null);
    }

    // ---- pre-reboot

    @Test
    void aSlotIsGivenAndToldOnceTheDrainIsStored() {
        group("workers", 1);
        CompletableFuture<Reply> answer = preReboot(one);
        await().until(() -> phase("workers", one) == Phase.DRAINING);
        assertThat(answer).isNotDone();
        String token = stored("workers", one).orElseThrow().token();
        change("workers", s -> Semaphore.drained(s, token, Instant.now()).next());
        groups.catchUp("workers", service::changed);
        assertThat(answer.join().status()).isEqualTo(200);
        assertThat(phase("workers", one)).isEqualTo(Phase.REBOOTING);
    }

    /** Asks, gets a slot, and its drain ends: now the telling looks at the Node. */
    private CompletableFuture<Reply> drained() {
        group("workers", 1);
        CompletableFuture<Reply> answer = preReboot(one);
        await().until(() -> phase("workers", one) == Phase.DRAINING);
        String token = stored("workers", one).orElseThrow().token();
        change("workers", s -> Semaphore.drained(s, token, Instant.now()).next());
        groups.catchUp("workers", service::changed);
        return answer;
    }

    @Test
    void nobodyIsToldWhoseNodeWasUncordonedThoughTheCacheDoesNotShowIt() {
        fresh = cordoned(one, false);
        CompletableFuture<Reply> answer = drained();
        await().until(() -> phase("workers", one) == Phase.DRAINING);
        assertThat(answer).isNotDone();
    }

    @Test
    void nobodyIsToldWhoseNodeIsGoneOrAnother() {
        fresh = null;
        Reply reply = drained().join();
        assertThat(reply.kind()).isEqualTo("unknown_machine");
        assertThat(phase("workers", one)).isEqualTo(Phase.GRANTED);
    }

    /** Its own grant is not shown yet, and whoever tries beside it must not go round and round on what is shown. */
    @Test
    void aCacheThatLagsCostsTheWaitingOnesNoReadAfterTheOther() throws Exception {
        group("workers", 1);
        preReboot(one);
        await().until(() -> phase("workers", one) == Phase.DRAINING);
        CompletableFuture<Reply> second = preReboot(two);
        Thread.sleep(1_500);
        assertThat(groups.reads())
                .as("one look each quarter of a second at most")
                .hasSizeLessThan(10);
        assertThat(second).isNotDone();
    }

    /** A repeats because its 200 was lost; C arrives while that repeat is being read. Nothing changes in the store then. */
    @Test
    void aFreeSlotIsTakenThoughTheOneAheadOnlyRepeatsItsRequest() {
        group("workers", 2, holder(one, "token-1", Phase.REBOOTING));
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Reply> repeat = preReboot(one);
            CompletableFuture<Reply> other = preReboot(two);
            assertThat(repeat.join().status()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(5)).until(() -> phase("workers", two) == Phase.DRAINING);
            assertThat(other).isNotDone();
            String token = stored("workers", two).orElseThrow().token();
            change(
                    "workers",
                    s -> Semaphore.takeBack(s, token, "again", Instant.now()).next());
            change("workers", s -> Semaphore.free(s, token, false).next());
            groups.catchUp("workers", service::changed);
            assertThat(other.join().status()).isEqualTo(423);
        }
    }

    @Test
    void aMachineThatHoldsInAnotherGroupUnderAnotherIdGetsNoSecondSlot() {
        group("a", 1, TestingGroup.holder("old-id", "token-a", one.ref(), Phase.REBOOTING, T0, T0));
        groups.put(new TestingGroup("b").serving("others").view());
        groups.catchUp("b", service::changed);
        Reply reply = service.preReboot(new AgentApi.Call(one.name(), "others", null, null, new CompletableFuture<>()))
                .toCompletableFuture()
                .join();
        assertThat(reply.status()).isEqualTo(423);
        assertThat(reply.value()).contains("worker-1 holds a slot of RebootGroup 'a'");
        assertThat(groups.stored("b").state().holders()).isEmpty();
    }

    /** Both were granted before either showed; whoever tells first must see the other. */
    @Test
    void aMachineThatGotSlotsInTwoGroupsIsToldInNone() {
        group("a", 1);
        CompletableFuture<Reply> answer = preReboot(one);
        await().until(() -> phase("a", one) == Phase.DRAINING);
        String token = stored("a", one).orElseThrow().token();
        groups.put(new TestingGroup("b")
                .serving("others")
                .holders(holder(one, "token-b", Phase.DRAINING))
                .view());
        groups.catchUp("b", service::changed);
        change("a", s -> Semaphore.drained(s, token, Instant.now()).next());
        groups.catchUp("a", service::changed);
        assertThat(answer.join().status()).isEqualTo(423);
        assertThat(phase("a", one)).isEqualTo(Phase.RELEASING);
    }

    // ---- steady-state

    @Test
    void aSteadyStateWaitsUntilTheCacheShowsTheEndOfItsHolding() {
        group("workers", 1, holder(one, "token-1", Phase.REBOOTING));
        CompletableFuture<Reply> answer = steadyState(one);
        await().until(() -> phase("workers", one) == Phase.VERIFYING);
        groups.catchUp("workers", service::changed);
        change(
                "workers",
                s -> Semaphore.release(s, "token-1", "updated", Instant.now()).next());
        assertThat(answer).isNotDone();
        groups.catchUp("workers", service::changed);
        assertThat(answer.join().status()).isEqualTo(200);
        assertThat(groups.reads()).as("the swap proved the cache right").isEmpty();
    }

    /** The watch replays what was before the telling: that is not the end of the holding. */
    @Test
    void aSteadyStateIsNotAnsweredFromACacheThatIsOlderThanItsSwap() {
        group("workers", 1, holder(one, "token-1", Phase.DRAINING));
        GroupView draining = groups.stored("workers");
        change("workers", s -> Semaphore.drained(s, "token-1", Instant.now()).next());
        GroupView granted = groups.stored("workers");
        change(
                "workers",
                s -> Semaphore.tell(s, "token-1", Boot.UNKNOWN, null, Instant.now())
                        .next());
        CompletableFuture<Reply> answer = steadyState(one);
        await().until(() -> phase("workers", one) == Phase.VERIFYING);
        groups.show(draining, service::changed);
        groups.show(granted, service::changed);
        groups.catchUp("workers", service::changed);
        assertThat(answer)
                .as("it is being verified")
                .failsWithin(Duration.ofMillis(700))
                .withThrowableThat()
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        change(
                "workers",
                s -> Semaphore.release(s, "token-1", "updated", Instant.now()).next());
        groups.catchUp("workers", service::changed);
        assertThat(answer.join().status()).isEqualTo(200);
    }

    /** The holding ended without the cache ever showing it; the machine was told to reboot again meanwhile. */
    @Test
    void aSteadyStateCountsForItsOwnHoldingAlone() {
        group("workers", 1);
        GroupView empty = groups.stored("workers");
        groups.put(new TestingGroup("workers")
                .serving("workers")
                .holders(holder(one, "token-1", Phase.REBOOTING))
                .view());
        CompletableFuture<Reply> answer = steadyState(one);
        await().until(() -> phase("workers", one) == Phase.VERIFYING);
        groups.put(new TestingGroup("workers")
                .serving("workers")
                .holders(holder(one, "token-2", Phase.REBOOTING))
                .view());
        groups.show(empty, service::changed);
        assertThat(answer.join().status()).isEqualTo(200);
        assertThat(phase("workers", one)).as("the later one").isEqualTo(Phase.REBOOTING);
    }

    @Test
    void aSteadyStateLooksInAllGroups() {
        group("a", 1, holder(one, "token-a", Phase.REBOOTING));
        group("b", 1, holder(one, "token-b", Phase.DRAINING));
        CompletableFuture<Reply> answer = steadyState(one);
        await().until(() -> phase("a", one) == Phase.VERIFYING || phase("b", one) == Phase.RELEASING);
        groups.catchUp("a", service::changed);
        groups.catchUp("b", service::changed);
        await().until(() -> phase("a", one) == Phase.VERIFYING);
        groups.catchUp("a", service::changed);
        change(
                "a",
                s -> Semaphore.release(s, "token-a", "updated", Instant.now()).next());
        groups.catchUp("a", service::changed);
        assertThat(answer.join().status()).isEqualTo(200);
        assertThat(phase("b", one)).isEqualTo(Phase.RELEASING);
    }

    @Test
    void whoHoldsNothingIsAnsweredAfterAReadOfAllGroups() {
        group("workers", 1);
        assertThat(steadyState(one).join().status()).isEqualTo(200);
        assertThat(groups.reads()).containsExactly("*");
    }

    /** Its holder may be this very machine, which would report no more once it got its 200. */
    @Test
    void whoHoldsNothingAsksAgainAsLongAsALockOfItsGroupIsToBeTakenOver() {
        group("workers", 1);
        // Wanted since; the cache does not show it yet.
        groups.put(new TestingGroup("workers")
                .importing("default/fleetlock-workers")
                .view());
        Reply meanwhile = steadyState(one).join();
        assertThat(meanwhile.status()).isEqualTo(423);
        assertThat(meanwhile.kind()).isEqualTo("paused");
        assertThat(meanwhile.value()).contains("default/fleetlock-workers").endsWith("Ask again.");
        assertThat(groups.reads()).containsExactly("*");

        groups.put(new TestingGroup("workers")
                .importing("default/fleetlock-workers")
                .holders(holder(one, "token-1", Phase.REBOOTING))
                .view());
        groups.catchUp("workers", service::changed);
        CompletableFuture<Reply> repeated = steadyState(one);
        await().until(() -> phase("workers", one) == Phase.VERIFYING);
        assertThat(repeated).isNotDone();
        groups.put(new TestingGroup("workers").view());
        groups.catchUp("workers", service::changed);
        assertThat(steadyState(two).join().status()).as("it is over").isEqualTo(200);
    }

    @Test
    void theLockOfOtherAgentsKeepsNobodysSteadyState() {
        group("workers", 1);
        groups.put(new TestingGroup("edge").importing("default/fleetlock-edge").view());
        groups.catchUp("edge", service::changed);
        assertThat(steadyState(one).join().status()).isEqualTo(200);
    }

    /** What it held in one group has ended, but it may be the holder of the lock that another one is to take over. */
    @Test
    void whoseHoldingHasEndedAsksAgainWhereALockIsToBeTakenOver() {
        groups.put(new TestingGroup("a")
                .serving("workers")
                .selecting("pool", "a")
                .holders(holder(one, "token-1", Phase.REBOOTING))
                .view());
        groups.put(new TestingGroup("b")
                .serving("workers")
                .selecting("pool", "b")
                .importing("default/fleetlock-workers")
                .view());
        groups.catchUp("a", service::changed);
        groups.catchUp("b", service::changed);
        CompletableFuture<Reply> answer = steadyState(one);
        await().until(() -> phase("a", one) == Phase.VERIFYING);
        groups.catchUp("a", service::changed);
        change(
                "a",
                s -> Semaphore.free(
                                Semaphore.release(s, "token-1", "updated", Instant.now())
                                        .next(),
                                "token-1",
                                false)
                        .next());
        groups.catchUp("a", service::changed);
        assertThat(answer.join().kind()).isEqualTo("paused");
    }

    @Test
    void aReplicaThatStopsAnswersAtOnceWhomItHoldsAndWhoComes() {
        group("workers", 1, holder(one, "token-1", Phase.REBOOTING), holder(three, "token-3", Phase.DRAINING));
        CompletableFuture<Reply> held = steadyState(one);
        CompletableFuture<Reply> waits = preReboot(two);
        await().until(() -> phase("workers", one) == Phase.VERIFYING);
        service.stop();
        assertThat(held.join().kind()).isEqualTo("verifying");
        assertThat(waits.join().kind()).isEqualTo("lock_held");
        assertThat(steadyState(one).join().kind()).isEqualTo("verifying");
        assertThat(preReboot(two).join().kind()).isEqualTo("store_unavailable");
    }

    // ---- what is known of machines

    private static final Refusal WITHDRAWN =
            new Refusal(Kind.RELEASE_WITHDRAWN, "It was offered 2, which is withdrawn.");

    @Test
    void nobodyIsGivenASlotWhoMayHaveStagedAWithdrawnRelease() {
        group("workers", 1);
        records.objection = WITHDRAWN;
        assertThat(preReboot(one).join()).isEqualTo(new Reply(423, "release_withdrawn", WITHDRAWN.value()));
        assertThat(stored("workers", one)).isEmpty();
        assertThat(records.told).containsExactly("asked worker-1");
    }

    @Test
    void whoWaitsIsRefusedOnceItsReleaseIsWithdrawn() {
        group("workers", 1, holder(two, "token-2", Phase.REBOOTING));
        CompletableFuture<Reply> answer = preReboot(one);
        records.objection = WITHDRAWN;
        groups.catchUp("workers", service::changed);
        assertThat(answer.join().kind()).isEqualTo("release_withdrawn");
    }

    @Test
    void nobodyIsToldWhoseReleaseIsWithdrawnThoughOnlyAFreshReadShowsIt() {
        records.objectionNow = WITHDRAWN;
        CompletableFuture<Reply> answer = drained();
        assertThat(answer.join().kind()).isEqualTo("release_withdrawn");
        assertThat(phase("workers", one)).as("the slot goes back").isEqualTo(Phase.RELEASING);
    }

    @Test
    void whoWasToldAndAsksAgainIsTakenBackIfItsReleaseWasWithdrawnSince() {
        group("workers", 1, holder(one, "token-1", Phase.REBOOTING));
        assertThat(preReboot(one).join().status()).isEqualTo(200);
        records.objectionNow = WITHDRAWN;
        assertThat(preReboot(one).join().kind()).isEqualTo("release_withdrawn");
        assertThat(phase("workers", one)).isEqualTo(Phase.RELEASING);
    }

    @Test
    void whereItCannotBeReadWhetherTheReleaseHoldsNobodyIsTold() {
        records.failure = new StoreException("pins and releases cannot be read: timeout");
        CompletableFuture<Reply> answer = drained();
        assertThat(answer.join().status()).isEqualTo(503);
        assertThat(phase("workers", one)).isEqualTo(Phase.GRANTED);
    }

    @Test
    void aPausedMachineGetsNoSlotAndOneThatHasItGoesOn() {
        records.objection = new Refusal(Kind.PAUSED, "It is paused.");
        records.objectionNow = records.objection;
        group("workers", 1, holder(one, "token-1", Phase.REBOOTING));
        assertThat(preReboot(one).join().status()).isEqualTo(200);
        assertThat(preReboot(two).join().kind()).isEqualTo("paused");
    }

    @Test
    void aSteadyStateIsAnsweredOnceItIsStoredThatTheAgentStartedAnew() {
        group("workers", 1);
        CompletableFuture<Optional<Refusal>> stored = new CompletableFuture<>();
        records.started = stored;
        CompletableFuture<Reply> answer = steadyState(one);
        await().until(() -> records.told.contains("started worker-1"));
        assertThat(answer).isNotDone();
        stored.complete(Optional.empty());
        assertThat(answer.join().status()).isEqualTo(200);
        records.started = CompletableFuture.completedFuture(
                Optional.of(new Refusal(Kind.STORE_UNAVAILABLE, "The record cannot be written.")));
        assertThat(steadyState(one).join().status()).isEqualTo(503);
    }

    @Test
    void aPollOfAHolderIsItsSteadyStateAndNothingIsForgotten() {
        group("workers", 1, holder(one, "token-1", Phase.REBOOTING));
        service.polled(new AgentApi.Call(one.name(), "workers", null, null, CompletableFuture.completedFuture(null)));
        await().until(() -> phase("workers", one) == Phase.VERIFYING);
        assertThat(records.told).isEmpty();
    }
}
