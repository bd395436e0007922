package dev.lockkeeper.cincinnati.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutTest {

    private static final Rollout USUAL = new Rollout(1_000L, 0.5, 10L);

    @ParameterizedTest
    @CsvSource({"0, 0", "999, 0", "1000, 0.5", "1300, 0.75", "1600, 1", "1601, 1", "100000, 1"})
    void opensFromTheStartValueToAllOverItsTime(long second, double open) {
        assertThat(USUAL.openTo(Instant.ofEpochSecond(second))).isEqualTo(open);
    }

    @Test
    void withoutADurationItStaysAtItsStartValue() {
        assertThat(new Rollout(1_000L, 0.2, null).openTo(Instant.ofEpochSecond(9_999)))
                .isEqualTo(0.2);
        assertThat(new Rollout(1_000L, null, null).openTo(Instant.ofEpochSecond(9_999)))
                .isZero();
        assertThat(new Rollout(null, 1.0, null).openTo(Instant.EPOCH)).isEqualTo(1);
        assertThat(new Rollout(null, 1.0, null).isComplete(Instant.EPOCH)).isTrue();
        assertThat(new Rollout(null, 100.0, null).isComplete(Instant.EPOCH)).isTrue();
    }

    @Test
    void noDurationAtAllIsOneMinute() {
        Rollout rollout = new Rollout(1_000L, 0.0, 0L);
        assertThat(rollout.openTo(Instant.ofEpochSecond(1_030))).isEqualTo(0.5);
        assertThat(rollout.openTo(Instant.ofEpochSecond(1_060))).isEqualTo(1);
    }

    @Test
    void beginsAtItsStart() {
        assertThat(USUAL.hasBegun(Instant.ofEpochSecond(999))).isFalse();
        assertThat(USUAL.hasBegun(Instant.ofEpochSecond(1_000))).isTrue();
        assertThat(new Rollout(null, null, null).hasBegun(Instant.EPOCH)).isTrue();
        assertThat(USUAL.isComplete(Instant.ofEpochSecond(1_599))).isFalse();
        assertThat(USUAL.isComplete(Instant.ofEpochSecond(1_600))).isTrue();
    }

    @Test
    void tellsWhenItReachesSomebody() {
        assertThat(USUAL.reaches(0.5)).hasValue(Instant.ofEpochSecond(1_000));
        assertThat(USUAL.reaches(0.75)).hasValue(Instant.ofEpochSecond(1_300));
        assertThat(USUAL.reaches(1)).hasValue(Instant.ofEpochSecond(1_600));
        assertThat(USUAL.reaches(0.7501)).hasValue(Instant.ofEpochSecond(1_301));
        assertThat(new Rollout(1_000L, 0.2, null).reaches(0.3))
                .as("it stands still")
                .isEmpty();
        assertThat(new Rollout(1_000L, 0.2, null).reaches(0.2)).hasValue(Instant.ofEpochSecond(1_000));
        assertThat(new Rollout(null, null, 0L).reaches(0.5)).hasValue(Instant.ofEpochSecond(30));
        for (double wariness = 0; wariness <= 1; wariness += 0.01) {
            Instant at = USUAL.reaches(wariness).orElseThrow();
            assertThat(USUAL.openTo(at)).isGreaterThanOrEqualTo(wariness);
        }
    }
}
