package dev.lockkeeper.operator.pool;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a MachineConfigPool is to be paused or opened now.
 *
 * <p>Only a pool that Lockkeeper paused is opened by it, which its marks tell. A person who pauses or opens one has the last word: a
 * person's pause stays until a person ends it, and what a person opened stays open until a window has opened and closed by itself.
 * Either is noted as soon as it is seen: else a person's next step would be taken for Lockkeeper's own, or for a new pool. A pool that
 * maxPause opened outside of a window stays open until it is up to date, at least for as long as its longest window lasts: closed sooner,
 * it would have gained nothing.
 *
 * @param change what to do now; empty: nothing
 * @param next when it will be paused or opened next if nothing else happens; empty: not known
 */
public record PoolDecision(Optional<Change> change, Optional<Instant> next) {

    /** How far two of Lockkeeper's clocks may differ. */
    static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    /** How long maxPause opens a pool at least that has no window: its machines then get the certificates that waited. */
    static final Duration LEAST_OPEN = Duration.ofHours(1);

    static final PoolDecision NOTHING = new PoolDecision(Optional.empty(), Optional.empty());

    /** Why a pool is written to. */
    public enum Cause {
        WINDOW_CLOSED,
        WINDOW_OPENED,
        MAX_PAUSE_REACHED,
        /** It is up to date again after maxPause had opened it. */
        CAUGHT_UP,
        /** No PoolWindow is for it any more. */
        ABANDONED,
        /** Marks alone: a person's hand, another PoolWindow, or that they have no meaning any more. */
        NOTED
    }

    /** What the pool is to be. */
    public record Change(boolean paused, Marks marks, Cause cause) {}

    /** @param server the PoolWindow that serves the pool; null: none does */
    public static PoolDecision of(PoolView pool, WindowView server, Instant at) {
        // Marks are kept in whole seconds.
        Instant now = at.truncatedTo(ChronoUnit.SECONDS);
        if (server == null) {
            return pool.pausedByUs()
                    ? opened(Cause.ABANDONED, Optional.empty())
                    : noted(pool, Marks.NONE, Optional.empty());
        }
        if (pool.paused() && !pool.pausedByUs()) {
            // What is left of a time before must not be taken for a later one.
            return noted(pool, Marks.PERSON, Optional.empty());
        }
        Optional<Instant> change = Optional.ofNullable(server.timetable()).flatMap(t -> t.nextChange(now));
        if (server.timetable() != null && server.timetable().openAt(now)) {
            return pool.paused() ? opened(Cause.WINDOW_OPENED, change) : noted(pool, Marks.NONE, change);
        }
        if (!pool.paused() && pool.marks().pausedBy() != null) {
            // With this left there, a pause that a person begins now would be ended as Lockkeeper's.
            return noted(pool, Marks.PERSON, Optional.empty());
        }
        if (server.timetable() == null) {
            return withoutTimetable(pool, server, now);
        }
        return pool.paused() ? closed(pool, server, change, now) : openOutsideOfWindow(pool, server, now, change);
    }

    private static PoolDecision closed(PoolView pool, WindowView server, Optional<Instant> opens, Instant now) {
        Optional<Instant> mustOpenBy = server.mustOpenBy(pool.marks(), now);
        if (mustOpenBy.isEmpty() || !now.isBefore(mustOpenBy.get())) {
            return new PoolDecision(
                    Optional.of(new Change(false, Marks.opened(now), Cause.MAX_PAUSE_REACHED)),
                    Optional.of(now.plus(leastOpen(server))));
        }
        Optional<Instant> next =
                Stream.concat(opens.stream(), mustOpenBy.stream()).min(Comparator.naturalOrder());
        return noted(pool, Marks.paused(server.name(), pool.marks().pausedAt()), next);
    }

    private static PoolDecision openOutsideOfWindow(
            PoolView pool, WindowView server, Instant now, Optional<Instant> opens) {
        if (pool.marks().byPerson()) {
            return NOTHING;
        }
        Instant openedAt = pool.marks().openedAt();
        if (openedAt != null) {
            Instant least = openedAt.plus(leastOpen(server));
            if (now.isBefore(least)) {
                return new PoolDecision(Optional.empty(), Optional.of(least));
            }
            if (pool.updateWaiting()) {
                return NOTHING;
            }
        }
        Cause cause = openedAt == null ? Cause.WINDOW_CLOSED : Cause.CAUGHT_UP;
        Instant mustOpenBy = now.plus(server.maxPause());
        return new PoolDecision(
                Optional.of(new Change(true, Marks.paused(server.name(), now), cause)),
                Stream.concat(opens.stream(), Stream.of(mustOpenBy)).min(Comparator.naturalOrder()));
    }

    /** Nonsense pauses nothing and opens nothing, but a pool must not stay closed for it. */
    private static PoolDecision withoutTimetable(PoolView pool, WindowView server, Instant now) {
        return pool.paused() ? closed(pool, server, Optional.empty(), now) : NOTHING;
    }

    private static PoolDecision opened(Cause cause, Optional<Instant> next) {
        return new PoolDecision(Optional.of(new Change(false, Marks.NONE, cause)), next);
    }

    /** The pool as it is, with these marks. */
    private static PoolDecision noted(PoolView pool, Marks marks, Optional<Instant> next) {
        return new PoolDecision(
                pool.marks().equals(marks)
                        ? Optional.empty()
                        : Optional.of(new Change(pool.paused(), marks, Cause.NOTED)),
                next);
    }

    static Duration leastOpen(WindowView server) {
        return Optional.ofNullable(server.timetable())
                .flatMap(t -> t.longest())
                .filter(longest -> longest.compareTo(LEAST_OPEN) > 0)
                .orElse(LEAST_OPEN);
    }
}
