package dev.lockkeeper.fleetlock.semaphore;

import static dev.lockkeeper.fleetlock.semaphore.Workers.T0;
import static dev.lockkeeper.fleetlock.semaphore.Workers.draining;
import static dev.lockkeeper.fleetlock.semaphore.Workers.granted;
import static dev.lockkeeper.fleetlock.semaphore.Workers.minute;
import static dev.lockkeeper.fleetlock.semaphore.Workers.rebooting;
import static dev.lockkeeper.fleetlock.semaphore.Workers.token;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentencesTest {

    @ParameterizedTest
    @CsvSource({
        "PT-5S, 0s",
        "PT0S, 0s",
        "PT59.9S, 59s",
        "PT60S, 1m",
        "PT59M59S, 59m",
        "PT1H, 1h",
        "PT1H1M, 1h1m",
        "PT5H12M30S, 5h12m",
        "PT23H59M, 23h59m",
        "PT24H, 1d",
        "PT52H, 2d4h",
        "PT240H, 10d"
    })
    void spans(Duration duration, String text) {
        assertThat(Sentences.span(duration)).isEqualTo(text);
    }

    @Test
    void aHolderWithWhatBlocksIt() {
        SlotState state = Semaphore.drainProgress(draining(1), token(1), Workers.blocked())
                .next();
        assertThat(Sentences.holder(state.holders().getFirst(), minute(4)))
                .isEqualTo("worker-1 Draining for 4m: pod db/pg-0 blocked by PDB db/pg (0 disruptions allowed)");
        assertThat(Sentences.allHeld(state.holders(), 1, minute(4)))
                .isEqualTo("worker-1 holds 1 of 1 slots, Draining for 4m: pod db/pg-0 blocked by PDB db/pg"
                        + " (0 disruptions allowed).");
        SlotState drained = Semaphore.drained(state, token(1), minute(4)).next();
        assertThat(Sentences.holder(drained.holders().getFirst(), minute(5)))
                .as("what blocked is over")
                .isEqualTo("worker-1 Granted for 1m");
    }

    @Test
    void aDrainThatIsNotBlocked() {
        SlotState state = Semaphore.drainProgress(draining(1), token(1), new DrainFigures(0, 3, List.of()))
                .next();
        assertThat(Sentences.holder(state.holders().getFirst(), minute(4))).isEqualTo("worker-1 Draining for 4m");
    }

    @Test
    void aStuckHolder() {
        SlotState state = Semaphore.observe(
                        rebooting(1),
                        token(1),
                        new Sighting(null, null, null, minute(60), "a test says so"),
                        minute(60))
                .next();
        assertThat(Sentences.holder(state.holders().getFirst(), minute(90)))
                .isEqualTo("worker-1 Rebooting for 1h30m (stuck)");
        assertThat(Sentences.summary(state.holders(), false))
                .isEqualTo("worker-1 Rebooting since 2026-07-07T08:00:00Z (stuck)");
        assertThat(Sentences.allHeld(state.holders(), 1, minute(90)))
                .isEqualTo("worker-1 holds 1 of 1 slots, Rebooting for 1h30m (stuck).");
    }

    @Test
    void atMostThreeHoldersAreNamed() {
        assertThat(Sentences.allHeld(draining(1, 2, 3).holders(), 3, minute(1)))
                .isEqualTo("3 of 3 slots are held: worker-1 Draining for 1m; worker-2 Draining for 1m;"
                        + " worker-3 Draining for 1m.");
        assertThat(Sentences.allHeld(draining(1, 2, 3, 4, 5).holders(), 5, minute(1)))
                .isEqualTo("5 of 5 slots are held: worker-1 Draining for 1m; worker-2 Draining for 1m;"
                        + " worker-3 Draining for 1m and 2 more.");
    }

    @Test
    void summaries() {
        assertThat(Sentences.summary(List.of(), false)).isEqualTo("-");
        assertThat(Sentences.summary(granted(1).holders(), false))
                .isEqualTo("worker-1 Granted since 2026-07-07T08:00:00Z");
        SlotState later = Semaphore.preReboot(
                        Workers.COUNTED,
                        Workers.policy(2),
                        Workers.asking(2),
                        minute(1).plusMillis(77))
                .next();
        assertThat(Sentences.summary(later.holders(), false))
                .as("whole seconds")
                .isEqualTo("worker-2 Draining since 2026-07-07T08:01:00Z");
        SlotState both = Semaphore.preReboot(later, Workers.policy(2), Workers.asking(1), T0)
                .next();
        assertThat(Sentences.summary(both.holders(), false))
                .as("whoever holds longest")
                .isEqualTo("worker-1 Draining since 2026-07-07T08:00:00Z +1 more");
    }

    @Test
    void aPauseShowsInTheSummary() {
        assertThat(Sentences.summary(List.of(), true)).isEqualTo("- (paused)");
        assertThat(Sentences.summary(granted(1).holders(), true))
                .isEqualTo("worker-1 Granted since 2026-07-07T08:00:00Z (paused)");
    }

    @Test
    void aMachineThatIsNoNodeIsCalledByItsId() {
        SlotState state = Semaphore.preReboot(Workers.COUNTED, Workers.policy(1), Workers.builder("9765cc55"), T0)
                .next();
        assertThat(Sentences.holder(state.holders().getFirst(), T0)).isEqualTo("9765cc55 Draining for 0s");
    }
}
