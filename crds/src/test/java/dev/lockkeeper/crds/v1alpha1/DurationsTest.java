package dev.lockkeeper.crds.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S, 0s",
        "90s, PT1M30S, 1m30s",
        "30m, PT30M, 30m",
        "1h30m, PT1H30M, 1h30m",
        "72h, PT72H, 72h",
        "1h5s, PT1H5S, 1h5s",
        "01h, PT1H, 1h",
        "999999h59m59s, PT999999H59M59S, 999999h59m59s",
    })
    void readsAndWrites(String text, Duration duration, String shortest) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
        assertThat(Durations.format(duration)).isEqualTo(shortest);
        assertThat(Durations.parse(shortest)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0",
                "5",
                "-5m",
                "+5m",
                "5 m",
                "30M",
                "1d",
                "1.5h",
                "100ms",
                "30m1h",
                "5s5s",
                "h",
                "1h ",
                "5m\n",
                "1000000h",
                "PT5M",
                "\u0665m"
            })
    void refusesWhatTheApiRefuses(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessageContaining("'" + text + "'")
                .withMessageContaining("such as 30m or 1h30m");
    }

    @Test
    void cutsFractionsOfASecond() {
        assertThat(Durations.format(Duration.ofMillis(1999))).isEqualTo("1s");
    }

    @Test
    void writesNothingThatItCannotRead() {
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.format(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.format(Duration.ofHours(1_000_000)));
    }
}
