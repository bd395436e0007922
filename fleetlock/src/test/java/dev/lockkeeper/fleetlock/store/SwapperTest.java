package dev.lockkeeper.fleetlock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.fleetlock.semaphore.BackoffRule;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.SlotPolicy;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.semaphore.Slots;
import dev.lockkeeper.fleetlock.semaphore.Step;
import dev.lockkeeper.fleetlock.store.InMemoryGroupStore.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class SwapperTest {

    private static final SlotPolicy POLICY = new SlotPolicy(
            "workers",
            new Slots.Count(1),
            true,
            null,
            null,
            null,
            false,
            1,
            Duration.ofMinutes(3),
            new BackoffRule(Duration.ofMinutes(30), Duration.ofHours(24)));

    private final InMemoryGroupStore store = new InMemoryGroupStore().with("workers", POLICY, SlotState.EMPTY);
    private final Swapper swapper = new Swapper(store, 4, Duration.ofMillis(1));

    @AfterEach
    void close() {
        swapper.close();
    }

    /** Adds one member and answers how many there are then: the state counts how often it was applied. */
    private static Step<Integer> addOne(Snapshot snapshot) {
        Integer before = snapshot.state().members();
        int members = (before == null ? 0 : before) + 1;
        return new Step<>(Semaphore.counted(snapshot.state(), members, 0).next(), members);
    }

    private static Step<Integer> look(Snapshot snapshot) {
        return new Step<>(snapshot.state(), snapshot.state().members());
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Throwable failure(CompletionStage<?> stage) {
        try {
            await(stage);
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (Exception e) {
            return e;
        }
        throw new AssertionError("it did not fail");
    }

    private static Supplier<Fault> faults(Fault... faults) {
        Iterator<Fault> each = List.of(faults).iterator();
        return () -> each.hasNext() ? each.next() : Fault.NONE;
    }

    /** Holds back reads until the latch opens; returns another one that opens when the first read has begun. */
    private CountDownLatch holdReads(CountDownLatch until) {
        CountDownLatch begun = new CountDownLatch(1);
        store.beforeRead(() -> {
            begun.countDown();
            awaitQuietly(until);
        });
        return begun;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anOutcomeComesWithTheStateThatWasStored() throws Exception {
        assertThat(await(swapper.swap("workers", SwapperTest::addOne))).isEqualTo(1);
        assertThat(store.state("workers").members()).isEqualTo(1);
        assertThat(store.reads()).isEqualTo(1);
        assertThat(store.writes()).isEqualTo(1);
    }

    @Test
    void aTransitionSeesThePolicyAndTheVersion() throws Exception {
        Snapshot seen = await(swapper.swap("workers", s -> new Step<>(s.state(), s)));
        assertThat(seen.policy()).isSameAs(POLICY);
        assertThat(seen.version()).isEqualTo("v1");
    }

    @Test
    void whatChangesNothingWritesNothing() throws Exception {
        assertThat(await(swapper.swap("workers", SwapperTest::look))).isNull();
        assertThat(store.writes()).isZero();
    }

    @Test
    void whatWasLastSeenSavesTheReadWhereItIsCurrent() throws Exception {
        store.sees(List::getLast);
        assertThat(await(swapper.swap("workers", SwapperTest::addOne))).isEqualTo(1);
        assertThat(await(swapper.swap("workers", SwapperTest::addOne))).isEqualTo(2);
        assertThat(store.reads()).isZero();
        assertThat(store.writes()).isEqualTo(2);
    }

    @Test
    void whatWasLastSeenAndIsOldIsNeitherStoredNorAnswered() throws Exception {
        await(swapper.swap("workers", SwapperTest::addOne));
        store.sees(List::getFirst);
        assertThat(await(swapper.swap("workers", SwapperTest::addOne))).isEqualTo(2);
        assertThat(store.state("workers").members()).isEqualTo(2);
    }

    @Test
    void whatChangesNothingIsAnsweredFromAReadThoughSomethingWasSeen() throws Exception {
        await(swapper.swap("workers", SwapperTest::addOne));
        store.sees(List::getFirst);
        int before = store.reads();
        assertThat(await(swapper.swap("workers", SwapperTest::look))).isEqualTo(1);
        assertThat(store.reads()).isEqualTo(before + 1);
    }

    @Test
    void aSwapOnWhatWasLastSeenWhoseAnswerIsLostIsReadAnew() throws Exception {
        store.sees(List::getLast);
        store.writeFault(faults(Fault.ANSWER_LOST));
        await(swapper.swap("workers", s -> Semaphore.counted(s.state(), 7, 0)));
        assertThat(store.state("workers").members()).isEqualTo(7);
        assertThat(store.writes()).isEqualTo(1);
        assertThat(store.reads()).isEqualTo(1);
    }

    @Test
    void transitionsThatQueueUpShareOneReadAndOneWrite() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = holdReads(go);
        List<CompletionStage<Integer>> answers = new ArrayList<>();
        answers.add(swapper.swap("workers", SwapperTest::addOne));
        awaitQuietly(begun);
        for (int i = 0; i < 100; i++) {
            answers.add(swapper.swap("workers", SwapperTest::addOne));
        }
        go.countDown();
        for (int i = 0; i < answers.size(); i++) {
            assertThat(await(answers.get(i))).as("in order").isEqualTo(i + 1);
        }
        assertThat(store.reads()).as("the first, then all others").isEqualTo(2);
        assertThat(store.writes()).isEqualTo(2);
    }

    @Test
    void aSwapIsDecidedOnAReadBegunAfterIt() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = holdReads(go);
        CompletionStage<Integer> first = swapper.swap("workers", SwapperTest::look);
        awaitQuietly(begun);
        int before = store.reads();
        CompletionStage<Integer> second = swapper.swap("workers", s -> new Step<>(s.state(), store.reads()));
        go.countDown();
        await(first);
        assertThat(await(second)).isGreaterThan(before);
    }

    @Test
    void groupsDoNotWaitForEachOther() throws Exception {
        store.with("builders", POLICY, SlotState.EMPTY);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger reads = new AtomicInteger();
        store.beforeRead(() -> {
            if (reads.incrementAndGet() == 1) {
                begun.countDown();
                awaitQuietly(go);
            }
        });
        CompletionStage<Integer> slow = swapper.swap("workers", SwapperTest::addOne);
        awaitQuietly(begun);
        assertThat(await(swapper.swap("builders", SwapperTest::addOne))).isEqualTo(1);
        assertThat(slow.toCompletableFuture()).isNotDone();
        go.countDown();
        await(slow);
    }

    @Test
    void afterAConflictAllIsReadAndComputedAnew() throws Exception {
        store.writeFault(faults(Fault.CONFLICT, Fault.CONFLICT));
        assertThat(await(swapper.swap("workers", SwapperTest::addOne))).isEqualTo(1);
        assertThat(store.history("workers")).hasSize(2);
        assertThat(store.reads()).isEqualTo(3);
    }

    @Test
    void aTransitionThatRecognisesItsEffectIsAppliedOnceThoughItsAnswerWasLost() throws Exception {
        store.writeFault(faults(Fault.ANSWER_LOST));
        CompletionStage<Boolean> answer = swapper.swap("workers", s -> Semaphore.counted(s.state(), 7, 0));
        assertThat(await(answer)).as("it was so already").isFalse();
        assertThat(store.history("workers")).hasSize(2);
    }

    @Test
    void aStoreThatComesBackInTimeIsNoFailure() throws Exception {
        store.readFault(faults(Fault.AWAY, Fault.AWAY, Fault.AWAY));
        assertThat(await(swapper.swap("workers", SwapperTest::addOne))).isEqualTo(1);
    }

    @Test
    void aStoreThatStaysAwayFailsTheBatchAndNothingElse() throws Exception {
        store.readFault(faults(Fault.AWAY, Fault.AWAY, Fault.AWAY, Fault.AWAY));
        assertThat(failure(swapper.swap("workers", SwapperTest::addOne)))
                .isExactlyInstanceOf(StoreException.class)
                .hasMessage("given up after 4 tries: connection refused")
                .hasCauseInstanceOf(StoreException.class);
        assertThat(store.reads()).isEqualTo(4);
        assertThat(await(swapper.swap("workers", SwapperTest::addOne))).isEqualTo(1);
    }

    @Test
    void conflictsWithoutEndFail() {
        store.writeFault(() -> Fault.CONFLICT);
        assertThat(failure(swapper.swap("workers", SwapperTest::addOne)))
                .isExactlyInstanceOf(StoreException.class)
                .hasMessage("given up after 4 tries: another writer was faster each time")
                .hasNoCause();
        assertThat(store.writes()).isEqualTo(4);
    }

    @Test
    void theLastFailureIsTold() {
        store.writeFault(faults(Fault.AWAY, Fault.AWAY, Fault.AWAY, Fault.CONFLICT));
        assertThat(failure(swapper.swap("workers", SwapperTest::addOne)))
                .hasMessageEndingWith("another writer was faster each time");
    }

    @Test
    void aStoreThatBreaksIsAStoreThatIsAway() throws Exception {
        store.readFault(() -> {
            throw new IllegalStateException("broken");
        });
        assertThat(failure(swapper.swap("workers", SwapperTest::addOne)))
                .isExactlyInstanceOf(StoreException.class)
                .hasMessageEndingWith("after 4 tries: broken");
        store.readFault(() -> Fault.NONE);
        assertThat(await(swapper.swap("workers", SwapperTest::addOne))).isEqualTo(1);
    }

    @Test
    void aGroupThatDoesNotExist() {
        assertThat(failure(swapper.swap("nobody", SwapperTest::addOne)))
                .isExactlyInstanceOf(GroupGoneException.class)
                .hasMessage("there is no group 'nobody' in the store; it may just have been deleted");
        assertThat(store.reads()).isEqualTo(1);
    }

    @Test
    void aGroupThatIsDeletedMeanwhile() {
        store.writeFault(() -> {
            store.delete("workers");
            return Fault.NONE;
        });
        assertThat(failure(swapper.swap("workers", SwapperTest::addOne))).isInstanceOf(GroupGoneException.class);
    }

    @Test
    void aTransitionThatThrowsFailsAlone() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = holdReads(go);
        CompletionStage<Integer> first = swapper.swap("workers", SwapperTest::addOne);
        awaitQuietly(begun);
        CompletionStage<Integer> before = swapper.swap("workers", SwapperTest::addOne);
        CompletionStage<Integer> broken = swapper.swap("workers", _ -> {
            throw new IllegalStateException("no such machine");
        });
        CompletionStage<Integer> nothing = swapper.swap("workers", _ -> null);
        CompletionStage<Integer> after = swapper.swap("workers", SwapperTest::addOne);
        go.countDown();
        assertThat(await(first)).isEqualTo(1);
        assertThat(await(before)).isEqualTo(2);
        assertThat(failure(broken))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("no such machine");
        assertThat(failure(nothing)).isInstanceOf(NullPointerException.class);
        assertThat(await(after)).isEqualTo(3);
    }

    @Test
    void aTransitionThatThrewOnceMaySucceedOnANewerState() throws Exception {
        store.writeFault(faults(Fault.CONFLICT));
        AtomicInteger runs = new AtomicInteger();
        Function<Snapshot, Step<Integer>> first = s -> {
            Step<Integer> step = addOne(s);
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("once");
            }
            return step;
        };
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = holdReads(go);
        CompletionStage<Integer> warmUp = swapper.swap("workers", SwapperTest::look);
        awaitQuietly(begun);
        CompletionStage<Integer> flaky = swapper.swap("workers", first);
        CompletionStage<Integer> other = swapper.swap("workers", SwapperTest::addOne);
        go.countDown();
        await(warmUp);
        assertThat(await(flaky)).isEqualTo(1);
        assertThat(await(other)).isEqualTo(2);
    }

    @Test
    void callbacksMayBlockAndSwapAgain() throws Exception {
        CompletionStage<Integer> answer = swapper.swap("workers", SwapperTest::addOne)
                .thenApply(first -> {
                    try {
                        return first + await(swapper.swap("workers", SwapperTest::addOne));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
        assertThat(await(answer)).isEqualTo(3);
    }

    @Test
    void closingAnswersWhatIsQueuedAndTakesNoMore() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = holdReads(go);
        CompletionStage<Integer> first = swapper.swap("workers", SwapperTest::addOne);
        awaitQuietly(begun);
        CompletionStage<Integer> queued = swapper.swap("workers", SwapperTest::addOne);
        Thread closer = Thread.startVirtualThread(swapper::close);
        CompletableFuture<Integer> late;
        do {
            late = swapper.swap("workers", SwapperTest::look).toCompletableFuture();
        } while (!late.isDone());
        assertThat(failure(late))
                .isExactlyInstanceOf(StoreException.class)
                .hasMessage("this replica is stopping: ask again, another one answers");
        go.countDown();
        closer.join();
        assertThat(first.toCompletableFuture().getNow(-1)).isEqualTo(1);
        assertThat(queued.toCompletableFuture().getNow(-1)).isEqualTo(2);
    }

    @Test
    void closingEndsAPauseBetweenTries() throws Exception {
        CountDownLatch tried = new CountDownLatch(1);
        store.writeFault(() -> {
            tried.countDown();
            return Fault.AWAY;
        });
        Swapper patient = new Swapper(store, 1_000, Duration.ofSeconds(60));
        CompletionStage<Integer> answer = patient.swap("workers", SwapperTest::addOne);
        awaitQuietly(tried);
        patient.close();
        assertThat(failure(answer)).hasMessageContaining("given up after 1 try: timed out");
    }

    @ParameterizedTest
    @CsvSource({
        "10, 1, 1.0, 10",
        "10, 1, 0.0, 5",
        "10, 1, 0.5, 7.5",
        "10, 2, 1.0, 20",
        "10, 4, 1.0, 80",
        "10, 7, 1.0, 640",
        "10, 8, 1.0, 1000",
        "10, 8, 0.0, 500",
        "10, 1000000, 1.0, 1000",
        "60000, 1, 1.0, 1000",
        "0, 5, 1.0, 0"
    })
    void pausesDoubleAndVary(int firstMillis, int tried, double chance, double millis) {
        assertThat(Swapper.pause(Duration.ofMillis(firstMillis), tried, chance))
                .isEqualTo(Duration.ofNanos((long) (millis * 1e6)));
    }

    @Test
    void atLeastOneTry() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Swapper(store, 0, Duration.ZERO))
                .withMessage("a swap needs at least 1 try, not 0");
    }

    @Test
    void oneTryWithoutAPause() throws Exception {
        try (Swapper once = new Swapper(store, 1, Duration.ZERO)) {
            assertThat(await(once.swap("workers", SwapperTest::addOne))).isEqualTo(1);
            store.writeFault(() -> Fault.AWAY);
            assertThatThrownBy(() -> await(once.swap("workers", SwapperTest::addOne)))
                    .hasMessageContaining("given up after 1 try: timed out");
        }
    }
}
