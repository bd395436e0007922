package dev.lockkeeper.fleetlock.store;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets many callers share one blocking read, each answered by a read that began after its call.
 *
 * <p>A call while a read is in flight waits for the next one, together with all others that came meanwhile. So there is at most one
 * read in flight and one to come, however many callers wait, and no thread but the reading one.
 */
public final class SharedRead<T> {

    private final Callable<T> read;
    private final Object lock = new Object();
    /** The read to come, null if nobody waits for one. */
    private CompletableFuture<T> next;

    private boolean reading;

    public SharedRead(Callable<T> read) {
        this.read = read;
    }

    /**
     * The result of a read that begins after this call; what the read throws completes it exceptionally, unwrapped.
     *
     * <p>Callbacks of all who share a read run one after another: one that blocks delays the others.
     */
    public CompletionStage<T> get() {
        synchronized (lock) {
            if (next == null) {
                next = new CompletableFuture<>();
            }
            CompletionStage<T> mine = next.minimalCompletionStage();
            if (!reading) {
                reading = true;
                Thread.ofVirtual().name("shared-read").start(this::readWhileAsked);
            }
            return mine;
        }
    }

    private void readWhileAsked() {
        for (CompletableFuture<T> now = takeNext(); now != null; now = takeNext()) {
            Runnable answer = readFor(now);
            Thread.ofVirtual().name("shared-read-answer").start(answer);
        }
    }

    private CompletableFuture<T> takeNext() {
        synchronized (lock) {
            CompletableFuture<T> now = next;
            next = null;
            reading = now != null;
            return now;
        }
    }

    private Runnable readFor(CompletableFuture<T> now) {
        try {
            T result = read.call();
            return () -> now.complete(result);
        } catch (Throwable e) {
            return () -> now.completeExceptionally(e);
        }
    }
}
