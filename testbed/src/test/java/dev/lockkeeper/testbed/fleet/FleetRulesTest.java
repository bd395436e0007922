package dev.lockkeeper.testbed.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.fleet.FleetRules.Cordon;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FleetRulesTest {
    private static GroupView group(int limit, String... ids) {
        return new GroupView(
                "g",
                7,
                OptionalInt.of(limit),
                Stream.of(ids)
                        .map(id -> new GroupView.Holder(id, "t", "Draining", Optional.empty()))
                        .toList());
    }

    @Test
    void moreHoldersThanSlotsIsAViolation() {
        assertThat(FleetRules.slots(Optional.empty(), group(1, "a"))).isEmpty();
        assertThat(FleetRules.slots(Optional.empty(), group(1, "a", "b"))).isPresent();
        assertThat(FleetRules.slots(Optional.of(group(1, "a")), group(1, "a", "b")))
                .isPresent();
    }

    @Test
    void afterShrinkingOnlyANewHolderIsAViolation() {
        GroupView three = group(3, "a", "b", "c");
        assertThat(FleetRules.slots(Optional.of(three), group(1, "a", "b", "c")))
                .isEmpty();
        assertThat(FleetRules.slots(Optional.of(three), group(1, "a", "b"))).isEmpty();
        assertThat(FleetRules.slots(Optional.of(three), group(1, "a", "d"))).isPresent();
    }

    @Test
    void oneIdTwiceCountsTwice() {
        assertThat(FleetRules.slots(Optional.of(group(1, "a")), group(1, "a", "a")))
                .isPresent();
    }

    @Test
    void readsTheStoredForm() {
        GroupView group = GroupView.of(Serialization.unmarshal("""
                {"apiVersion": "lockkeeper.dev/v1alpha1", "kind": "RebootGroup",
                 "metadata": {"name": "workers", "resourceVersion": "42"},
                 "spec": {"slots": "10%"},
                 "status": {"slots": {"total": 3}, "holders": [
                   {"id": "a", "token": "t1", "phase": "Granted", "node": {"name": "n1"}},
                   {"id": "b", "token": "t2", "phase": "Rebooting"}]}}""", GenericKubernetesResource.class));
        assertThat(group.limit()).hasValue(3);
        assertThat(group.resourceVersion()).isEqualTo(42);
        assertThat(group.holders())
                .containsExactly(
                        new GroupView.Holder("a", "t1", "Granted", Optional.of("n1")),
                        new GroupView.Holder("b", "t2", "Rebooting", Optional.empty()));
    }

    private static PodBuilder pod(String owner) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .withNamespace("ns")
                .endMetadata()
                .withNewStatus()
                .withPhase("Running")
                .endStatus();
        return owner.isEmpty()
                ? pod
                : pod.editMetadata()
                        .addNewOwnerReference()
                        .withKind(owner)
                        .withController(true)
                        .endOwnerReference()
                        .endMetadata();
    }

    @Test
    void podsThatDrainsLeaveAreNotEvictable() {
        Pod own = pod("ReplicaSet")
                .editMetadata()
                .addToLabels("app.kubernetes.io/name", "lockkeeper")
                .endMetadata()
                .build();
        Pod mirror = pod("Node")
                .editMetadata()
                .addToAnnotations("kubernetes.io/config.mirror", "x")
                .endMetadata()
                .build();
        Pod finished = pod("Job").editStatus().withPhase("Failed").endStatus().build();
        assertThat(Stream.of(own, mirror, finished, pod("DaemonSet").build())).noneMatch(FleetRules::evictable);
        assertThat(pod("ReplicaSet").build()).matches(FleetRules::evictable).matches(FleetRules::evictableAndManaged);
        assertThat(pod("").build()).matches(FleetRules::evictable).matches(pod -> !FleetRules.evictableAndManaged(pod));
    }

    private static Node node(boolean cordoned, boolean annotated) {
        NodeBuilder node = new NodeBuilder()
                .withNewMetadata()
                .withName("n")
                .endMetadata()
                .withNewSpec()
                .withUnschedulable(cordoned ? true : null)
                .endSpec();
        return annotated
                ? node.editMetadata()
                        .addToAnnotations(FleetRules.CORDONED, "token")
                        .endMetadata()
                        .build()
                : node.build();
    }

    @Test
    void aGrantNeedsACordonedAndEmptyNode() {
        List<Pod> pods = List.of(pod("ReplicaSet").build());
        assertThat(FleetRules.granted(node(true, true), List.of(), FleetRules::evictable))
                .isEmpty();
        assertThat(FleetRules.granted(node(false, false), List.of(), FleetRules::evictable))
                .isPresent();
        assertThat(FleetRules.granted(node(true, true), pods, FleetRules::evictable)
                        .orElseThrow())
                .contains("ns/p");
    }

    @Test
    void cordonsBelongToWhoMadeThem() {
        assertThat(FleetRules.cordon(node(false, false), Cordon.NONE)).isEmpty();
        assertThat(FleetRules.cordon(node(true, false), Cordon.BY_PERSON)).isEmpty();
        assertThat(FleetRules.cordon(node(true, true), Cordon.BY_LOCKKEEPER)).isEmpty();
        assertThat(FleetRules.cordon(node(true, false), Cordon.NONE)).isPresent();
        assertThat(FleetRules.cordon(node(false, true), Cordon.NONE)).isPresent();
        assertThat(FleetRules.cordon(node(true, true), Cordon.BY_PERSON)).isPresent();
        assertThat(FleetRules.cordon(node(false, false), Cordon.BY_PERSON)).isPresent();
    }
}
