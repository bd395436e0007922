package dev.lockkeeper.testbed.fleet;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One stored version of a RebootGroup, as far as a watcher from outside needs it.
 *
 * @param limit the slots that it allows; unknown for a percentage whose total nobody has written yet
 */
public record GroupView(String name, long resourceVersion, OptionalInt limit, List<Holder> holders) {
    /** One entry of {@code status.holders}; the node is absent for a machine that is none. */
    public record Holder(String id, String token, String phase, Optional<String> node) {}

    static GroupView of(GenericKubernetesResource group) {
        List<Map<String, Object>> holders = group.get("status", "holders");
        return new GroupView(
                group.getMetadata().getName(),
                Long.parseLong(group.getMetadata().getResourceVersion()),
                limit(group.get("spec", "slots"), group.get("status", "slots", "total")),
                holders == null
                        ? List.of()
                        : holders.stream().map(GroupView::holder).toList());
    }

    private static OptionalInt limit(Object slots, Object total) {
        if (slots instanceof Integer number) {
            return OptionalInt.of(number);
        }
        return total instanceof Integer number ? OptionalInt.of(number) : OptionalInt.empty();
    }

    private static Holder holder(Map<String, Object> holder) {
        Optional<String> node = holder.get("node") instanceof Map<?, ?> map && map.get("name") != null
                ? Optional.of(map.get("name").toString())
                : Optional.empty();
        return new Holder(text(holder, "id"), text(holder, "token"), text(holder, "phase"), node);
    }

    private static String text(Map<String, Object> map, String key) {
        return String.valueOf(map.get(key));
    }

    boolean overLimit() {
        return limit.isPresent() && holders.size() > limit.getAsInt();
    }

    Set<String> ids() {
        return holders.stream().map(Holder::id).collect(Collectors.toSet());
    }
}
