package dev.lockkeeper.operator.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts the different ids of the last 10 minutes, up to {@value #COUNTED}: more than that are an attack, and count as so many. */
final class RecentIds {

    static final int COUNTED = 10_000;
    private static final Duration RECENT = Duration.ofMinutes(10);

    private final Clock clock;
    /** The one that was seen longest ago comes first. */
    private final Map<String, Instant> seen = new LinkedHashMap<>();

    RecentIds(Clock clock) {
        this.clock = clock;
    }

    synchronized void add(String id) {
        seen.remove(id);
        seen.put(id, clock.instant());
        if (seen.size() > COUNTED) {
            seen.remove(seen.keySet().iterator().next());
        }
    }

    synchronized int count() {
        Instant oldest = clock.instant().minus(RECENT);
        seen.values().removeIf(at -> !at.isAfter(oldest));
        return seen.size();
    }
}
