package dev.lockkeeper.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class OsVersionTest {

    @ParameterizedTest
    @CsvSource({
        "44.20260707.3.1, 44.20260621.3.1",
        "44.20260101.3.0, 43.20261231.3.9",
        "44.20260707.10.0, 44.20260707.9.9",
        "44.20260707.3.10, 44.20260707.3.9",
        "100.1.1.1, 44.1.1.1",
        "44.20260707.3.4294967296, 44.20260707.3.4294967295"
    })
    void ordersByNumbers(String newer, String older) {
        assertThat(version(newer)).isGreaterThan(version(older));
        assertThat(version(older)).isLessThan(version(newer));
    }

    @Test
    void leadingZerosDoNotMatter() {
        assertThat(version("44.20260707.3.01")).isEqualByComparingTo(version("44.20260707.3.1"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "44",
                "44.20260707.3",
                "44.20260707.3.1.1",
                "44.20260707.dev.1",
                "v44.20260707.3.1",
                " 44.1.1.1",
                "44..3.1",
                "44.-1.3.1",
                "٤٤.1.1.1"
            })
    void whatIsNotFourNumbersCannotBeCompared(String text) {
        assertThat(OsVersion.parse(text)).isEmpty();
    }

    private static OsVersion version(String text) {
        return OsVersion.parse(text).orElseThrow();
    }
}
