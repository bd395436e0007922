package dev.lockkeeper.operator.kube;

import dev.lockkeeper.operator.lock.NodeView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Reads a Node into the record that decisions are made on. */
public final class NodeViews {

    private NodeViews() {}

    public static NodeView of(Node node) {
        ObjectMeta meta = node.getMetadata();
        Map<String, String> annotations = meta.getAnnotations() == null ? Map.of() : meta.getAnnotations();
        Optional<NodeSystemInfo> info = Optional.ofNullable(node.getStatus()).map(NodeStatus::getNodeInfo);
        Optional<NodeCondition> ready = ready(node);
        return new NodeView(
                meta.getName(),
                meta.getUid(),
                meta.getResourceVersion(),
                meta.getLabels() == null ? Map.of() : Map.copyOf(meta.getLabels()),
                info.map(NodeSystemInfo::getMachineID).orElse(null),
                info.map(NodeSystemInfo::getSystemUUID).orElse(null),
                info.map(NodeSystemInfo::getBootID).orElse(null),
                info.map(NodeSystemInfo::getOsImage).orElse(null),
                ready.map(c -> "True".equals(c.getStatus())).orElse(false),
                ready.map(NodeCondition::getLastTransitionTime)
                        .map(Instant::parse)
                        .orElse(null),
                ready.map(NodeCondition::getLastHeartbeatTime)
                        .map(Instant::parse)
                        .orElse(null),
                node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable()),
                annotations.get(NodeView.CORDONED),
                GroupMapping.pausedReason(annotations.get(NodeView.PAUSED)));
    }

    private static Optional<NodeCondition> ready(Node node) {
        if (node.getStatus() == null || node.getStatus().getConditions() == null) {
            return Optional.empty();
        }
        return node.getStatus().getConditions().stream()
                .filter(c -> "Ready".equals(c.getType()))
                .findFirst();
    }
}
