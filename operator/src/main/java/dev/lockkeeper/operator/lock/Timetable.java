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
import java.util.PriorityQueue;

/**
 * When windows and freezes let something happen: while a window is open, or always if there is none, but never during a freeze.
 *
 * @param windows none: always open
 */
public record Timetable(List<Opening> windows, List<Pause> freezes) {

    /** No windows, no freezes. */
    public static final Timetable ALWAYS = new Timetable(List.of(), List.of());

    /** How many starts of windows that follow on one another are looked at to see when they end. */
    private static final int FARTHEST = 2_000;

    /** A window: it opens when the schedule fires in the zone, and stays open for so much of true time. */
    public record Opening(Cron schedule, Duration duration, ZoneId zone) {

        boolean openAt(Instant at) {
            return schedule.next(at.minus(duration), zone)
                    .filter(start -> !start.isAfter(at))
                    .isPresent();
        }

        Optional<Start> after(Instant at) {
            return schedule.next(at, zone).map(start -> new Start(start, this));
        }
    }

    private record Start(Instant at, Opening window) {

        Instant end() {
            return at.plus(window.duration);
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
        return openAt(now) ? nextClosed(now) : nextOpen(now);
    }

    private Optional<Instant> nextOpen(Instant now) {
        Instant at = now;
        // At a start a freeze alone can keep it closed: so of any two turns one ends a freeze.
        while (!openAt(at)) {
            Instant after = at;
            Optional<Instant> next = freezeAt(after)
                    .map(Pause::until)
                    .or(() -> windows.stream()
                            .flatMap(w -> w.after(after).stream())
                            .map(Start::at)
                            .min(Comparator.naturalOrder()));
            if (next.isEmpty()) {
                return next;
            }
            at = next.get();
        }
        return Optional.of(at);
    }

    private Optional<Instant> nextClosed(Instant now) {
        Optional<Instant> freeze = freezes.stream()
                .map(Pause::from)
                .filter(from -> from.isAfter(now) && freezeAt(from).isPresent())
                .min(Comparator.naturalOrder());
        if (windows.isEmpty()) {
            return freeze;
        }
        PriorityQueue<Start> starts = new PriorityQueue<>(Comparator.comparing(Start::at));
        windows.forEach(w -> w.after(now.minus(w.duration)).ifPresent(starts::add));
        Instant end = now;
        for (int i = 0; i < FARTHEST; i++) {
            Instant closes = end;
            if (freeze.filter(from -> !from.isAfter(closes)).isPresent()) {
                return freeze;
            }
            Start start = starts.poll();
            if (start == null || start.at.isAfter(end)) {
                return Optional.of(end);
            }
            end = start.end().isAfter(end) ? start.end() : end;
            start.window.after(start.at).ifPresent(starts::add);
        }
        return Optional.empty();
    }

    /** How long its longest window is; empty if it has none. */
    public Optional<Duration> longest() {
        return windows.stream().map(Opening::duration).max(Comparator.naturalOrder());
    }
}
