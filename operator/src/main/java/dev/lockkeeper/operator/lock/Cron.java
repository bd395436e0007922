package dev.lockkeeper.operator.lock;

import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.lockkeeper.crds.v1alpha1.Schedules;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A schedule of five fields as in crontab(5): minute, hour, day of the month, month and day of the week, with lists, ranges, steps and
 * English names of three letters. Where both days are restricted, either is enough; a field that begins with a star restricts nothing.
 *
 * <p>A time that the clocks skip counts as the moment at which they do; one that comes twice counts the first time.
 *
 * <p>cron-utils reads it and reckons on the clock on the wall; what becomes of that when clocks change is said here.
 */
public final class Cron {

    /** What each takes, for people. */
    private static final List<String> FIELDS = List.of(
            "minute, which takes 0 to 59",
            "hour, which takes 0 to 23",
            "day of the month, which takes 1 to 31",
            "month, which takes 1 to 12 or JAN to DEC",
            "day of the week, which takes 0 to 7 or SUN to SAT");

    private static final CronParser EITHER_DAY = new CronParser(fields().instance());
    private static final CronParser BOTH_DAYS =
            new CronParser(fields().matchDayOfWeekAndDayOfMonth().instance());

    private final String text;
    private final ExecutionTime wall;

    private Cron(String text, ExecutionTime wall) {
        this.text = text;
        this.wall = wall;
    }

    private static CronDefinitionBuilder fields() {
        return CronDefinitionBuilder.defineCron()
                .withMinutes()
                .withStrictRange()
                .and()
                .withHours()
                .withStrictRange()
                .and()
                .withDayOfMonth()
                .withStrictRange()
                .and()
                .withMonth()
                .withStrictRange()
                .and()
                .withDayOfWeek()
                .withValidRange(0, 7)
                .withMondayDoWValue(1)
                .withStrictRange()
                .and();
    }

    /**
     * @throws IllegalArgumentException if it is no such schedule, or one whose day does not come within a hundred years; the message says
     *     what is wrong with it
     */
    public static Cron parse(String text) {
        String[] fields = text.strip().toUpperCase(Locale.ROOT).split("\\s+");
        if (fields.length != FIELDS.size()) {
            throw new IllegalArgumentException("the schedule '" + text
                    + "' must have five fields: minute, hour, day of the month, month, day of the week");
        }
        for (int i = 0; i < fields.length; i++) {
            check(text, fields, i);
        }
        boolean eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
        Cron cron = new Cron(text, executions(eitherDay ? EITHER_DAY : BOTH_DAYS, fields));
        if (cron.next(Instant.EPOCH, ZoneOffset.UTC).isEmpty()) {
            throw new IllegalArgumentException("the schedule '" + text + "' has a day that never comes");
        }
        return cron;
    }

    /** Each by itself, since the library does not say which one it refuses; the schema's grammar, since the library takes more. */
    private static void check(String text, String[] fields, int i) {
        String[] alone = {"*", "*", "*", "*", "*"};
        alone[i] = fields[i];
        String what = "the schedule '" + text + "' has '" + fields[i].toLowerCase(Locale.ROOT) + "' as " + FIELDS.get(i)
                + ", also in lists, ranges that do not run backwards, and steps of a range or of *";
        if (!Schedules.isSchedule(String.join(" ", alone))) {
            throw new IllegalArgumentException(what);
        }
        try {
            executions(EITHER_DAY, alone);
        } catch (IllegalArgumentException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(what + ": " + why.getMessage(), e);
        }
    }

    private static ExecutionTime executions(CronParser parser, String[] fields) {
        // To the library Sunday's name is 7, with which no range can begin.
        return ExecutionTime.forCron(parser.parse(String.join(" ", fields).replace("SUN", "0")));
    }

    /** When it fires next, later than a moment; empty if not within a hundred years. */
    public Optional<Instant> next(Instant after, ZoneId zone) {
        LocalDateTime from = LocalDateTime.ofInstant(after, zone).truncatedTo(ChronoUnit.MINUTES);
        ZoneOffsetTransition change = zone.getRules().getTransition(from);
        if (change != null && !after.isBefore(change.getInstant())) {
            // These times come the second time: all of them are over.
            from = change.getDateTimeBefore().minusMinutes(1);
        }
        return wall.nextExecution(from.atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime)
                .map(time -> instant(time, zone));
    }

    private static Instant instant(LocalDateTime time, ZoneId zone) {
        ZoneOffsetTransition change = zone.getRules().getTransition(time);
        return change != null && change.isGap()
                ? change.getInstant()
                // Of two, the earlier.
                : time.atZone(zone).toInstant();
    }

    @Override
    public String toString() {
        return text;
    }
}
