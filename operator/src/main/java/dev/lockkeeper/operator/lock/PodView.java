package dev.lockkeeper.operator.lock;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a drain needs to know of one Pod.
 *
 * @param phase Pending, Running, Succeeded, Failed or Unknown
 * @param controllerKind kind of the owner that would start it again, null for a bare pod
 * @param mirror whether it only shows a static pod, which the API cannot stop
 * @param deletionTimestamp when its grace ends, once it is terminating; else null
 * @param deletionGraceSeconds how long that grace is, null unless terminating
 * @param priority higher is more important
 */
public record PodView(
        String namespace,
        String name,
        String uid,
        String resourceVersion,
        Map<String, String> labels,
        String phase,
        String controllerKind,
        boolean mirror,
        boolean hasEmptyDir,
        Instant deletionTimestamp,
        Long deletionGraceSeconds,
        List<String> finalizers,
        int priority) {

    public PodView {
        labels = Map.copyOf(labels);
        finalizers = List.copyOf(finalizers);
    }

    /** {@code namespace/name}. */
    public String fullName() {
        return namespace + "/" + name;
    }

    boolean isFinished() {
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    boolean isTerminating() {
        return deletionTimestamp != null;
    }
}
