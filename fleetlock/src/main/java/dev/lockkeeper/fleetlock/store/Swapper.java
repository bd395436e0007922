package dev.lockkeeper.fleetlock.store;

import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.semaphore.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Brings transitions into the store, batched by group.
 *
 * <ol>
 *   <li>Transitions of a group queue up while a batch of it is in flight; the next batch takes all of them.
 *   <li>A batch first applies its transitions in order, each on the state that the one before it left, to what was last seen of the
 *       group. If that changes the state, it is stored by one compare-and-swap, whose success proves that what was seen was current.
 *   <li>If it changes nothing, or the swap does not succeed, the batch reads the group, applies its transitions to that, and stores
 *       the state by a compare-and-swap if it changed.
 *   <li>Only then is anybody answered. After a conflict, or when the outcome is unknown, the batch begins again at 3 after a pause.
 * </ol>
 *
 * <p>Properties:
 *
 * <ul>
 *   <li>An answer comes from a state that was current after the question was put, read then or proved by the swap, and is stored.
 *   <li>One batch per group is in flight here; other processes are kept out by the store alone.
 *   <li>A transition may run several times and must be pure. One whose effect was stored while the answer got lost runs again on that
 *       state: it has to recognise its own effect.
 *   <li>A waiting swap costs no thread. The queue has no bound of its own: it holds what open requests and the leader ask for.
 * </ul>
 */
public final class Swapper implements AutoCloseable {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final GroupStore store;
    private final int tries;
    private final Duration firstPause;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    /** The swaps to come, by group; a group is in here exactly while a runner works for it. */
    private final Map<String, List<Swap<?>>> queues = new HashMap<>();

    private boolean closed;

    private final ExecutorService runners = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("swap-", 0).factory());
    private final ExecutorService answers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("swap-answer-", 0).factory());

    /**
     * @param tries how often a batch is tried on a read, at least 1
     * @param firstPause about the time before the second try; doubled for each further one, at most 1 s, and shortened by chance to
     *     as little as half
     */
    public Swapper(GroupStore store, int tries, Duration firstPause) {
        if (tries < 1) {
            throw new IllegalArgumentException("a swap needs at least 1 try, not " + tries);
        }
        this.store = store;
        this.tries = tries;
        this.firstPause = firstPause;
    }

    /**
     * Applies a transition to the group's stored state.
     *
     * @return the transition's outcome, once the state that it left is stored. Exceptionally, unwrapped: {@link GroupGoneException};
     *     {@link StoreException} if all tries failed, with what the transition wanted stored or not; or what the transition itself
     *     threw, which changes nothing. Callbacks run on a thread of their own and may block.
     */
    public <T> CompletionStage<T> swap(String group, Function<Snapshot, Step<T>> transition) {
        Swap<T> swap = new Swap<>(transition);
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedStage(
                        new StoreException("this replica is stopping: ask again, another one answers"));
            }
            List<Swap<?>> queue = queues.get(group);
            if (queue == null) {
                queues.put(group, new ArrayList<>(List.of(swap)));
                runners.execute(() -> runAll(group));
            } else {
                queue.add(swap);
            }
        } finally {
            lock.unlock();
        }
        return swap.answer;
    }

    /** Takes no more swaps, gives each that is queued one last try, and returns when all are answered. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
        runners.close();
        answers.close();
    }

    private void runAll(String group) {
        for (List<Swap<?>> batch = nextBatch(group); !batch.isEmpty(); batch = nextBatch(group)) {
            run(group, batch);
        }
    }

    private List<Swap<?>> nextBatch(String group) {
        lock.lock();
        try {
            List<Swap<?>> batch = queues.get(group);
            if (batch.isEmpty()) {
                queues.remove(group);
            } else {
                queues.put(group, new ArrayList<>());
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void run(String group, List<Swap<?>> batch) {
        if (storedOnLastSeen(group, batch)) {
            answer(batch);
            return;
        }
        Throwable last = null;
        int tried = 0;
        do {
            tried++;
            try {
                Optional<Snapshot> base = store.read(group);
                if (base.isEmpty()) {
                    fail(batch, new GroupGoneException(group));
                    return;
                }
                if (stored(group, base.get(), batch)) {
                    answer(batch);
                    return;
                }
                last = null;
            } catch (StoreException | RuntimeException | Error e) {
                last = e;
            }
        } while (tried < tries && pausedBefore(tried));
        String why = last == null ? "another writer was faster each time" : String.valueOf(last.getMessage());
        fail(batch, new StoreException("given up after " + tried + (tried == 1 ? " try: " : " tries: ") + why, last));
    }

    /** Saves the read where nobody else wrote meanwhile. What was seen may be old, so it is never an answer by itself. */
    private boolean storedOnLastSeen(String group, List<Swap<?>> batch) {
        try {
            Optional<Snapshot> seen = store.lastSeen(group);
            if (seen.isEmpty()) {
                return false;
            }
            SlotState next = applied(seen.get(), batch);
            return next != seen.get().state() && store.compareAndSet(group, seen.get(), next);
        } catch (StoreException | RuntimeException | Error e) {
            // The outcome is unknown: the read that follows tells it.
            return false;
        }
    }

    private boolean stored(String group, Snapshot base, List<Swap<?>> batch) throws StoreException {
        SlotState next = applied(base, batch);
        return next == base.state() || store.compareAndSet(group, base, next);
    }

    private static SlotState applied(Snapshot base, List<Swap<?>> batch) {
        SlotState state = base.state();
        for (Swap<?> swap : batch) {
            state = swap.apply(base.with(state));
        }
        return state;
    }

    private void answer(List<Swap<?>> batch) {
        batch.forEach(swap -> answers.execute(swap::complete));
    }

    private void fail(List<Swap<?>> batch, Exception failure) {
        batch.forEach(swap -> answers.execute(() -> swap.answer.completeExceptionally(failure)));
    }

    /** The pause after that many tries, with chance from 0 to 1: none of it leaves half, all of it the whole. */
    static Duration pause(Duration firstPause, int tried, double chance) {
        long longest = Math.min(LONGEST_PAUSE.toNanos(), firstPause.toNanos() << Math.min(tried - 1, 20));
        return Duration.ofNanos((long) (longest * (0.5 + 0.5 * chance)));
    }

    /** Pauses after that many tries; false if the swapper closes, so that it is not worth another one. */
    private boolean pausedBefore(int tried) {
        long left = pause(firstPause, tried, ThreadLocalRandom.current().nextDouble())
                .toNanos();
        lock.lock();
        try {
            while (!closed && left > 0) {
                left = closing.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** One transition, with what its last run gave. */
    private static final class Swap<T> {

        private final Function<Snapshot, Step<T>> transition;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private T outcome;
        private Throwable failure;

        Swap(Function<Snapshot, Step<T>> transition) {
            this.transition = transition;
        }

        SlotState apply(Snapshot snapshot) {
            try {
                Step<T> step = transition.apply(snapshot);
                outcome = step.outcome();
                failure = null;
                return step.next();
            } catch (RuntimeException | Error e) {
                failure = e;
                return snapshot.state();
            }
        }

        void complete() {
            if (failure == null) {
                answer.complete(outcome);
            } else {
                answer.completeExceptionally(failure);
            }
        }
    }
}
