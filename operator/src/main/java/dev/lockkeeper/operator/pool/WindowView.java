package dev.lockkeeper.operator.pool;

import dev.lockkeeper.operator.lock.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One PoolWindow.
 *
 * @param held whether it has the finalizer
 * @param timetable null: it makes no sense
 * @param problem what makes no sense, as a clause; null: all does
 */
public record WindowView(
        String name,
        String uid,
        String resourceVersion,
        long generation,
        Instant created,
        boolean deleting,
        boolean held,
        String pool,
        Timetable timetable,
        String problem,
        Duration maxPause) {

    private static final Comparator<WindowView> OLDEST =
            Comparator.comparing(WindowView::created).thenComparing(WindowView::name);

    /** The one that serves each pool: the oldest that is not being deleted. */
    public static Map<String, WindowView> servers(List<WindowView> windows) {
        Map<String, WindowView> servers = new TreeMap<>();
        windows.stream().filter(w -> !w.deleting()).sorted(OLDEST).forEach(w -> servers.putIfAbsent(w.pool(), w));
        return servers;
    }

    /** When maxPause opens a pool that is paused for it; empty if that is due already, because nobody knows since when it is. */
    Optional<Instant> mustOpenBy(Marks marks, Instant now) {
        // Lockkeeper's own replicas differ by seconds; what lies farther ahead was written by somebody else.
        boolean known = marks.pausedAt() != null && !marks.pausedAt().isAfter(now.plus(PoolDecision.CLOCKS_DIFFER));
        return known ? Optional.of(marks.pausedAt().plus(maxPause)) : Optional.empty();
    }
}
