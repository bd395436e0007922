package dev.lockkeeper.operator.kube;

import dev.lockkeeper.operator.lock.GroupStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings conditions into those that a status has: the time of each moves only when its status flips, others stay. */
final class Conditions {

    private Conditions() {}

    static List<Condition> merge(
            List<Condition> old, List<GroupStatus.Condition> conditions, long generation, Instant now) {
        List<Condition> merged = new ArrayList<>(old == null ? List.of() : old);
        for (GroupStatus.Condition condition : conditions) {
            String status = condition.status() ? "True" : "False";
            Optional<Condition> before = merged.stream()
                    .filter(c -> c.getType().equals(condition.type()))
                    .findFirst();
            String since = before.filter(c -> c.getStatus().equals(status))
                    .map(Condition::getLastTransitionTime)
                    .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
            Condition next = new ConditionBuilder()
                    .withType(condition.type())
                    .withStatus(status)
                    .withReason(condition.reason())
                    .withMessage(condition.message())
                    .withLastTransitionTime(since)
                    .withObservedGeneration(generation)
                    .build();
            before.ifPresentOrElse(b -> merged.set(merged.indexOf(b), next), () -> merged.add(next));
        }
        return merged;
    }
}
