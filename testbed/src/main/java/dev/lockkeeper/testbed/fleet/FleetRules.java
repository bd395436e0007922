package dev.lockkeeper.testbed.fleet;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What a watcher holds against the operator: sentences about broken promises, empty if all is well. */
public final class FleetRules {
    static final String CORDONED = "lockkeeper.dev/cordoned";
    private static final Set<String> FINISHED = Set.of("Succeeded", "Failed");

    private FleetRules() {}

    /** How a node should be cordoned in the end. */
    public enum Cordon {
        NONE,
        BY_PERSON,
        /** As on a parked machine, with Lockkeeper's annotation. */
        BY_LOCKKEEPER
    }

    /**
     * Whether every drain must have moved this pod: neither a DaemonSet's, nor a mirror pod, nor finished, nor
     * Lockkeeper's own.
     */
    public static boolean evictable(Pod pod) {
        Map<String, String> annotations = orEmpty(pod.getMetadata().getAnnotations());
        Map<String, String> labels = orEmpty(pod.getMetadata().getLabels());
        return !annotations.containsKey("kubernetes.io/config.mirror")
                && !FINISHED.contains(pod.getStatus().getPhase())
                && !"lockkeeper".equals(labels.get("app.kubernetes.io/name"))
                && controller(pod).filter("DaemonSet"::equals).isEmpty();
    }

    /** The same, but without bare pods, which {@code unmanaged: Leave} (the default) leaves on the node. */
    public static boolean evictableAndManaged(Pod pod) {
        return evictable(pod) && controller(pod).isPresent();
    }

    private static Optional<String> controller(Pod pod) {
        return pod.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getKind)
                .findFirst();
    }

    /** Judges a stored version of a group by the one before it; the first version is judged alone. */
    static Optional<String> slots(Optional<GroupView> before, GroupView now) {
        boolean onlyFromBefore = before.isPresent()
                && before.get().ids().containsAll(now.ids())
                && now.holders().size() <= before.get().holders().size();
        return now.overLimit() && !onlyFromBefore
                ? Optional.of("RebootGroup %s has %d holders of %d slots at resourceVersion %d: %s."
                        .formatted(
                                now.name(),
                                now.holders().size(),
                                now.limit().getAsInt(),
                                now.resourceVersion(),
                                now.holders()))
                : Optional.empty();
    }

    /** Judges a node and the pods on it at the moment of a grant. */
    static Optional<String> granted(Node node, List<Pod> pods, Predicate<Pod> evictable) {
        if (!cordoned(node)) {
            return Optional.of("Node %s was told to reboot and is not cordoned."
                    .formatted(node.getMetadata().getName()));
        }
        return emptied(node.getMetadata().getName(), pods, evictable);
    }

    static Optional<String> emptied(String node, List<Pod> pods, Predicate<Pod> evictable) {
        List<String> left = pods.stream()
                .filter(evictable)
                .map(pod -> pod.getMetadata().getNamespace() + "/"
                        + pod.getMetadata().getName())
                .sorted()
                .toList();
        return left.isEmpty() ? Optional.empty() : Optional.of("Node %s still has %s.".formatted(node, left));
    }

    static Optional<String> cordon(Node node, Cordon expected) {
        boolean annotated = orEmpty(node.getMetadata().getAnnotations()).containsKey(CORDONED);
        boolean right = cordoned(node) == (expected != Cordon.NONE) && annotated == (expected == Cordon.BY_LOCKKEEPER);
        return right
                ? Optional.empty()
                : Optional.of("Node %s should be cordoned %s and is %s, %s the annotation %s."
                        .formatted(
                                node.getMetadata().getName(),
                                expected,
                                cordoned(node) ? "cordoned" : "not cordoned",
                                annotated ? "with" : "without",
                                CORDONED));
    }

    private static boolean cordoned(Node node) {
        return Boolean.TRUE.equals(node.getSpec().getUnschedulable());
    }

    private static Map<String, String> orEmpty(Map<String, String> map) {
        return map == null ? Map.of() : map;
    }
}
