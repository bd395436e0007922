package dev.lockkeeper.testbed.fleet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Records everything that machines did and heard, in order. */
public final class Journal {
    /** One thing that happened to one machine. */
    public sealed interface Entry {
        Instant at();

        String machine();
    }

    /** A request is on its way, all bytes of it. */
    public record Sent(Instant at, String machine, Api api) implements Entry {}

    /** A request was answered. */
    public record Answered(Instant at, String machine, Api api, int status, String body, Instant askedAt)
            implements Entry {
        /** Whether the agent takes it as a yes: any 2xx. */
        public boolean ok() {
            return status / 100 == 2;
        }
    }

    /** A request got no answer: refused connection, time-out or a broken connection. */
    public record Unanswered(Instant at, String machine, Api api, String reason, Instant askedAt) implements Entry {}

    /** A request for a graph is on its way, all bytes of it. */
    public record Polling(Instant at, String machine) implements Entry {}

    /**
     * A request for a graph was answered.
     *
     * @param edges of the whole graph; 0 if the answer is none that the agent can read
     */
    public record Polled(Instant at, String machine, int status, int edges, String body, Instant askedAt)
            implements Entry {}

    /** The agent chose an update and stages it. */
    public record Chosen(Instant at, String machine, String fromVersion, String toVersion) implements Entry {}

    /**
     * A check for updates failed.
     *
     * @param kind as Zincati labels its metric: the server's own, {@code generic_http_<code>} for an answer without one, or
     *     {@code client_failed_...} for no answer or one that the agent rejects
     */
    public record CheckFailed(Instant at, String machine, String kind, String reason) implements Entry {}

    /** A machine goes down to reboot; everything that runs on it dies now. */
    public record Down(Instant at, String machine, String version) implements Entry {}

    /** A machine boots. Its kubelet and its agent start later. */
    public record Boot(Instant at, String machine, String fromVersion, String toVersion, String bootId)
            implements Entry {}

    private final Clock clock;
    private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final List<Entry> entries = new ArrayList<>();

    public Journal(Clock clock) {
        this.clock = clock;
    }

    /**
     * Calls a listener for each later entry, on the thread of the machine, which goes on only when the listener
     * returned: a listener sees the cluster as it is at that moment.
     */
    public void listen(Consumer<Entry> listener) {
        listeners.add(listener);
    }

    public List<Entry> entries() {
        lock.lock();
        try {
            return List.copyOf(entries);
        } finally {
            lock.unlock();
        }
    }

    /** The entries of one kind, of all machines. */
    public <E extends Entry> List<E> entries(Class<E> kind) {
        return entries().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The entries of one kind of one machine. */
    public <E extends Entry> List<E> entries(Class<E> kind, String machine) {
        return entries(kind).stream()
                .filter(entry -> entry.machine().equals(machine))
                .toList();
    }

    /** The first entry that is or was recorded of this kind and kept by the filter; empty after the time-out. */
    public <E extends Entry> Optional<E> await(Class<E> kind, Predicate<E> filter, Duration timeout)
            throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            for (int seen = 0; ; ) {
                for (; seen < entries.size(); seen++) {
                    Entry entry = entries.get(seen);
                    if (kind.isInstance(entry) && filter.test(kind.cast(entry))) {
                        return Optional.of(kind.cast(entry));
                    }
                }
                if (left <= 0) {
                    return Optional.empty();
                }
                left = grown.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    Instant now() {
        return clock.instant();
    }

    void add(Entry entry) {
        lock.lock();
        try {
            entries.add(entry);
            grown.signalAll();
        } finally {
            lock.unlock();
        }
        listeners.forEach(listener -> listener.accept(entry));
    }
}
