package dev.lockkeeper.operator.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.7, 10.0.0.7",
        "::ffff:10.0.0.7, 10.0.0.7",
        "2001:db8:1:2:3:4:5:6, 2001:0db8:0001:0002::/64",
        "2001:db8:1:2::9, 2001:0db8:0001:0002::/64",
        "2001:db8:1:3::9, 2001:0db8:0001:0003::/64",
        "fe80::1%eth0, fe80:0000:0000:0000::/64",
        "nonsense, an unknown address"
    })
    void isWhatOneMachineCannotChooseFreely(String address, String source) {
        assertThat(Source.of(address)).isEqualTo(source);
    }

    @Test
    void aConnectionWithoutAnAddressHasOneAllTheSame() {
        assertThat(Source.of(null)).isEqualTo("an unknown address");
    }
}
