package dev.lockkeeper.operator.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
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
            """)
    void itFiresWhenCrontabSays(String schedule, Instant after, Instant next) {
        assertThat(Cron.parse(schedule).next(after, ZoneOffset.UTC)).contains(next);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            0 1 * *        | must have five fields
            0 1 * * * *    | must have five fields
            60 1 * * *     | '60' as minute, which must be 0 to 59
            0 24 * * *     | '24' as hour, which must be 0 to 23
            0 1 0 * *      | '0' as day of the month, which must be 1 to 31
            0 1 * 13 *     | '13' as month, which must be 1 to 12
            0 1 * * 8      | '8' as day of the week, which must be 0 to 7
            0 1 * MON *    | 'mon' as month
            0 1 * * FRI-MON | 'fri-mon' as day of the week, which must be 0 to 7 and not run backwards
            5-1 1 * * *    | not run backwards
            5/2 1 * * *    | '5/2' as minute, which is no value, range or step
            */0 1 * * *    | '*/0' as minute
            1, 1 * * *     | '' as minute
            0 1 30 2 *     | a day that never comes
            0 1 31 4,6 *   | a day that never comes
            @daily         | must have five fields
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
        Cron cron = Cron.parse(list(random, 60, 0, "") + " " + list(random, 6, 0, "") + " * * "
                + (random.nextBoolean() ? "*" : "0-" + random.nextInt(7)));
        Instant from = change.toInstant().minus(Duration.ofMinutes(random.nextInt(3_000)));
        Instant until = from.plus(Duration.ofDays(3));
        Instant fired = from;
        for (Instant minute = from.plus(MINUTE); minute.isBefore(until); minute = minute.plus(MINUTE)) {
            if (fires(cron, minute, zone)) {
                assertThat(cron.next(fired, zone))
                        .as("%s in %s after %s", cron, zone, fired)
                        .contains(minute);
                fired = minute;
            }
        }
        assertThat(cron.next(fired, zone))
                .satisfies(next -> next.ifPresent(n -> assertThat(n).isAfterOrEqualTo(until)));
    }

    private static boolean fires(Cron cron, Instant minute, ZoneId zone) {
        LocalDateTime wall = LocalDateTime.ofInstant(minute, zone);
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(wall);
        boolean first = zone.getRules().getOffset(minute).equals(offsets.getFirst());
        if (first && cron.matches(wall)) {
            return true;
        }
        ZoneOffsetTransition change = zone.getRules().previousTransition(minute.plusSeconds(1));
        if (change == null || !change.getInstant().equals(minute) || !change.isGap()) {
            return false;
        }
        for (LocalDateTime skipped = change.getDateTimeBefore();
                skipped.isBefore(change.getDateTimeAfter());
                skipped = skipped.plusMinutes(1)) {
            if (cron.matches(skipped)) {
                return true;
            }
        }
        return false;
    }

    /** Random schedules where clocks do not change, against another's reading of them. */
    @RepeatedTest(300)
    void anotherReadsTheSameInIt(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        String schedule =
                list(random, 60, 0, "*") + " " + list(random, 24, 0, "*") + " " + list(random, 28, 1, "*") + " "
                        + list(random, 12, 1, "*") + " "
                        + (random.nextBoolean() ? "*" : random.nextInt(3) + "-" + (3 + random.nextInt(4)));
        ExecutionTime other = ExecutionTime.forCron(
                new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse(schedule));
        Cron cron = Cron.parse(schedule);
        ZonedDateTime at = ZonedDateTime.parse("2026-01-01T00:00:00Z").plusMinutes(random.nextInt(1_000_000));
        for (int i = 0; i < 5; i++) {
            ZonedDateTime next = other.nextExecution(at).orElseThrow();
            assertThat(cron.next(at.toInstant(), ZoneOffset.UTC))
                    .as("%s after %s", schedule, at)
                    .contains(next.toInstant());
            at = next;
        }
    }

    /** A field: one to three values, ranges or steps, or what stands for all. */
    private static String list(Random random, int count, int least, String all) {
        if (!all.isEmpty() && random.nextInt(3) == 0) {
            return all;
        }
        StringBuilder list = new StringBuilder();
        for (int i = 0; i <= random.nextInt(3); i++) {
            int from = least + random.nextInt(count);
            int to = from + random.nextInt(least + count - from);
            list.append(i == 0 ? "" : ",").append(from);
            if (to > from) {
                list.append('-').append(to);
                if (random.nextBoolean()) {
                    list.append('/').append(1 + random.nextInt(9));
                }
            }
        }
        return list.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 1 * * *", "0 1 * * MON-FRI"})
    void itIsShownAsItWasWritten(String schedule) {
        assertThat(Cron.parse(schedule)).hasToString(schedule);
    }
}
