package dev.lockkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.protocol.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalFilterTest {

    private final TestingClock clock = new TestingClock();
    private final RefusalFilter filter = new RefusalFilter(clock, Duration.ofHours(1));

    @Test
    void letsTheFirstOfAKindPerMachineThrough() {
        assertThat(filter.lets("a", Kind.LOCK_HELD)).isTrue();
        assertThat(filter.lets("a", Kind.LOCK_HELD)).isFalse();
        assertThat(filter.lets("a", Kind.PAUSED)).isTrue();
        assertThat(filter.lets("b", Kind.LOCK_HELD)).isTrue();
    }

    @Test
    void theIntervalRunsFromTheOneThatCameThrough() {
        assertThat(filter.lets("a", Kind.LOCK_HELD)).isTrue();
        clock.advance(Duration.ofMinutes(59));
        assertThat(filter.lets("a", Kind.LOCK_HELD)).isFalse();
        clock.advance(Duration.ofMinutes(1));
        assertThat(filter.lets("a", Kind.LOCK_HELD)).isTrue();
        assertThat(filter.lets("a", Kind.LOCK_HELD)).isFalse();
    }

    @Test
    void forgetsTheOldestFirst() {
        for (int i = 0; i <= RefusalFilter.REMEMBERED; i++) {
            assertThat(filter.lets("m" + i, Kind.LOCK_HELD)).isTrue();
        }
        assertThat(filter.lets("m1", Kind.LOCK_HELD)).isFalse();
        assertThat(filter.lets("m0", Kind.LOCK_HELD)).isTrue();
        assertThat(filter.lets("m1", Kind.LOCK_HELD)).isTrue();
    }
}
