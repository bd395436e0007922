package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingGroup.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SightsTest {

    private Instant now = T0;
    private final Sights sights = new Sights(new Clock() {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    private static Holder holder(Phase phase, Instant since, Instant askedAt) {
        return TestingGroup.holder("a", "token-a", null, phase, since, askedAt);
    }

    private GroupView look(Holder... holders) {
        GroupView group = new TestingGroup("workers").holders(holders).view();
        sights.look(group);
        return group;
    }

    @Test
    void whatIsThereAtTheFirstLookCountsAsStoredButNeverAsLaterThanNow() {
        Holder old = holder(Phase.REBOOTING, T0.minusSeconds(60), T0.plusSeconds(600));
        GroupView group = look(old);
        assertThat(sights.phase(group, old)).isEqualTo(T0.minusSeconds(60));
        assertThat(sights.asked(group, old)).isEqualTo(T0);
    }

    /** The replica that granted may be 16 minutes behind: the leader would take its slots back at once. */
    @Test
    void whatAppearsLaterCountsFromItsFirstSight() {
        look();
        now = T0.plusSeconds(5);
        Holder behind = holder(Phase.DRAINING, T0.minus(Duration.ofMinutes(16)), T0.minus(Duration.ofMinutes(16)));
        GroupView group = look(behind);
        now = T0.plusSeconds(50);
        look(behind);
        assertThat(sights.phase(group, behind)).isEqualTo(T0.plusSeconds(5));
        assertThat(sights.asked(group, behind)).isEqualTo(T0.plusSeconds(5));
    }

    @Test
    void aNewPhaseAndANewAskingCountAnew() {
        look(holder(Phase.DRAINING, T0, T0));
        now = T0.plusSeconds(10);
        Holder asked = holder(Phase.DRAINING, T0, T0.plusSeconds(3));
        GroupView group = look(asked);
        assertThat(sights.phase(group, asked)).isEqualTo(T0);
        assertThat(sights.asked(group, asked)).isEqualTo(T0.plusSeconds(10));
        now = T0.plusSeconds(20);
        Holder granted = holder(Phase.GRANTED, T0.plusSeconds(4), T0.plusSeconds(3));
        group = look(granted);
        assertThat(sights.phase(group, granted)).isEqualTo(T0.plusSeconds(20));
        assertThat(sights.asked(group, granted)).isEqualTo(T0.plusSeconds(10));
    }
}
