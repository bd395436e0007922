package dev.lockkeeper.operator.pool;

import static dev.lockkeeper.operator.pool.TestingPools.MONTHLY;
import static dev.lockkeeper.operator.pool.TestingPools.NIGHTLY;
import static dev.lockkeeper.operator.pool.TestingPools.pool;
import static dev.lockkeeper.operator.pool.TestingPools.window;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.pool.PoolDecision.Cause;
import dev.lockkeeper.operator.pool.PoolDecision.Change;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolDecisionTest {

    private static final Instant NOON = at("2026-07-22T12:00:00Z");
    private static final Instant NIGHT = at("2026-07-22T02:00:00Z");
    private static final WindowView SERVER = window("nights", NIGHTLY);

    private static Instant at(String text) {
        return Instant.parse(text);
    }

    private static void decided(PoolView pool, WindowView server, Instant now, Change change, String next) {
        PoolDecision decision = PoolDecision.of(pool, server, now);
        assertThat(decision.change().orElse(null)).isEqualTo(change);
        assertThat(decision.next().orElse(null)).isEqualTo(next == null ? null : at(next));
    }

    @Test
    void outsideOfItsWindowAPoolIsPausedAndItIsNotedForWhomAndSinceWhen() {
        decided(
                pool(false, Marks.NONE),
                SERVER,
                NOON.plusMillis(123),
                new Change(true, Marks.paused("nights", NOON), Cause.WINDOW_CLOSED),
                "2026-07-23T01:00:00Z");
    }

    @Test
    void inItsWindowItIsOpenedAndNothingIsLeftNoted() {
        decided(
                pool(true, Marks.paused("nights", NOON)),
                SERVER,
                at("2026-07-23T01:00:00Z"),
                new Change(false, Marks.NONE, Cause.WINDOW_OPENED),
                "2026-07-23T03:00:00Z");
        decided(pool(false, Marks.NONE), SERVER, NIGHT, null, "2026-07-22T03:00:00Z");
    }

    @Test
    void aPersonsPauseIsNotedAndLeftAlone() {
        Change noted = new Change(true, Marks.PERSON, Cause.NOTED);
        for (WindowView server : List.of(SERVER, window("nights", null))) {
            for (Instant now : List.of(NOON, NIGHT)) {
                decided(pool(true, Marks.NONE), server, now, noted, null);
                decided(pool(true, Marks.PERSON), server, now, null, null);
            }
        }
        decided(pool(true, Marks.NONE), null, NIGHT, null, null);
        decided(pool(true, Marks.PERSON), null, NIGHT, new Change(true, Marks.NONE, Cause.NOTED), null);
    }

    @Test
    void whatIsNotedOfEarlierAtAPoolThatAPersonPausedGoesAndThePauseStays() {
        decided(pool(true, Marks.opened(NOON)), SERVER, NOON, new Change(true, Marks.PERSON, Cause.NOTED), null);
        decided(pool(true, Marks.opened(NOON)), null, NOON, new Change(true, Marks.NONE, Cause.NOTED), null);
    }

    @Test
    void whatAPersonOpenedStaysOpenUntilAWindowHasOpenedAndClosed() {
        PoolView opened = pool(false, Marks.PERSON);
        decided(opened, SERVER, NOON.plusSeconds(3600), null, null);
        decided(opened, window("nights", null), NOON, null, null);
        decided(opened, SERVER, NIGHT, new Change(false, Marks.NONE, Cause.NOTED), "2026-07-22T03:00:00Z");
    }

    @Test
    void thatAPersonOpenedWhatWasPausedIsNotedSoThatALaterPauseIsAPersonsToo() {
        PoolView opened = pool(false, Marks.paused("nights", NOON));
        Change noted = new Change(false, Marks.PERSON, Cause.NOTED);
        decided(opened, SERVER, NOON, noted, null);
        decided(opened, window("nights", null), NOON, noted, null);
        decided(opened, SERVER, NIGHT, new Change(false, Marks.NONE, Cause.NOTED), "2026-07-22T03:00:00Z");
    }

    @Test
    void itIsNeverPausedForLongerThanMaxPause() {
        WindowView monthly = window("monthly", MONTHLY);
        PoolView paused = pool(true, Marks.paused("monthly", NOON));
        decided(paused, monthly, NOON, null, "2026-07-24T12:00:00Z");
        decided(paused, monthly, at("2026-07-24T11:59:59Z"), null, "2026-07-24T12:00:00Z");
        decided(
                paused,
                monthly,
                at("2026-07-24T12:00:00Z"),
                new Change(false, Marks.opened(at("2026-07-24T12:00:00Z")), Cause.MAX_PAUSE_REACHED),
                "2026-07-24T14:00:00Z");
    }

    @Test
    void sinceWhenNobodyKnowsIsTooLong() {
        Change opened = new Change(false, Marks.opened(NOON), Cause.MAX_PAUSE_REACHED);
        decided(pool(true, Marks.paused("nights", null)), SERVER, NOON, opened, "2026-07-22T14:00:00Z");
        decided(
                pool(true, Marks.paused("nights", at("2099-01-01T00:00:00Z"))),
                SERVER,
                NOON,
                opened,
                "2026-07-22T14:00:00Z");
        decided(pool(true, Marks.paused("nights", NOON.plusSeconds(60))), SERVER, NOON, null, "2026-07-23T01:00:00Z");
    }

    @Test
    void whatMaxPauseOpenedIsClosedOnceItIsUpToDateAndNotBeforeAWindowsLength() {
        WindowView monthly = window("monthly", MONTHLY);
        Marks marks = Marks.opened(NOON);
        decided(pool(false, marks), monthly, at("2026-07-22T13:59:59Z"), null, "2026-07-22T14:00:00Z");
        decided(
                pool("worker", false, marks, "rendered-2", "rendered-1"),
                monthly,
                at("2026-07-22T20:00:00Z"),
                null,
                null);
        decided(
                pool(false, marks),
                monthly,
                at("2026-07-22T14:00:00Z"),
                new Change(true, Marks.paused("monthly", at("2026-07-22T14:00:00Z")), Cause.CAUGHT_UP),
                "2026-07-24T14:00:00Z");
        decided(
                pool(false, marks),
                window("nights", NIGHTLY),
                NIGHT,
                new Change(false, Marks.NONE, Cause.NOTED),
                "2026-07-22T03:00:00Z");
    }

    @Test
    void withoutAPoolWindowWhatWasPausedForOneIsOpened() {
        decided(
                pool(true, Marks.paused("gone", NOON)),
                null,
                NOON,
                new Change(false, Marks.NONE, Cause.ABANDONED),
                null);
        decided(pool(false, Marks.paused("gone", NOON)), null, NOON, new Change(false, Marks.NONE, Cause.NOTED), null);
        decided(pool(false, Marks.NONE), null, NOON, null, null);
    }

    @Test
    void whatWasPausedForAnotherIsTakenOverWithItsTime() {
        decided(
                pool(true, Marks.paused("older", NOON)),
                SERVER,
                NOON.plusSeconds(60),
                new Change(true, Marks.paused("nights", NOON), Cause.NOTED),
                "2026-07-23T01:00:00Z");
    }

    @Test
    void nonsensePausesAndOpensNothingButKeepsNothingPausedForLongerThanMaxPause() {
        WindowView broken = window("nights", null);
        decided(pool(false, Marks.NONE), broken, NOON, null, null);
        PoolView paused = pool(true, Marks.paused("nights", NOON));
        decided(paused, broken, NIGHT.plusSeconds(24 * 3600), null, "2026-07-24T12:00:00Z");
        decided(
                paused,
                broken,
                at("2026-07-24T12:00:00Z"),
                new Change(false, Marks.opened(at("2026-07-24T12:00:00Z")), Cause.MAX_PAUSE_REACHED),
                "2026-07-24T13:00:00Z");
        decided(pool(false, Marks.opened(NOON)), broken, at("2026-07-29T12:00:00Z"), null, null);
    }

    @Test
    void theOldestThatIsNotBeingDeletedServes() {
        WindowView newer = new WindowView(
                "a",
                "u",
                "1",
                1,
                at("2026-07-02T00:00:00Z"),
                false,
                true,
                "worker",
                NIGHTLY,
                null,
                TestingPools.MAX_PAUSE);
        WindowView going = new WindowView(
                "b",
                "u",
                "1",
                1,
                at("2026-06-01T00:00:00Z"),
                true,
                true,
                "worker",
                NIGHTLY,
                null,
                TestingPools.MAX_PAUSE);
        assertThat(WindowView.servers(List.of(newer, SERVER, going)))
                .containsOnlyKeys("worker")
                .containsValue(SERVER);
    }
}
