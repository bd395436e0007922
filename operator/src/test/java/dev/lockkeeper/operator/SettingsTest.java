package dev.lockkeeper.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    static Settings settings(String... keysAndValues) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder().withMapping(Settings.class);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            builder.withDefaultValue(keysAndValues[i], keysAndValues[i + 1]);
        }
        SmallRyeConfig config = builder.build();
        return config.getConfigMapping(Settings.class);
    }

    @Test
    void withoutAnySettingTheDefaultsHold() {
        Settings settings = settings();
        assertThat(SettingsCheck.faults(settings)).isEmpty();
        assertThat(settings.agent().maxHold()).isEqualTo(Duration.ofMinutes(20));
        assertThat(settings.testing().haltAt()).isEmpty();
        assertThat(settings.replica())
                .endsWith("-" + ProcessHandle.current().pid())
                .isEqualTo(settings.replica());
    }

    @Test
    void whatIsSetHolds() {
        Settings settings = settings("lockkeeper.agent.max-hold", "PT5M", "lockkeeper.replica", "one");
        assertThat(settings.agent().maxHold()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.replica()).isEqualTo("one");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            namespace              | Kube_System | must be the name of a namespace (a DNS label)
            agent.max-hold         | PT30M       | must be PT0S to PT29M
            agent.max-hold         | PT-1S       | must be PT0S to PT29M
            agent.ask-timeout      | PT0S        | must be PT1S to PT24H
            agent.waiting-window   | PT25H       | must be PT1S to PT24H
            agent.public-url       | 10.3.0.15   | must be http or https, a host, and no more than a port and a plain path
            agent.public-url       | http://a/?b | must be http or https, a host, and no more than a port and a plain path
            agent.wrong-passwords  | -1          | must be 0 to 10000
            agent.tls.reload-interval | PT61S    | must be PT0.1S to PT1M
            drain.retry-interval   | PT0S        | must be PT0.1S to PT5M
            drain.status-interval  | PT11M       | must be PT0S to PT10M
            okd.pass-interval      | PT2M        | must be PT0.1S to PT1M
            okd.pool-windows       | true        | must be false unless okd.enabled is true
            drain.backoff          | PT0S        | must be PT1S to PT24H
            drain.backoff-cap      | PT1M        | must be at least drain.backoff, which is PT30M
            store.timeout          | PT0S        | must be PT0.1S to PT1M
            store.tries            | 0           | must be 1 to 100
            leader.renew-deadline  | PT15S       | must be less than leader.lease-duration, which is PT15S
            leader.retry-period    | PT10S       | must be less than leader.renew-deadline, which is PT10S
            leader.lease-duration  | PT6M        | must be PT1S to PT5M
            event.refused-interval | PT0S        | must be PT1S to P7D
            graph.read-interval    | PT20S       | must be PT0.1S to PT15S
            graph.trusted-for      | PT0S        | must be PT1S to PT5M
            graph.fetch-timeout    | PT11M       | must be PT0.1S to PT10M
            graph.max-bytes        | 10          | must be 1024 to 268435456
            machine.pass-interval  | PT0S        | must be PT0.1S to PT5M
            machine.seen-interval  | PT0S        | must be PT1S to P1D
            machine.silent-after   | PT2H        | must be more than machine.seen-interval, which is PT2H
            machine.forget-after   | PT4H        | must be at least machine.silent-after, which is PT5H
            machine.most-others    | -1          | must be 0 to 10000
            machine.offer-patience | PT0S        | must be PT1S to P7D
            """)
    void whatIsOutOfBoundsIsNamed(String name, String value, String rule) {
        assertThat(SettingsCheck.faults(settings("lockkeeper." + name, value)))
                .singleElement()
                .asString()
                .startsWith("Setting lockkeeper." + name + " is '")
                .contains(rule);
    }

    @Test
    void anAddressForAgentsIsTakenAndAPasswordInItIsNotShown() {
        assertThat(SettingsCheck.faults(settings("lockkeeper.agent.public-url", "https://lockkeeper.example.org/a")))
                .isEmpty();
        assertThat(SettingsCheck.faults(settings("lockkeeper.agent.public-url", "https://a:hunter2@b/")))
                .singleElement()
                .asString()
                .startsWith("Setting lockkeeper.agent.public-url is '...' and must be")
                .doesNotContain("hunter2");
    }

    @Test
    void tlsNeedsBothOfItsFiles() {
        String certificate = "lockkeeper.agent.tls.certificate";
        String key = "lockkeeper.agent.tls.key";
        assertThat(SettingsCheck.faults(settings(certificate, "tls.crt", key, "tls.key")))
                .isEmpty();
        assertThat(SettingsCheck.faults(settings(certificate, "", key, ""))).isEmpty();
        assertThat(SettingsCheck.faults(settings(certificate, "tls.crt")))
                .containsExactly(
                        "Setting lockkeeper.agent.tls.certificate is set and lockkeeper.agent.tls.key is not: set"
                                + " both for TLS, or neither for plain HTTP.");
        assertThat(SettingsCheck.faults(settings(certificate, "", key, "tls.key")))
                .containsExactly(
                        "Setting lockkeeper.agent.tls.key is set and lockkeeper.agent.tls.certificate is not: set"
                                + " both for TLS, or neither for plain HTTP.");
    }

    @Test
    void aStartWithAWrongSettingEndsWithTheSentences() {
        Settings settings = settings("lockkeeper.store.tries", "0", "lockkeeper.drain.retry-interval", "PT6M");
        assertThatThrownBy(() -> new SettingsCheck().check(null, settings))
                .hasMessage(
                        "Setting lockkeeper.drain.retry-interval is 'PT6M' and must be PT0.1S to PT5M: correct it or leave it out."
                                + " Setting lockkeeper.store.tries is '0' and must be 1 to 100: correct it or leave it out.");
    }
}
