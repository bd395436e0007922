package dev.lockkeeper.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.lock.NodeView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeViewsTest {

    @Test
    void readsANode() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("worker-1")
                .withUid("u1")
                .withResourceVersion("7")
                .addToLabels("pool", "blue")
                .addToAnnotations("lockkeeper.dev/cordoned", "token")
                .addToAnnotations("lockkeeper.dev/paused", "disk swap")
                .endMetadata()
                .withNewSpec()
                .withUnschedulable(true)
                .endSpec()
                .withNewStatus()
                .withNewNodeInfo()
                .withMachineID("m")
                .withSystemUUID("s")
                .withBootID("b")
                .withOsImage("Fedora CoreOS 44.20260707.3.1")
                .endNodeInfo()
                .addNewCondition()
                .withType("MemoryPressure")
                .withStatus("False")
                .endCondition()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withLastTransitionTime("2026-07-07T10:00:00Z")
                .withLastHeartbeatTime("2026-07-07T10:05:00Z")
                .endCondition()
                .endStatus()
                .build();

        assertThat(NodeViews.of(node))
                .isEqualTo(new NodeView(
                        "worker-1",
                        "u1",
                        "7",
                        Map.of("pool", "blue"),
                        "m",
                        "s",
                        "b",
                        "Fedora CoreOS 44.20260707.3.1",
                        true,
                        Instant.parse("2026-07-07T10:00:00Z"),
                        Instant.parse("2026-07-07T10:05:00Z"),
                        true,
                        "token",
                        "disk swap"));
    }

    @Test
    void aNodeThatHasReportedNothingIsNotReady() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("worker-1")
                .withUid("u1")
                .withResourceVersion("7")
                .endMetadata()
                .build();

        assertThat(NodeViews.of(node))
                .isEqualTo(new NodeView(
                        "worker-1", "u1", "7", Map.of(), null, null, null, null, false, null, null, false, null, null));
    }

    @Test
    void unknownIsNotReady() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("worker-1")
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("Unknown")
                .endCondition()
                .endStatus()
                .build();

        assertThat(NodeViews.of(node).ready()).isFalse();
    }
}
