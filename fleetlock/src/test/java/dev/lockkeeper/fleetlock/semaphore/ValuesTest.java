package dev.lockkeeper.fleetlock.semaphore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small values that the semaphore reckons with. */
class ValuesTest {

    @ParameterizedTest
    @CsvSource({
        "1, 0, 1",
        "1, 500, 1",
        "100, 5, 100",
        "1%, 0, 1",
        "1%, 199, 1",
        "1%, 200, 2",
        "10%, 29, 2",
        "33%, 10, 3",
        "100%, 0, 1",
        "100%, 7, 7",
        "100%, 101, 100",
        "100%, 2000000000, 100"
    })
    void slots(String text, int members, int total) {
        assertThat(Slots.parse(text).total(members)).isEqualTo(total);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "101", "-1", "0%", "101%", "-5%"})
    void slotsOutOfBounds(String text) {
        String bounds = text.endsWith("%") ? "slots must be 1% to 100%, not " : "slots must be 1 to 100, not ";
        assertThatIllegalArgumentException().isThrownBy(() -> Slots.parse(text)).withMessage(bounds + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "two", "1.5", "10 %", "99999999999"})
    void noSlots(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Slots.parse(text))
                .withMessage("slots must be a number such as 2 or a percentage such as 10%, not '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"0, PT30M", "1, PT1H", "2, PT2H", "5, PT16H", "6, PT24H", "7, PT24H", "1000000, PT24H"})
    void backingOff(int triesBefore, Duration wait) {
        BackoffRule rule = new BackoffRule(Duration.ofMinutes(30), Duration.ofHours(24));
        assertThat(rule.after(triesBefore)).isEqualTo(wait);
    }

    @Test
    void backingOffNeverExceedsItsCap() {
        assertThat(new BackoffRule(Duration.ofHours(2), Duration.ofHours(1)).after(0))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void atMostThreeBlockersAreKept() {
        Blocker blocker = new Blocker("a/b", "has a finalizer", null);
        assertThat(new DrainFigures(0, 9, Collections.nCopies(9, blocker)).blockedBy())
                .hasSize(3);
        assertThat(new DrainFigures(0, 2, Collections.nCopies(2, blocker)).blockedBy())
                .hasSize(2);
        assertThat(new DrainFigures(0, 0, List.of()).blocked()).isFalse();
        assertThat(new DrainFigures(0, 1, List.of(blocker)).blocked()).isTrue();
    }

    @Test
    void blockersReadAsSentences() {
        assertThat(new Blocker("a/b", "has a finalizer", null).sentence()).isEqualTo("pod a/b: has a finalizer");
        assertThat(new Blocker("db/pg-0", "0 disruptions allowed", "db/pg").sentence())
                .isEqualTo("pod db/pg-0 blocked by PDB db/pg (0 disruptions allowed)");
    }

    @ParameterizedTest
    @EnumSource
    void phasesAreReadByTheirWords(Phase phase) {
        assertThat(Phase.of(phase.text())).isEqualTo(phase);
        assertThat(phase.text()).isEqualToIgnoringCase(phase.name());
        assertThat(phase.isBeforeTelling()).isEqualTo(phase == Phase.DRAINING || phase == Phase.GRANTED);
    }

    @Test
    void anUnknownPhase() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Phase.of("Sleeping"))
                .withMessage("no phase is called 'Sleeping'");
    }
}
