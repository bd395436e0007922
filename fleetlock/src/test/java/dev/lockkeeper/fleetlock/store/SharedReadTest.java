package dev.lockkeeper.fleetlock.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SharedReadTest {

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Semaphore beginnings = new Semaphore(0);
    private final Semaphore ends = new Semaphore(0);

    /** Reads one by one, each allowed to end by {@code ends}; gives the number of the read. */
    private final SharedRead<Integer> shared = new SharedRead<>(() -> {
        int number = begun.incrementAndGet();
        most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        beginnings.release();
        ends.acquire();
        inFlight.decrementAndGet();
        return number;
    });

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void aCallDuringAReadIsAnsweredByTheNextOne() throws Exception {
        CompletionStage<Integer> first = shared.get();
        beginnings.acquire();
        List<CompletionStage<Integer>> meanwhile = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            meanwhile.add(shared.get());
        }
        ends.release();
        assertThat(await(first)).isEqualTo(1);
        beginnings.acquire();
        CompletionStage<Integer> later = shared.get();
        assertThat(meanwhile.getFirst().toCompletableFuture()).isNotDone();
        ends.release();
        for (CompletionStage<Integer> each : meanwhile) {
            assertThat(await(each)).as("all by the second").isEqualTo(2);
        }
        ends.release();
        assertThat(await(later)).isEqualTo(3);
        assertThat(begun).hasValue(3);
        assertThat(most).as("one in flight").hasValue(1);
    }

    @Test
    void aCallAfterAReadBeginsAnother() throws Exception {
        ends.release(2);
        assertThat(await(shared.get())).isEqualTo(1);
        assertThat(await(shared.get())).isEqualTo(2);
    }

    @Test
    void nobodyIsAnsweredByAReadThatBeganBeforeHisCall() throws Exception {
        ends.release(1_000_000);
        List<Thread> callers = new ArrayList<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < 16; i++) {
            callers.add(Thread.startVirtualThread(() -> {
                try {
                    for (int n = 0; n < 500; n++) {
                        int before = begun.get();
                        assertThat(await(shared.get())).isGreaterThan(before);
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(most).hasValue(1);
    }

    @Test
    void aFailedReadFailsThoseWhoSharedIt() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        SharedRead<Integer> flaky = new SharedRead<>(() -> {
            if (reads.incrementAndGet() == 1) {
                throw new IOException("connection refused");
            }
            return reads.get();
        });
        assertThatThrownBy(() -> await(flaky.get()))
                .hasCauseExactlyInstanceOf(IOException.class)
                .hasRootCauseMessage("connection refused");
        assertThat(await(flaky.get())).isEqualTo(2);
    }

    @Test
    void aCallbackThatBlocksDoesNotHoldUpTheNextRead() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        CompletableFuture<Void> blocked = shared.get()
                .thenAccept(_ -> {
                    try {
                        free.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                })
                .toCompletableFuture();
        ends.release(2);
        assertThat(await(shared.get())).isPositive();
        free.countDown();
        await(blocked);
    }

    @Test
    void noCallerCanSpoilTheAnswerOfAnother() throws Exception {
        CompletionStage<Integer> one = shared.get();
        one.toCompletableFuture().cancel(true);
        beginnings.acquire();
        CompletionStage<Integer> spoiler = shared.get();
        CompletionStage<Integer> other = shared.get();
        spoiler.toCompletableFuture().complete(-1);
        ends.release(2);
        assertThat(await(other)).isEqualTo(2);
    }
}
