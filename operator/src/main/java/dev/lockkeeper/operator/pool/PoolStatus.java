package dev.lockkeeper.operator.pool;

import dev.lockkeeper.crds.v1alpha1.PoolState;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.operator.lock.GroupStatus.Condition;
import dev.lockkeeper.operator.lock.Timetable;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a PoolWindow's status says. No text in it changes by mere passing of time.
 *
 * @param state null, with all that follows but the conditions: the pool is not served by it
 * @param windowOpen null: nobody can tell
 * @param versions what its nodes run
 */
public record PoolStatus(
        PoolState state,
        Boolean windowOpen,
        Instant windowChange,
        Instant nextChange,
        Instant pausedSince,
        Instant mustOpenBy,
        PoolView.Machines machines,
        Boolean updateWaiting,
        List<PoolNodes.Kind> versions,
        List<Condition> conditions) {

    private static final int LONGEST = 1_000;
    private static final String READY = "Ready";
    private static final String DEGRADED = "Degraded";

    public PoolStatus {
        versions = List.copyOf(versions);
        conditions = List.copyOf(conditions);
    }

    /** Of a PoolWindow that does nothing, and why. */
    static PoolStatus idle(String reason, String message) {
        return new PoolStatus(
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                List.of(new Condition(READY, false, reason, message)));
    }

    static PoolStatus switchedOff(WindowView window, String setting) {
        String left = window.deleting() && window.held()
                ? " It may have paused the pool '" + window.pool()
                        + "', so it stays until it is switched on again. By hand: open the pool, then take the finalizer away."
                : " The pool '" + window.pool() + "' is not touched.";
        return idle("SwitchedOff", "The setting " + setting + " is false." + left);
    }

    static PoolStatus noApi() {
        return idle(
                "NoPools",
                "This cluster has no API group machineconfiguration.openshift.io, so it is no OKD: there are no pools to open.");
    }

    static PoolStatus notRead(WindowView window, String problem) {
        return idle(
                "PoolsNotRead",
                "The pool '" + window.pool()
                        + "' is neither opened nor paused until this is mended, not even by maxPause: "
                        + Sentences.cut(problem, LONGEST));
    }

    static PoolStatus noPool(WindowView window, Collection<String> pools) {
        return idle(
                "NoPool",
                "There is no MachineConfigPool '" + window.pool() + "' (there are: "
                        + String.join(", ", new TreeSet<>(pools)) + "). Correct spec.pool.");
    }

    static PoolStatus notServing(WindowView window, WindowView server) {
        return idle(
                "NotServing",
                "The older PoolWindow '" + server.name() + "' serves the pool '" + window.pool()
                        + "': one pool has one. Delete one of them, or name another pool.");
    }

    static PoolStatus deleting(WindowView window) {
        return idle("Deleting", "It is being deleted, and stays until the pool '" + window.pool() + "' is open.");
    }

    /**
     * Of the PoolWindow that serves the pool.
     *
     * @param pool as it is after the decision was carried out
     * @param versions what its nodes run
     * @param unwritten why the decision was not carried out; null: it was
     */
    static PoolStatus serving(
            WindowView window,
            PoolView pool,
            PoolDecision decision,
            List<PoolNodes.Kind> versions,
            String unwritten,
            Instant now) {
        Optional<Timetable> timetable = Optional.ofNullable(window.timetable());
        PoolState state = state(pool);
        Instant mustOpenBy =
                pool.pausedByUs() ? window.mustOpenBy(pool.marks(), now).orElse(null) : null;
        return new PoolStatus(
                state,
                timetable.map(t -> t.openAt(now)).orElse(null),
                timetable.flatMap(t -> t.nextChange(now)).orElse(null),
                decision.next().orElse(null),
                pool.pausedByUs() ? pool.marks().pausedAt() : null,
                mustOpenBy,
                pool.machines(),
                pool.updateWaiting(),
                versions,
                List.of(
                        ready(window),
                        paused(window, pool, state, decision, mustOpenBy, now),
                        progressing(pool, state),
                        degraded(window, pool, state, unwritten)));
    }

    static PoolState state(PoolView pool) {
        if (pool.paused()) {
            if (!pool.pausedByUs()) {
                return PoolState.PausedByPerson;
            }
            return pool.updateWaiting() && pool.machines().unavailable() > 0 ? PoolState.Closing : PoolState.Closed;
        }
        if (pool.marks().byPerson() || pool.marks().pausedBy() != null) {
            return PoolState.OpenedByPerson;
        }
        if (pool.marks().openedAt() != null) {
            return PoolState.MaxPauseReached;
        }
        return pool.updating() ? PoolState.Updating : PoolState.Open;
    }

    private static Condition ready(WindowView window) {
        if (window.timetable() == null) {
            return new Condition(
                    READY,
                    false,
                    "BadWindow",
                    "Nothing is opened or paused until the spec is put right (but by maxPause): " + window.problem()
                            + ".");
        }
        return new Condition(READY, true, "Serving", "The pool '" + window.pool() + "' is opened and paused by it.");
    }

    private static Condition paused(
            WindowView window, PoolView pool, PoolState state, PoolDecision decision, Instant mustOpenBy, Instant now) {
        String next = decision.next().map(at -> " until " + at).orElse("");
        return switch (state) {
            case Closed, Closing -> {
                boolean byMaxPause =
                        decision.next().filter(at -> at.equals(mustOpenBy)).isPresent();
                Optional<Timetable.Pause> freeze =
                        Optional.ofNullable(window.timetable()).flatMap(t -> t.freezeAt(now));
                yield new Condition(
                        "Paused",
                        true,
                        freeze.isPresent() ? "Frozen" : "WindowClosed",
                        "Paused for this PoolWindow"
                                + freeze.map(PoolStatus::text).orElse("") + next
                                + (byMaxPause
                                        ? ", when maxPause (" + window.maxPause() + ") opens it, before a window does."
                                        : "."));
            }
            case PausedByPerson ->
                new Condition(
                        "Paused",
                        true,
                        "PausedByPerson",
                        "A person paused it, so it is left alone, windows and maxPause or not: oc patch mcp "
                                + pool.name() + " --type merge -p '{\"spec\":{\"paused\":false}}' ends that.");
            case OpenedByPerson ->
                new Condition(
                        "Paused",
                        false,
                        "OpenedByPerson",
                        "A person opened it outside of a window. It is paused again at the end of the next window; sooner if the annotation lockkeeper.dev/by-person is removed.");
            case MaxPauseReached ->
                new Condition(
                        "Paused",
                        false,
                        "MaxPauseReached",
                        "It was paused for maxPause and opened at "
                                + pool.marks().openedAt()
                                + ". It is paused again once it is up to date"
                                + (next.isEmpty() ? "" : ", but left open" + next)
                                + ".");
            case Open, Updating ->
                new Condition(
                        "Paused",
                        false,
                        "WindowOpen",
                        window.timetable() == null ? "It is open." : "It is open" + next + ".");
        };
    }

    private static String text(Timetable.Pause freeze) {
        return freeze.reason() == null ? " by a freeze" : " by a freeze (" + freeze.reason() + ")";
    }

    private static Condition progressing(PoolView pool, PoolState state) {
        PoolView.Machines machines = pool.machines();
        String figures = machines.updated() + " of " + machines.total() + " machines are updated";
        if (state == PoolState.Closing) {
            return new Condition(
                    "Progressing",
                    true,
                    "Closing",
                    figures + "; " + machines.unavailable()
                            + " unavailable: what had begun is finished, no machine begins.");
        }
        if (!pool.paused() && pool.updating()) {
            return new Condition("Progressing", true, "Updating", figures + ".");
        }
        return new Condition(
                "Progressing",
                false,
                pool.updateWaiting() ? "UpdateWaiting" : "Idle",
                figures + (pool.updateWaiting() ? "; an update waits." : "."));
    }

    private static Condition degraded(WindowView window, PoolView pool, PoolState state, String unwritten) {
        if (unwritten != null) {
            return new Condition(
                    DEGRADED,
                    true,
                    "NotWritten",
                    "The pool could not be changed, which is tried again: " + Sentences.cut(unwritten, LONGEST));
        }
        if (pool.degraded() != null) {
            return new Condition(DEGRADED, true, "PoolDegraded", Sentences.cut(pool.degraded(), LONGEST));
        }
        if (state == PoolState.MaxPauseReached) {
            return new Condition(
                    DEGRADED,
                    true,
                    "MaxPauseReached",
                    "No window opened within maxPause (" + window.maxPause()
                            + "), so the pool may update its machines now: make windows more frequent or freezes shorter.");
        }
        return new Condition(DEGRADED, false, "AsExpected", "Nothing needs a person.");
    }
}
