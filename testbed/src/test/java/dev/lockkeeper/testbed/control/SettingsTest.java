package dev.lockkeeper.testbed.control;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void aHeartbeatThatWouldChangeNothingIsRefused() {
        assertThatThrownBy(() ->
                        ControlPlane.builder().heartbeat(Duration.ofMillis(900)).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heartbeat");
    }

    @Test
    void nodesThatWouldFlapAreRefused() {
        assertThatThrownBy(() -> ControlPlane.builder()
                        .nodeMonitorGrace(Duration.ofSeconds(20))
                        .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nodeMonitorGrace")
                .hasMessageContaining("40 s");
    }

    @Test
    void leasesOfLessThanFourSecondsAreRefused() {
        assertThatThrownBy(() -> ControlPlane.builder().leaseSeconds(3).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leaseSeconds is 3");
    }
}
