package dev.lockkeeper.operator.lock;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A schedule of five fields as in crontab(5): minute, hour, day of the month, month and day of the week, with lists, ranges, steps and
 * English names of three letters. Where both days are restricted, either is enough; a field that begins with a star restricts nothing.
 *
 * <p>A time that the clocks skip counts as the moment at which they do; one that comes twice counts the first time.
 */
public final class Cron {

    private static final Pattern ITEM =
            Pattern.compile("(\\*|([0-9]{1,2}|[A-Z]{3})(?:-([0-9]{1,2}|[A-Z]{3}))?)(?:/([0-9]{1,2}))?");
    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> WEEKDAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final int SUNDAY = 7;
    /** From one 29 February to the next across 2100, and some. */
    private static final int FARTHEST_YEARS = 9;

    private enum Field {
        MINUTE("minute", 0, 59, List.of(), 0),
        HOUR("hour", 0, 23, List.of(), 0),
        DAY("day of the month", 1, 31, List.of(), 0),
        MONTH("month", 1, 12, MONTHS, 1),
        WEEKDAY("day of the week", 0, SUNDAY, WEEKDAYS, 0);

        private final String text;
        private final int least;
        private final int most;
        private final List<String> names;
        private final int firstName;

        Field(String text, int least, int most, List<String> names, int firstName) {
            this.text = text;
            this.least = least;
            this.most = most;
            this.names = names;
            this.firstName = firstName;
        }

        int number(String given) {
            int name = names.indexOf(given);
            return name >= 0 ? name + firstName : Character.isDigit(given.charAt(0)) ? Integer.parseInt(given) : -1;
        }
    }

    private final String text;
    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    private final BitSet weekdays;
    private final boolean eitherDay;

    private Cron(String text, String[] fields) {
        this.text = text;
        minutes = values(Field.MINUTE, fields[0]);
        hours = values(Field.HOUR, fields[1]);
        days = values(Field.DAY, fields[2]);
        months = values(Field.MONTH, fields[3]);
        weekdays = values(Field.WEEKDAY, fields[4]);
        if (weekdays.get(0)) {
            weekdays.set(SUNDAY);
        }
        eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
    }

    /** @throws IllegalArgumentException if it is no such schedule, or one whose day never comes; the message says what is wrong with it */
    public static Cron parse(String text) {
        String[] fields = text.strip().toUpperCase(Locale.ROOT).split("\\s+");
        if (fields.length != Field.values().length) {
            throw new IllegalArgumentException("the schedule '" + text
                    + "' must have five fields: minute, hour, day of the month, month, day of the week");
        }
        Cron cron;
        try {
            cron = new Cron(text, fields);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the schedule '" + text + "' has " + e.getMessage(), e);
        }
        // A day that comes at all comes within any nine years.
        if (cron.nextDay(LocalDate.EPOCH).isEmpty()) {
            throw new IllegalArgumentException("the schedule '" + text + "' has a day that never comes");
        }
        return cron;
    }

    private static BitSet values(Field field, String list) {
        BitSet values = new BitSet();
        // With a limit, so that an empty last item is seen, too.
        for (String item : list.split(",", -1)) {
            Matcher matcher = ITEM.matcher(item);
            if (!matcher.matches() || matcher.group(4) != null && matcher.group(3) == null && !item.startsWith("*")) {
                throw new IllegalArgumentException("'" + item.toLowerCase(Locale.ROOT) + "' as " + field.text
                        + ", which is no value, range or step");
            }
            boolean all = item.startsWith("*");
            int from = all ? field.least : field.number(matcher.group(2));
            int to = all ? field.most : matcher.group(3) == null ? from : field.number(matcher.group(3));
            int step = matcher.group(4) == null ? 1 : Integer.parseInt(matcher.group(4));
            if (from < field.least || to > field.most || to < from || step < 1) {
                throw new IllegalArgumentException("'" + item.toLowerCase(Locale.ROOT) + "' as " + field.text
                        + ", which must be " + field.least + " to " + field.most + " and not run backwards");
            }
            for (int value = from; value <= to; value += step) {
                values.set(value);
            }
        }
        return values;
    }

    /** Whether it fires in this minute of the clock on the wall. */
    boolean matches(LocalDateTime minute) {
        return hasDay(minute.toLocalDate()) && hours.get(minute.getHour()) && minutes.get(minute.getMinute());
    }

    private boolean hasDay(LocalDate day) {
        if (!months.get(day.getMonthValue())) {
            return false;
        }
        boolean ofMonth = days.get(day.getDayOfMonth());
        boolean ofWeek = weekdays.get(day.getDayOfWeek().getValue());
        return eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    private Optional<LocalDate> nextDay(LocalDate from) {
        return from.datesUntil(from.plusYears(FARTHEST_YEARS))
                .filter(this::hasDay)
                .findFirst();
    }

    /** When it fires next, later than a moment; empty if not within nine years. */
    public Optional<Instant> next(Instant after, ZoneId zone) {
        LocalDateTime from = LocalDateTime.ofInstant(after, zone).truncatedTo(ChronoUnit.MINUTES);
        LocalDate last = from.toLocalDate().plusYears(FARTHEST_YEARS);
        LocalTime time = from.toLocalTime();
        for (LocalDate day = from.toLocalDate(); day.isBefore(last); day = day.plusDays(1)) {
            if (hasDay(day)) {
                Optional<Instant> found = next(after, zone, day, time);
                if (found.isPresent()) {
                    return found;
                }
            }
            time = LocalTime.MIDNIGHT;
        }
        return Optional.empty();
    }

    private Optional<Instant> next(Instant after, ZoneId zone, LocalDate day, LocalTime from) {
        for (int hour = hours.nextSetBit(from.getHour()); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
            int first = hour == from.getHour() ? from.getMinute() : 0;
            for (int minute = minutes.nextSetBit(first); minute >= 0; minute = minutes.nextSetBit(minute + 1)) {
                Instant at = instant(day.atTime(hour, minute), zone);
                if (at.isAfter(after)) {
                    return Optional.of(at);
                }
            }
        }
        return Optional.empty();
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
