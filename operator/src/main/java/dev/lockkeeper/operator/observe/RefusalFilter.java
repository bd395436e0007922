package dev.lockkeeper.operator.observe;

import dev.lockkeeper.fleetlock.protocol.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets only the first refusal of a kind per machine and interval through. Remembers at most {@value #REMEMBERED} of them, the oldest is
 * forgotten first: then one may come through too early, never one too few.
 */
final class RefusalFilter {

    static final int REMEMBERED = 10_000;

    private record Refused(String machine, Kind kind) {}

    private final Clock clock;
    private final Duration interval;
    /** In the order in which they came through. */
    private final Map<Refused, Instant> let = new LinkedHashMap<>();

    RefusalFilter(Clock clock, Duration interval) {
        this.clock = clock;
        this.interval = interval;
    }

    synchronized boolean lets(String machine, Kind kind) {
        Instant now = clock.instant();
        Refused refused = new Refused(machine, kind);
        Instant last = let.get(refused);
        if (last != null && last.plus(interval).isAfter(now)) {
            return false;
        }
        let.remove(refused);
        let.put(refused, now);
        if (let.size() > REMEMBERED) {
            let.remove(let.keySet().iterator().next());
        }
        return true;
    }
}
