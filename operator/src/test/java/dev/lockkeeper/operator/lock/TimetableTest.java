package dev.lockkeeper.operator.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.crds.v1alpha1.Freeze;
import dev.lockkeeper.crds.v1alpha1.Window;
import dev.lockkeeper.operator.lock.Timetable.Opening;
import dev.lockkeeper.operator.lock.Timetable.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TimetableTest {

    private static final Instant NOON = Instant.parse("2026-07-22T12:00:00Z");

    private static Window window(String schedule, String duration, String zone) {
        Window window = new Window();
        window.setSchedule(schedule);
        window.setDuration(duration);
        window.setTimeZone(zone);
        return window;
    }

    private static Freeze freeze(String from, String until) {
        Freeze freeze = new Freeze();
        freeze.setFrom(from);
        freeze.setUntil(until);
        freeze.setReason("sale");
        return freeze;
    }

    private static void changes(Timetable timetable, String from, boolean openThen, String... at) {
        Instant now = Instant.parse(from);
        boolean open = openThen;
        assertThat(timetable.openAt(now)).isEqualTo(open);
        for (String next : at) {
            assertThat(timetable.nextChange(now)).as("after %s", now).contains(Instant.parse(next));
            now = Instant.parse(next);
            open = !open;
            assertThat(timetable.openAt(now)).as("at %s", now).isEqualTo(open);
            assertThat(timetable.openAt(now.minusMillis(1)))
                    .as("before %s", now)
                    .isEqualTo(!open);
        }
    }

    @Test
    void withoutWindowsAndFreezesItIsAlwaysOpen() {
        assertThat(Timetable.of(null, null)).isEqualTo(Timetable.ALWAYS);
        assertThat(Timetable.ALWAYS.openAt(NOON)).isTrue();
        assertThat(Timetable.ALWAYS.nextChange(NOON)).isEmpty();
    }

    @Test
    void aWindowIsOpenFromItsStartToJustBeforeItsEnd() {
        changes(
                Timetable.of(List.of(window("0 1 * * MON-FRI", "4h", "Europe/Berlin")), null),
                "2026-07-24T12:00:00Z",
                false,
                "2026-07-26T23:00:00Z",
                "2026-07-27T03:00:00Z",
                "2026-07-27T23:00:00Z");
    }

    @Test
    void windowsThatOverlapAreOne() {
        changes(
                Timetable.of(List.of(window("0 1 * * *", "2h", null), window("0 2 * * *", "2h", "UTC")), List.of()),
                "2026-07-22T00:00:00Z",
                false,
                "2026-07-22T01:00:00Z",
                "2026-07-22T04:00:00Z",
                "2026-07-23T01:00:00Z");
    }

    @Test
    void aWindowThatNeverClosesHasNoNextChange() {
        Timetable always = Timetable.of(List.of(window("* * * * *", "1m", "UTC")), null);
        assertThat(always.openAt(NOON)).isTrue();
        assertThat(always.nextChange(NOON)).isEmpty();
    }

    @Test
    void windowsThatFollowOnOneAnotherCloseWhenTheLastOfThemDoes() {
        changes(
                Timetable.of(List.of(window("*/5 * * * MON-FRI", "5m", "UTC")), null),
                "2026-07-20T00:00:00Z",
                true,
                "2026-07-25T00:00:00Z",
                "2026-07-27T00:00:00Z");
    }

    @Test
    void aFreezeClosesAWindowThatNeverCloses() {
        changes(
                Timetable.of(
                        List.of(window("* * * * *", "168h", "UTC")),
                        List.of(freeze("2026-07-22T13:00:00Z", "2026-07-22T14:00:00Z"))),
                "2026-07-22T12:00:30Z",
                true,
                "2026-07-22T13:00:00Z",
                "2026-07-22T14:00:00Z");
    }

    @Test
    void aFreezeClosesAWindowAndOneThatIsOverLeavesIt() {
        changes(
                Timetable.of(
                        List.of(window("0 1 * * *", "4h", "UTC")),
                        List.of(
                                freeze("2026-07-22T02:00:00Z", "2026-07-22T05:00:00+02:00"),
                                freeze("2026-07-23T00:00:00Z", "2027-07-23T02:30:00Z"))),
                "2026-07-22T00:00:00Z",
                false,
                "2026-07-22T01:00:00Z",
                "2026-07-22T02:00:00Z",
                "2026-07-22T03:00:00Z",
                "2026-07-22T05:00:00Z",
                "2027-07-23T02:30:00Z",
                "2027-07-23T05:00:00Z");
    }

    @Test
    void onTheDayOnWhichTheClocksChangeAWindowIsAsLongAsEver() {
        Timetable nightly = Timetable.of(List.of(window("30 2 * * *", "1h", "Europe/Berlin")), null);
        changes(
                nightly,
                "2026-03-29T00:00:00Z",
                false,
                "2026-03-29T01:00:00Z",
                "2026-03-29T02:00:00Z",
                "2026-03-30T00:30:00Z");
        changes(
                nightly,
                "2026-10-25T00:00:00Z",
                false,
                "2026-10-25T00:30:00Z",
                "2026-10-25T01:30:00Z",
                "2026-10-26T01:30:00Z");
    }

    @Test
    void nonsenseIsNamed() {
        assertThatThrownBy(() -> Timetable.of(List.of(window("0 1 * * *", "4h", "Europe/Berlinn")), null))
                .hasMessage("the time zone 'Europe/Berlinn' is unknown: use one such as Europe/Berlin");
        assertThatThrownBy(() -> Timetable.of(List.of(window("0 1 31 2 *", "4h", "UTC")), null))
                .hasMessageContaining("a day that never comes");
        assertThatThrownBy(() -> Timetable.of(null, List.of(freeze("2026-12-20", "2026-12-21T00:00:00Z"))))
                .hasMessage("'2026-12-20' is no time such as 2026-12-20T00:00:00Z");
    }

    /** Random windows and freezes, against a model that looks at every minute. */
    @RepeatedTest(150)
    void itIsOpenAsTheModelSaysAndNothingChangesBeforeTheNextChange(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        ZoneId zone = random.nextBoolean() ? ZoneOffset.UTC : ZoneId.of("Europe/Berlin");
        List<Opening> windows = new ArrayList<>();
        Map<Opening, TestingSchedule> schedules = new HashMap<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            TestingSchedule schedule =
                    random.nextInt(3) == 0 ? TestingSchedule.randomNightly(random) : TestingSchedule.daily(random);
            Opening window =
                    new Opening(Cron.parse(schedule.text()), Duration.ofMinutes(1 + random.nextInt(600)), zone);
            windows.add(window);
            schedules.put(window, schedule);
        }
        List<Pause> freezes = new ArrayList<>();
        for (int i = 0; i < random.nextInt(3); i++) {
            Instant from = NOON.plus(Duration.ofMinutes(random.nextInt(6_000) - 1_000));
            freezes.add(new Pause(from, from.plus(Duration.ofMinutes(1 + random.nextInt(2_000))), null));
        }
        Timetable timetable = new Timetable(windows, freezes);
        Instant now = NOON.plus(Duration.ofMinutes(random.nextInt(4_000)));
        boolean open = open(timetable, schedules, now);
        assertThat(timetable.openAt(now)).isEqualTo(open);
        Instant until = now.plus(Duration.ofDays(3));
        Instant expected = null;
        for (Instant minute = now; minute.isBefore(until) && expected == null; minute = minute.plusSeconds(60)) {
            expected = open(timetable, schedules, minute) == open ? null : minute;
        }
        Instant found =
                timetable.nextChange(now).filter(at -> at.isBefore(until)).orElse(null);
        assertThat(found).as("%s from %s", timetable, now).isEqualTo(expected);
    }

    /** In July no clock changes: each minute back to the longest duration may have been a start. */
    private static boolean open(Timetable timetable, Map<Opening, TestingSchedule> schedules, Instant at) {
        boolean frozen = timetable.freezes().stream().anyMatch(f -> !at.isBefore(f.from()) && at.isBefore(f.until()));
        boolean open = timetable.windows().isEmpty();
        for (Opening window : timetable.windows()) {
            for (long back = 0; back < window.duration().toMinutes() && !open; back++) {
                open = schedules
                        .get(window)
                        .fires(LocalDateTime.ofInstant(at, window.zone()).minusMinutes(back));
            }
        }
        return open && !frozen;
    }
}
