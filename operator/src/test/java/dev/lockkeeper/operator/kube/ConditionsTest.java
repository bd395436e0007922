package dev.lockkeeper.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.lock.GroupStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {

    private static final Instant T0 = Instant.parse("2026-07-10T12:00:00.987Z");
    private static final Instant LATER = T0.plusSeconds(60);

    private static GroupStatus.Condition ready(boolean status, String reason) {
        return new GroupStatus.Condition("Ready", status, reason, "because of " + reason);
    }

    private static List<Condition> merge(List<Condition> old, Instant now, GroupStatus.Condition... conditions) {
        return Conditions.merge(old, List.of(conditions), 7, now);
    }

    @Test
    void aNewOneBeginsNowInWholeSeconds() {
        Condition ready = merge(null, T0, ready(true, "Serving")).getFirst();
        assertThat(ready.getType()).isEqualTo("Ready");
        assertThat(ready.getStatus()).isEqualTo("True");
        assertThat(ready.getReason()).isEqualTo("Serving");
        assertThat(ready.getMessage()).isEqualTo("because of Serving");
        assertThat(ready.getObservedGeneration()).isEqualTo(7);
        assertThat(ready.getLastTransitionTime()).isEqualTo("2026-07-10T12:00:00Z");
    }

    @Test
    void itsTimeMovesOnlyWhenItsStatusFlips() {
        List<Condition> first = merge(null, T0, ready(false, "NoPassword"));
        List<Condition> second = merge(first, LATER, ready(false, "NotServing"));
        assertThat(second.getFirst().getReason()).isEqualTo("NotServing");
        assertThat(second.getFirst().getLastTransitionTime()).isEqualTo("2026-07-10T12:00:00Z");
        assertThat(merge(second, LATER, ready(true, "Serving")).getFirst().getLastTransitionTime())
                .isEqualTo("2026-07-10T12:01:00Z");
    }

    @Test
    void othersStayAndTheOrderToo() {
        List<Condition> first = merge(
                null, T0, ready(true, "Serving"), new GroupStatus.Condition("Degraded", false, "AsExpected", "-"));
        List<Condition> second = merge(first, LATER, ready(false, "Deleting"));
        assertThat(second).extracting(Condition::getType).containsExactly("Ready", "Degraded");
        assertThat(second.getLast()).isEqualTo(first.getLast());
    }
}
