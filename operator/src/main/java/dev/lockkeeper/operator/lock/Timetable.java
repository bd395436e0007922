package dev.lockkeeper.operator.lock;

import dev.lockkeeper.crds.v1alpha1.Durations;
import dev.lockkeeper.crds.v1alpha1.Freeze;
import dev.lockkeeper.crds.v1alpha1.Schedules;
import dev.lockkeeper.crds.v1alpha1.Window;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When windows and freezes let something happen: while a window is open, or always if there is none, but never during a freeze.
 *
 * @param windows none: always open
 */
public record Timetable(List<Opening> windows, List<Pause> freezes) {

    /** No windows, no freezes. */
    public static final Timetable ALWAYS = new Timetable(List.of(), List.of());

    /** How many changes of single windows are looked at for one of the whole. */
    private static final int FARTHEST = 1_000;

    /** A window: it opens when the schedule fires in the zone, and stays open for so much of true time. */
    public record Opening(Cron schedule, Duration duration, ZoneId zone) {

        boolean openAt(Instant at) {
            return schedule.next(at.minus(duration), zone)
                    .filter(start -> !start.isAfter(at))
                    .isPresent();
        }

        /** Its next start and its next end; what it does in between may be hidden by an overlap with itself. */
        Stream<Instant> after(Instant at) {
            return Stream.concat(
                    schedule.next(at, zone).stream(),
                    schedule.next(at.minus(duration), zone).map(start -> start.plus(duration)).stream());
        }
    }

    /**
     * A freeze.
     *
     * @param reason null: none is given
     */
    public record Pause(Instant from, Instant until, String reason) {

        boolean onAt(Instant at) {
            return !at.isBefore(from) && at.isBefore(until);
        }
    }

    public Timetable {
        windows = List.copyOf(windows);
        freezes = List.copyOf(freezes);
    }

    /**
     * As people write it.
     *
     * @param windows null: none
     * @param freezes null: none
     * @throws IllegalArgumentException if one of them makes no sense; the message says which and why
     */
    public static Timetable of(List<Window> windows, List<Freeze> freezes) {
        return new Timetable(
                Objects.requireNonNullElse(windows, List.<Window>of()).stream()
                        .map(w -> new Opening(
                                Cron.parse(w.getSchedule()), Durations.parse(w.getDuration()), zone(w.getTimeZone())))
                        .toList(),
                Objects.requireNonNullElse(freezes, List.<Freeze>of()).stream()
                        .map(f -> new Pause(time(f.getFrom()), time(f.getUntil()), f.getReason()))
                        .toList());
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(Objects.requireNonNullElse(name, Schedules.TIME_ZONE));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "the time zone '" + name + "' is unknown: use one such as Europe/Berlin", e);
        }
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is no time such as 2026-12-20T00:00:00Z", e);
        }
    }

    public boolean openAt(Instant at) {
        return freezeAt(at).isEmpty() && windowOpenAt(at);
    }

    private boolean windowOpenAt(Instant at) {
        return windows.isEmpty() || windows.stream().anyMatch(w -> w.openAt(at));
    }

    /** The freeze that is on then; of several, the one that ends last. */
    public Optional<Pause> freezeAt(Instant at) {
        return freezes.stream().filter(f -> f.onAt(at)).max(Comparator.comparing(Pause::until));
    }

    /** When {@link #openAt} will next say otherwise than now; empty if it never does, or not in sight. */
    public Optional<Instant> nextChange(Instant now) {
        boolean open = openAt(now);
        Optional<Instant> at = Optional.of(now);
        for (int i = 0; i < FARTHEST && at.isPresent(); i++) {
            at = next(at.get());
            if (at.isPresent() && openAt(at.get()) != open) {
                return at;
            }
        }
        return Optional.empty();
    }

    private Optional<Instant> next(Instant at) {
        Optional<Pause> freeze = freezeAt(at);
        if (freeze.isPresent()) {
            // Whatever windows do meanwhile changes nothing.
            return freeze.map(Pause::until);
        }
        return Stream.concat(
                        windows.stream().flatMap(w -> w.after(at)),
                        freezes.stream().map(Pause::from).filter(from -> from.isAfter(at)))
                .min(Comparator.naturalOrder());
    }

    /** How long its longest window is; empty if it has none. */
    public Optional<Duration> longest() {
        return windows.stream().map(Opening::duration).max(Comparator.naturalOrder());
    }
}
