package dev.lockkeeper.operator.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 1 * * *             | 2026-07-22T00:59:59Z | 2026-07-22T01:00:00Z
            0 1 * * *             | 2026-07-22T01:00:00Z | 2026-07-23T01:00:00Z
            0 1 * * 1-5           | 2026-07-24T02:00:00Z | 2026-07-27T01:00:00Z
            0 1 * * mon-fri       | 2026-07-24T02:00:00Z | 2026-07-27T01:00:00Z
            0 1 * * 7             | 2026-07-22T00:00:00Z | 2026-07-26T01:00:00Z
            0 1 * * SUN           | 2026-07-22T00:00:00Z | 2026-07-26T01:00:00Z
            */15 * * * *          | 2026-07-22T00:46:00Z | 2026-07-22T01:00:00Z
            5-20/10,59 4 * * *    | 2026-07-22T04:05:00Z | 2026-07-22T04:15:00Z
            0 0 1 1,JUL *         | 2026-07-22T00:00:00Z | 2027-01-01T00:00:00Z
            0 0 29 2 *            | 2096-03-01T00:00:00Z | 2104-02-29T00:00:00Z
            0 0 13 * 5            | 2026-07-13T00:00:00Z | 2026-07-17T00:00:00Z
            0 0 */2 * 5           | 2026-07-17T00:00:00Z | 2026-07-31T00:00:00Z
            0 0 13 * */5          | 2026-07-13T00:00:00Z | 2026-09-13T00:00:00Z
            0 0 29 2 */7          | 2032-03-01T00:00:00Z | 2060-02-29T00:00:00Z
            0 1 * * sun-Mon       | 2026-07-22T00:00:00Z | 2026-07-26T01:00:00Z
            0 1 * * 5-7/2         | 2026-07-22T00:00:00Z | 2026-07-24T01:00:00Z
            """)
    void itFiresWhenCrontabSays(String schedule, Instant after, Instant next) {
        assertThat(Cron.parse(schedule).next(after, ZoneOffset.UTC)).contains(next);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            0 1 * *        ~ must have five fields
            0 1 * * * *    ~ must have five fields
            60 1 * * *     ~ '60' as minute, which takes 0 to 59
            0 24 * * *     ~ '24' as hour, which takes 0 to 23
            0 1 0 * *      ~ '0' as day of the month, which takes 1 to 31
            0 1 * 13 *     ~ '13' as month, which takes 1 to 12 or JAN to DEC
            0 1 * * 8      ~ '8' as day of the week, which takes 0 to 7 or SUN to SAT
            0 1 * MON *    ~ 'mon' as month
            0 1 * * FRI-MON ~ 'fri-mon' as day of the week, which takes 0 to 7
            0 1 * * FRI-SUN ~ ranges that do not run backwards, and steps of a range or of *: Invalid range! [5,0]
            5-1 1 * * *    ~ ranges that do not run backwards, and steps of a range or of *: Invalid range! [5,1]
            5/2 1 * * *    ~ '5/2' as minute
            */0 1 * * *    ~ '*/0' as minute
            */60 1 * * *   ~ '*/60' as minute, which takes 0 to 59, also in lists, ranges that do not run backwards, and steps
            0 1-2/ * * *   ~ '1-2/' as hour
            1, 1 * * *     ~ '1,' as minute
            0 1|2 * * *    ~ '1|2' as hour
            0 1 L * *      ~ 'l' as day of the month
            0 1 ? * *      ~ '?' as day of the month
            0 1 * * 5#2    ~ '5#2' as day of the week
            0 1 30 2 *     ~ a day that never comes
            0 1 31 4,6 *   ~ a day that never comes
            @daily         ~ must have five fields
            """)
    void nonsenseIsNamed(String schedule, String complaint) {
        assertThatThrownBy(() -> Cron.parse(schedule))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the schedule '" + schedule + "'")
                .hasMessageContaining(complaint);
    }

    @Test
    void aTimeThatTheClocksSkipIsTheMomentAtWhichTheyDo() {
        Cron cron = Cron.parse("30 2 * * *");
        assertThat(cron.next(Instant.parse("2026-03-28T12:00:00Z"), BERLIN))
                .contains(Instant.parse("2026-03-29T01:00:00Z"));
        assertThat(cron.next(Instant.parse("2026-03-29T01:00:00Z"), BERLIN))
                .contains(Instant.parse("2026-03-30T00:30:00Z"));
    }

    @Test
    void aTimeThatComesTwiceCountsTheFirstTime() {
        Cron cron = Cron.parse("30 2 * * *");
        assertThat(cron.next(Instant.parse("2026-10-24T12:00:00Z"), BERLIN))
                .contains(Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(cron.next(Instant.parse("2026-10-25T00:30:00Z"), BERLIN))
                .contains(Instant.parse("2026-10-26T01:30:00Z"));
        Cron often = Cron.parse("*/30 * * * *");
        assertThat(often.next(Instant.parse("2026-10-25T00:30:00Z"), BERLIN))
                .contains(Instant.parse("2026-10-25T02:00:00Z"));
        assertThat(often.next(Instant.parse("2026-10-25T01:10:00Z"), BERLIN))
                .contains(Instant.parse("2026-10-25T02:00:00Z"));
    }

    /** Random schedules around changes of the clocks, against the definition, minute by minute. */
    @RepeatedTest(300)
    void itFiresAtEveryMinuteThatItsDefinitionNamesAndAtNoOther(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<ZonedDateTime> changes = List.of(
                ZonedDateTime.parse("2026-03-29T03:00:00+02:00[Europe/Berlin]"),
                ZonedDateTime.parse("2026-10-25T03:00:00+01:00[Europe/Berlin]"),
                ZonedDateTime.parse("2026-10-04T02:30:00+11:00[Australia/Lord_Howe]"),
                ZonedDateTime.parse("2026-04-05T01:30:00+10:30[Australia/Lord_Howe]"),
                ZonedDateTime.parse("2011-12-31T00:00:00+14:00[Pacific/Apia]"),
                ZonedDateTime.parse("2026-07-22T00:00:00Z[UTC]"));
        ZonedDateTime change = changes.get(random.nextInt(changes.size()));
        ZoneId zone = change.getZone();
        TestingSchedule model = TestingSchedule.randomNightly(random);
        Cron cron = Cron.parse(model.text());
        Instant from = change.toInstant().minus(Duration.ofMinutes(random.nextInt(3_000)));
        Instant until = from.plus(Duration.ofDays(3));
        Instant fired = from;
        for (Instant minute = from.plus(MINUTE); minute.isBefore(until); minute = minute.plus(MINUTE)) {
            if (fires(model, minute, zone)) {
                assertThat(cron.next(fired.plusMillis(random.nextInt(60_000)), zone))
                        .as("%s in %s after %s", cron, zone, fired)
                        .contains(minute);
                fired = minute;
            }
        }
        assertThat(cron.next(fired, zone))
                .satisfies(next -> next.ifPresent(n -> assertThat(n).isAfterOrEqualTo(until)));
    }

    private static boolean fires(TestingSchedule model, Instant minute, ZoneId zone) {
        LocalDateTime wall = LocalDateTime.ofInstant(minute, zone);
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(wall);
        boolean first = zone.getRules().getOffset(minute).equals(offsets.getFirst());
        if (first && model.fires(wall)) {
            return true;
        }
        ZoneOffsetTransition change = zone.getRules().previousTransition(minute.plusSeconds(1));
        if (change == null || !change.getInstant().equals(minute) || !change.isGap()) {
            return false;
        }
        for (LocalDateTime skipped = change.getDateTimeBefore();
                skipped.isBefore(change.getDateTimeAfter());
                skipped = skipped.plusMinutes(1)) {
            if (model.fires(skipped)) {
                return true;
            }
        }
        return false;
    }

    /** Random schedules of all five fields where clocks do not change, against the definition, over two years. */
    @RepeatedTest(300)
    void allFiveFieldsMeanWhatCrontabSays(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        TestingSchedule model = TestingSchedule.random(random);
        LocalDateTime after = LocalDateTime.parse("2026-01-01T00:00:00").plusMinutes(random.nextInt(1_000_000));
        for (int i = 0; i < 5; i++) {
            LocalDateTime last = after.plusYears(2);
            LocalDateTime minute = after.plusMinutes(1);
            while (!model.fires(minute) && minute.isBefore(last)) {
                minute = model.names(minute.toLocalDate())
                        ? minute.plusMinutes(1)
                        : minute.toLocalDate().plusDays(1).atStartOfDay();
            }
            Optional<Instant> next = next(model.text(), after);
            if (minute.isBefore(last)) {
                assertThat(next).as("%s after %s", model.text(), after).contains(minute.toInstant(ZoneOffset.UTC));
            } else {
                assertThat(next.map(n -> n.isBefore(last.toInstant(ZoneOffset.UTC))))
                        .as("%s before %s", model.text(), last)
                        .isNotEqualTo(Optional.of(true));
                return;
            }
            after = minute;
        }
    }

    /** Empty also if its day never comes. */
    private static Optional<Instant> next(String schedule, LocalDateTime after) {
        Cron cron;
        try {
            cron = Cron.parse(schedule);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("a day that never comes");
            return Optional.empty();
        }
        return cron.next(after.toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 1 * * *", "0 1 * * MON-FRI"})
    void itIsShownAsItWasWritten(String schedule) {
        assertThat(Cron.parse(schedule)).hasToString(schedule);
    }
}
