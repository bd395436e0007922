package dev.lockkeeper.cincinnati.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.policy.OfferPace.Open;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OfferPaceTest {

    private static final Instant NOW = Instant.parse("2026-07-22T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Open FRESH = new Open(NOW.minusSeconds(60), null, false);

    private static boolean allows(int slots, List<Open> open) {
        return OfferPace.allows(slots, open, HOUR, NOW);
    }

    @Test
    void twiceTheSlotsAndTwo() {
        assertThat(allows(1, Collections.nCopies(3, FRESH))).isTrue();
        assertThat(allows(1, Collections.nCopies(4, FRESH))).isFalse();
        assertThat(allows(3, Collections.nCopies(7, FRESH))).isTrue();
        assertThat(allows(3, Collections.nCopies(8, FRESH))).isFalse();
    }

    @Test
    void whatIsWithdrawnOrForgottenDoesNotCount() {
        Open withdrawn = new Open(NOW, NOW, true);
        Open forgotten = new Open(NOW.minus(HOUR), null, false);
        Open almost = new Open(NOW.minus(HOUR).plusSeconds(1), null, false);
        Open asked = new Open(NOW.minus(HOUR.multipliedBy(9)), NOW.minus(HOUR.multipliedBy(8)), false);
        List<Open> three = Collections.nCopies(3, FRESH);
        assertThat(allows(1, plus(three, withdrawn))).isTrue();
        assertThat(allows(1, plus(three, forgotten))).isTrue();
        assertThat(allows(1, plus(three, almost))).isFalse();
        assertThat(allows(1, plus(three, asked))).isFalse();
    }

    private static List<Open> plus(List<Open> open, Open one) {
        return Stream.concat(open.stream(), Stream.of(one)).toList();
    }
}
