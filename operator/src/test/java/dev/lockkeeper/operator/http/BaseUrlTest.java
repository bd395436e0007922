package dev.lockkeeper.operator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Under which address agents are sent here. */
class BaseUrlTest {

    private static Optional<String> reached(String... hosts) {
        return BaseUrl.reached(false, List.of(hosts)).map(BaseUrl::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.3.0.15",
                "10.3.0.15:8080",
                "lockkeeper",
                "LockKeeper.Example.org:65535",
                "a-b.c--d.e",
                "1node",
                "3com.example",
                "xn--bcher-kva.example",
                "[::1]:8080",
                "[fd00:10:3::f]",
                "[::ffff:10.3.0.15]",
                "255.255.255.255:1"
            })
    void theHostIsTakenAsItWasSent(String host) {
        assertThat(reached(host)).hasValue("http://" + host + "/");
        assertThat(BaseUrl.reached(true, List.of(host))).hasToString("Optional[https://" + host + "/]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a\tb",
                "a\"b",
                "a\\b",
                "a'b",
                "a#b",
                "a/b",
                "a?b",
                "a@b",
                "a:b@c",
                "user:password@10.3.0.15",
                "a,b",
                "a;b",
                "a%2fb",
                "${basearch}",
                "{a}",
                "a\u0000",
                "a\nb",
                "bücher.example",
                "a_b",
                ".a",
                "a.",
                "a..b",
                "-a",
                "a-",
                ":80",
                "a:",
                "a:0",
                "a:080",
                "a:65536",
                "a:999999",
                "a:8o",
                "a:80:80",
                "a:-1",
                "256.1.1.1",
                "10.3.15",
                "10.3.0.015",
                "2130706433",
                "0x7f.1",
                "0x7f000001",
                "a.1",
                "[::1",
                "::1",
                "[]",
                "[:]",
                "[1:2]",
                "[10.3.0.15]",
                "[fe80::1%25eth0]",
                "[fe80::1%eth0]",
                "[::1]x",
                "[::g]",
                "http://10.3.0.15"
            })
    void aHostThatIsNoneIsRefused(String host) {
        assertThat(reached(host)).isEmpty();
        assertThat(BaseUrl.parse("http://" + host + "/").map(BaseUrl::authority))
                .as("in a URL, what follows the first slash is a path")
                .isIn(Optional.empty(), Optional.of("a"), Optional.of("http"));
    }

    @Test
    void noneAndTwoHostsAreRefused() {
        assertThat(reached()).isEmpty();
        assertThat(reached("10.3.0.15", "10.3.0.15")).isEmpty();
    }

    @Test
    void namesAndLabelsMayBeAsLongAsNamesAre() {
        String label = "a".repeat(63);
        assertThat(reached(label)).isPresent();
        assertThat(reached(label + "a")).isEmpty();
        String longest = String.join(".", label, label, label, "a".repeat(61));
        assertThat(longest).hasSize(253);
        assertThat(reached(longest)).isPresent();
        assertThat(reached(longest + "a")).isEmpty();
        assertThat(reached("a.".repeat(4_000) + "a")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://10.3.0.15                      | http://10.3.0.15/
            http://10.3.0.15/                     | http://10.3.0.15/
            HTTPS://lockkeeper.example.org        | https://lockkeeper.example.org/
            https://lockkeeper.example.org:8443/  | https://lockkeeper.example.org:8443/
            https://example.org/fleet             | https://example.org/fleet/
            https://example.org/a/b-c_d~1.2/      | https://example.org/a/b-c_d~1.2/
            http://[fd00::1]:8080                 | http://[fd00::1]:8080/
            """)
    void aUrlEndsInASlash(String given, String url) {
        assertThat(BaseUrl.parse(given)).map(BaseUrl::toString).hasValue(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.3.0.15",
                "http:/10.3.0.15",
                "http:///v1/",
                "ftp://a/",
                "https://a/?x=1",
                "https://a/#x",
                "https://user:secret@a/",
                "https://a//",
                "https://a/../b/",
                "https://a/.b/",
                "https://a/${group}/",
                "https://a/b c/",
                "https://a/%2f/",
                "https://a/\"/",
                " https://a/",
                "https://a/\n"
            })
    void aUrlThatAgentsCannotBeGivenIsNone(String url) {
        assertThat(BaseUrl.parse(url)).isEmpty();
    }

    @Test
    void aUrlIsNoLongerThanAnybodyNeeds() {
        assertThat(BaseUrl.parse("https://a/" + "b".repeat(1_014))).isPresent();
        assertThat(BaseUrl.parse("https://a/" + "b".repeat(1_015))).isEmpty();
    }
}
