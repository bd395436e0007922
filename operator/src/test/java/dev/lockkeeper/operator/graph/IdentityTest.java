package dev.lockkeeper.operator.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.Membership;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.TestingGroup;
import dev.lockkeeper.operator.lock.TestingNodes;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentityTest {

    private static final NodeView NODE = TestingGroup.node("worker-1", "kubernetes.io/arch", "amd64", null);

    private final TestingNodes nodes = new TestingNodes();
    private boolean password = true;

    private Identity of(String id, String group, String architecture, Policies policies, GroupView... groups) {
        nodes.show(NODE);
        return Identity.of(
                new Identity.Said(id, group, architecture, "stable", null),
                new Membership(List.of(groups)),
                nodes,
                policies,
                _ -> password);
    }

    private static GroupView group(String name) {
        return new TestingGroup(name).view();
    }

    private static Policies naming(String group) {
        return TestingState.usual().pin("pin", null, Set.of(group), "1").state().policies();
    }

    @Test
    void aNodeOfAGroupIsKnownByItsName() {
        Identity who = of("worker-1", "workers", "x86_64", Policies.NONE, group("workers"));
        assertThat(who.record()).isEqualTo("worker-1");
        assertThat(who.group().name()).isEqualTo("workers");
        assertThat(who.denial()).isNull();
    }

    @Test
    void theLocksProtocolNamesNoArchitecture() {
        assertThat(of("worker-1", "workers", null, Policies.NONE, group("workers"))
                        .denial())
                .isNull();
    }

    @Test
    void whoSaysAnotherArchitectureIsAStranger() {
        Identity who = of("worker-1", "workers", "s390x", Policies.NONE, group("workers"));
        assertThat(who.record()).isNull();
        assertThat(who.denial()).contains("is of architecture x86_64, and the agent says s390x");
    }

    @Test
    void whoSaysAnotherReleaseOrStreamThanTheKubeletIsAStranger() {
        assertThat(of("44.20260707.3.1", "stable").record()).isEqualTo("worker-1");
        Identity other = of("44.20260721.3.0", "stable");
        assertThat(other.record()).isNull();
        assertThat(other.denial())
                .isEqualTo("Node worker-1 runs 44.20260707.3.1 as its kubelet says, and the agent says 44.20260721.3.0:"
                        + " nothing is offered until they agree.");
        Identity rebased = of("44.20260707.3.1", "testing");
        assertThat(rebased.record()).isNull();
        assertThat(rebased.denial()).contains("which is of stream stable, and the agent says testing");
    }

    private Identity of(String version, String stream) {
        nodes.show(NODE);
        return Identity.of(
                new Identity.Said("worker-1", "workers", "x86_64", stream, version),
                new Membership(List.of(group("workers"))),
                nodes,
                Policies.NONE,
                _ -> true);
    }

    @Test
    void withoutThePasswordNothingIsEvidence() {
        password = false;
        assertThat(of("worker-1", "workers", "x86_64", Policies.NONE, group("workers"))
                        .record())
                .isNull();
        GroupView others = new TestingGroup("boxes").others().view();
        assertThat(of("a-box", "boxes", "x86_64", Policies.NONE, others).record())
                .isNull();
        password = true;
        assertThat(of("a-box", "boxes", "x86_64", Policies.NONE, others).record())
                .isEqualTo("id-a-box");
    }

    @Test
    void anIdThatMatchesNoNodeIsNothingInAGroupOfNodes() {
        Identity who = of("made-up", "workers", "x86_64", Policies.NONE, group("workers"));
        assertThat(who.record()).isNull();
        assertThat(who.denial()).contains("is for nodes only");
        assertThat(of("made-up", "workers", "x86_64", naming("workers"), group("workers"))
                        .record())
                .as("nor if a pin names the group")
                .isNull();
    }

    @Test
    void severalNodesOfOneIdAreNoMachine() {
        nodes.show(NODE, TestingGroup.node("worker-1", "kubernetes.io/arch", "amd64", null));
        Identity who = Identity.of(
                new Identity.Said("worker-1", "workers", "x86_64", "stable", null),
                new Membership(List.of(group("workers"))),
                nodes,
                Policies.NONE,
                _ -> true);
        assertThat(who.record()).isNull();
        assertThat(who.denial()).contains("several nodes");
    }

    @Test
    void withoutAGroupAPinThatNamesItIsNeeded() {
        Identity lost = of("worker-1", "nowhere", "x86_64", Policies.NONE, group("workers"));
        assertThat(lost.record()).as("it is shown as NoGroup").isEqualTo("worker-1");
        assertThat(lost.denial()).contains("No RebootGroup serves the machine in its group 'nowhere'");
        assertThat(of("worker-1", "nowhere", "x86_64", naming("nowhere")).denial())
                .isNull();
        assertThat(of("a-box", "nowhere", "x86_64", naming("nowhere")).record()).isEqualTo("id-a-box");
        assertThat(of("a-box", "nowhere", "x86_64", Policies.NONE).record()).isNull();
    }

    @Test
    void whatIsNotSaidIsAsked() {
        assertThat(of(null, "workers", "x86_64", Policies.NONE, group("workers"))
                        .denial())
                .contains("no node_uuid");
        assertThat(of("worker-1", null, "x86_64", Policies.NONE, group("workers"))
                        .denial())
                .contains("no group");
    }

    @Test
    void everyIdGivesANameThatTheApiTakes() {
        assertThat(Identity.nameOf("978a225b3d7b40e9acd7ce9b62f68444"))
                .isEqualTo("id-978a225b3d7b40e9acd7ce9b62f68444");
        assertThat(Identity.nameOf("Upper-Case")).matches("id-[0-9a-f]{32}");
        assertThat(Identity.nameOf("ends-")).matches("id-[0-9a-f]{32}");
        assertThat(Identity.nameOf("Upper-Case")).isNotEqualTo(Identity.nameOf("upper-case"));
    }
}
