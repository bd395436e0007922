package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.Holder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells since when, by this leader's own clock, a holding has been in its phase, and when its agent last asked.
 *
 * <p>The times in a holder were taken by whichever replica stored them. A leader that sees one appear counts from its own first sight
 * of it, so that no two clocks are compared. Only what is there when this leader first looks at a group counts as it is stored, never
 * as later than now: its first sight was another leader's.
 */
final class Sights {

    /** Times by the leader's clock, with the stored ones that they stand for. */
    private record Sight(Instant since, Instant phaseSeen, Instant askedAt, Instant askedSeen) {}

    private final Clock clock;
    private final Map<String, Map<String, Sight>> byGroup = new ConcurrentHashMap<>();
    /** When figures of a holding's drain were last stored. */
    private final Map<String, Map<String, Instant>> figures = new ConcurrentHashMap<>();

    Sights(Clock clock) {
        this.clock = clock;
    }

    /** To be called with what a look at a group begins with; forgets the holdings that are gone. */
    void look(GroupView group) {
        Map<String, Sight> before = byGroup.get(group.name());
        Map<String, Sight> current = new HashMap<>();
        for (Holder holder : group.state().holders()) {
            Sight old = before == null ? null : before.get(holder.token());
            boolean first = before == null;
            current.put(
                    holder.token(),
                    new Sight(
                            holder.since(),
                            old != null && old.since().equals(holder.since())
                                    ? old.phaseSeen()
                                    : seen(holder.since(), first),
                            holder.askedAt(),
                            old != null && old.askedAt().equals(holder.askedAt())
                                    ? old.askedSeen()
                                    : seen(holder.askedAt(), first)));
        }
        byGroup.put(group.name(), Map.copyOf(current));
        figures.computeIfAbsent(group.name(), _ -> new ConcurrentHashMap<>())
                .keySet()
                .retainAll(current.keySet());
    }

    private Instant seen(Instant stored, boolean first) {
        Instant now = clock.instant();
        return first && stored.isBefore(now) ? stored : now;
    }

    /** Since when the holding has been in its phase. The group must have been looked at with this holder. */
    Instant phase(GroupView group, Holder holder) {
        return byGroup.get(group.name()).get(holder.token()).phaseSeen();
    }

    /** Whether the drain's figures were last stored at least that long ago. The group must have been looked at. */
    boolean mayStoreFigures(GroupView group, Holder holder, Duration interval) {
        Instant last = figures.get(group.name()).get(holder.token());
        return last == null || !last.plus(interval).isAfter(clock.instant());
    }

    void figuresStored(GroupView group, Holder holder) {
        figures.get(group.name()).put(holder.token(), clock.instant());
    }

    /** When the holding's agent last asked. The group must have been looked at with this holder. */
    Instant asked(GroupView group, Holder holder) {
        return byGroup.get(group.name()).get(holder.token()).askedSeen();
    }
}
