package dev.lockkeeper.operator.lock;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** A random schedule, and what crontab(5) says of it, as plain sets. */
record TestingSchedule(Field minute, Field hour, Field day, Field month, Field weekday) {

    private static final List<String> MONTHS =
            List.of("", "jan", "FEB", "Mar", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> WEEKDAYS = List.of("SUN", "mon", "TUE", "WED", "THU", "FRI", "SAT");

    record Field(String text, BitSet values) {

        static Field all(int least, int most, int step) {
            return new Field(step == 1 ? "*" : "*/" + step, values(least, most, step));
        }

        static Field one(int value) {
            return new Field(String.valueOf(value), values(value, value, 1));
        }

        /** One to three values, ranges or steps of ranges. */
        static Field list(Random random, int least, int most, List<String> names) {
            List<String> items = new ArrayList<>();
            BitSet values = new BitSet();
            for (int i = 0; i <= random.nextInt(3); i++) {
                int from = least + random.nextInt(most - least + 1);
                int to = from + random.nextInt(most - from + 1);
                int step = to > from && random.nextBoolean() ? 1 + random.nextInt(Math.min(9, most)) : 1;
                items.add(name(random, from, names)
                        + (to > from ? "-" + name(random, to, names) : "")
                        + (step > 1 ? "/" + step : ""));
                values.or(values(from, to, step));
            }
            return new Field(String.join(",", items), values);
        }

        static Field random(Random random, int least, int most, List<String> names) {
            return random.nextInt(3) == 0
                    ? all(least, most, 1 + random.nextInt(most - least))
                    : random.nextInt(3) == 0 ? all(least, most, 1) : list(random, least, most, names);
        }

        private static String name(Random random, int value, List<String> names) {
            return value < names.size() && random.nextBoolean() ? names.get(value) : String.valueOf(value);
        }

        private static BitSet values(int from, int to, int step) {
            BitSet values = new BitSet();
            for (int value = from; value <= to; value += step) {
                values.set(value);
            }
            return values;
        }

        boolean restricts() {
            return !text.startsWith("*");
        }
    }

    /** Of all five fields; its day need not ever come. */
    static TestingSchedule random(Random random) {
        return new TestingSchedule(
                Field.random(random, 0, 59, List.of()),
                Field.random(random, 0, 23, List.of()),
                Field.random(random, 1, 31, List.of()),
                Field.random(random, 1, 12, MONTHS),
                Field.random(random, 0, 7, WEEKDAYS));
    }

    /** In the hours before six, when clocks change. */
    static TestingSchedule randomNightly(Random random) {
        return new TestingSchedule(
                Field.list(random, 0, 59, List.of()),
                Field.list(random, 0, 5, List.of()),
                Field.all(1, 31, 1),
                Field.all(1, 12, 1),
                random.nextBoolean() ? Field.all(0, 7, 1) : Field.list(random, 0, 7, WEEKDAYS));
    }

    /** Once a day, or once a week. */
    static TestingSchedule daily(Random random) {
        int minute = random.nextInt(60);
        int hour = random.nextInt(24);
        int weekday = random.nextInt(14);
        return new TestingSchedule(
                Field.one(minute),
                Field.one(hour),
                Field.all(1, 31, 1),
                Field.all(1, 12, 1),
                weekday > 7 ? Field.all(0, 7, 1) : Field.one(weekday));
    }

    String text() {
        return String.join(" ", minute.text, hour.text, day.text, month.text, weekday.text);
    }

    boolean names(LocalDate date) {
        int number = date.getDayOfWeek().getValue();
        boolean ofMonth = day.values.get(date.getDayOfMonth());
        boolean ofWeek = weekday.values.get(number) || number == 7 && weekday.values.get(0);
        return month.values.get(date.getMonthValue())
                && (day.restricts() && weekday.restricts() ? ofMonth || ofWeek : ofMonth && ofWeek);
    }

    /** Whether it names this minute of the clock on the wall. */
    boolean fires(LocalDateTime wall) {
        return minute.values.get(wall.getMinute()) && hour.values.get(wall.getHour()) && names(wall.toLocalDate());
    }
}
