package dev.lockkeeper.cincinnati.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WarinessTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "0.000000, 0", "1, 1", "0.5, 0.5", "-1, 0", "2, 1", "1e-3, 0.001", "+.5, 0.5", "1e999, 1"})
    void anExplicitOneWinsWithinItsRange(String explicit, double wariness) {
        assertThat(Wariness.of(explicit, "somebody")).isEqualTo(wariness);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "NaN", "0x1p3", "1d", " 1", "1f", "Infinity", "0,5"})
    void whatIsNoNumberIsAsIfItWereNotThere(String explicit) {
        assertThat(Wariness.of(explicit, "somebody")).isEqualTo(Wariness.of(null, "somebody"));
    }

    @Test
    void whoIsNobodySeesWhatAllSee() {
        assertThat(Wariness.of(null, null)).isEqualTo(1);
        assertThat(Wariness.of("x", "")).isEqualTo(1);
    }

    /** The same in every version: a machine that was let in must not be shut out by an upgrade. */
    @Test
    void theHashOfAnIdIsFixed() {
        assertThat(Wariness.of(null, "978a225b3d7b40e9acd7ce9b62f68444")).isEqualTo(0.43122732574611267);
    }

    @Test
    void hashesSpreadEvenly() {
        double[] all = IntStream.range(0, 10_000)
                .mapToDouble(i -> Wariness.hash("machine-" + i))
                .toArray();
        assertThat(java.util.Arrays.stream(all)).allMatch(w -> w > 0 && w <= 1);
        for (int tenth = 0; tenth < 10; tenth++) {
            double from = tenth / 10.0;
            assertThat(java.util.Arrays.stream(all)
                            .filter(w -> w > from && w <= from + 0.1)
                            .count())
                    .isBetween(850L, 1_150L);
        }
    }
}
