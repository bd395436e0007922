package dev.lockkeeper.operator.pool;

import dev.lockkeeper.operator.lock.Cron;
import dev.lockkeeper.operator.lock.LabelMatch;
import dev.lockkeeper.operator.lock.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** Pools and PoolWindows for tests. */
final class TestingPools {

    static final Duration MAX_PAUSE = Duration.ofHours(48);
    /** Two hours, from one o'clock on, each day. */
    static final Timetable NIGHTLY = new Timetable(
            List.of(new Timetable.Opening(Cron.parse("0 1 * * *"), Duration.ofHours(2), ZoneOffset.UTC)), List.of());
    /** The same once a month. */
    static final Timetable MONTHLY = new Timetable(
            List.of(new Timetable.Opening(Cron.parse("0 1 1 * *"), Duration.ofHours(2), ZoneOffset.UTC)), List.of());

    private TestingPools() {}

    static PoolView pool(boolean paused, Marks marks) {
        return pool("worker", paused, marks, "rendered-1", "rendered-1");
    }

    static PoolView pool(String name, boolean paused, Marks marks, String wanted, String reached) {
        boolean waiting = !wanted.equals(reached);
        return new PoolView(
                name,
                "1",
                paused,
                marks,
                new LabelMatch(Map.of("node-role.kubernetes.io/" + name, ""), List.of()),
                new PoolView.Machines(3, waiting ? 1 : 3, waiting ? 1 : 3, 0, 0),
                waiting && !paused,
                null,
                wanted,
                reached);
    }

    static WindowView window(String name, Timetable timetable) {
        return new WindowView(
                name,
                "uid-" + name,
                "1",
                1,
                Instant.parse("2026-07-01T00:00:00Z"),
                false,
                true,
                "worker",
                timetable,
                timetable == null ? "the schedule '0 1 31 2 *' has a day that never comes" : null,
                MAX_PAUSE);
    }

    /** The pool once the change is made. */
    static PoolView after(PoolView pool, PoolDecision.Change change) {
        return new PoolView(
                pool.name(),
                pool.resourceVersion() + "'",
                change.paused(),
                change.marks(),
                pool.nodes(),
                pool.machines(),
                pool.updating() && !change.paused(),
                pool.degraded(),
                pool.wanted(),
                pool.reached());
    }
}
