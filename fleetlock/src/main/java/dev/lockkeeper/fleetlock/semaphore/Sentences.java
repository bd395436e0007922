package dev.lockkeeper.fleetlock.semaphore;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** The sentences in which status, answers and logs tell people how the slots stand. */
public final class Sentences {

    private static final int NAMED = 3;

    private Sentences() {}

    /** A span in at most two units, such as {@code 45s}, {@code 4m}, {@code 5h12m} or {@code 2d4h}. */
    public static String span(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes + "m";
        }
        long hours = minutes / 60;
        return hours < 24 ? two(hours, "h", minutes % 60, "m") : two(hours / 24, "d", hours % 24, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + (small == 0 ? "" : small + smallUnit);
    }

    /** The first of the texts, and how many more there are, such as {@code a, b and 3 more}. */
    public static String some(List<String> texts, int most, String separator) {
        String first = texts.stream().limit(most).collect(Collectors.joining(separator));
        return texts.size() > most ? first + " and " + (texts.size() - most) + " more" : first;
    }

    /** One holder, such as {@code worker-7 Draining for 4m: pod db/pg-0 blocked by PDB db/pg (0 disruptions allowed)}. */
    public static String holder(Holder holder, Instant now) {
        return holder.machine() + " " + phase(holder, now);
    }

    private static String phase(Holder holder, Instant now) {
        String text = holder.phase().text() + " for " + span(Duration.between(holder.since(), now));
        boolean blocked = holder.phase() == Phase.DRAINING
                && holder.drain() != null
                && holder.drain().blocked();
        if (blocked) {
            return text + ": " + holder.drain().blockedBy().getFirst().sentence();
        }
        return holder.stuck() == null ? text : text + " (stuck)";
    }

    /** Why there is no free slot, naming at most three holders. */
    public static String allHeld(List<Holder> holders, int total, Instant now) {
        if (holders.size() == 1) {
            Holder only = holders.getFirst();
            return only.machine() + " holds 1 of " + total + " slots, " + phase(only, now) + ".";
        }
        return holders.size() + " of " + total + " slots are held: "
                + some(holders.stream().map(h -> holder(h, now)).toList(), NAMED, "; ") + ".";
    }

    /**
     * The line of {@code kubectl get}: who holds, phase and since when, without anything that changes by the second; and whether new
     * grants are paused.
     */
    public static String summary(List<Holder> holders, boolean paused) {
        if (holders.isEmpty()) {
            return paused ? "- (paused)" : "-";
        }
        Holder first = holders.stream()
                .min(java.util.Comparator.comparing(Holder::grantedAt))
                .orElseThrow();
        String text = first.machine() + " " + first.phase().text() + " since "
                + first.since().truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        String stuck = first.stuck() == null ? "" : " (stuck)";
        String more = holders.size() > 1 ? " +" + (holders.size() - 1) + " more" : "";
        return text + stuck + more + (paused ? " (paused)" : "");
    }

    /** The text, with an ellipsis for what is longer than so many characters. */
    public static String cut(String text, int most) {
        return text == null || text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
