package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingGroup.T0;
import static dev.lockkeeper.operator.lock.TestingGroup.holder;
import static dev.lockkeeper.operator.lock.TestingGroup.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which group and node a request is about. Here a node's name serves as its agent's id. */
class AdmissionTest {

    private List<NodeView> nodes = List.of(node("worker-1", "pool", "a", null));
    private List<String> wrongPasswords = List.of();

    private final Nodes known = new Nodes() {
        @Override
        public Collection<NodeView> all() {
            return nodes;
        }

        @Override
        public Optional<NodeView> named(String name) {
            return nodes.stream().filter(n -> n.name().equals(name)).findFirst();
        }

        @Override
        public List<NodeView> withAgentId(String id) {
            return nodes.stream().filter(n -> n.machineId().equals(id)).toList();
        }

        @Override
        public Map<String, List<String>> sharedIds() {
            return Map.of();
        }
    };

    private Admission.Result ask(String id, String group, GroupView holding, GroupView... groups) {
        AgentApi.Call call = new AgentApi.Call(id, group, null, null, new CompletableFuture<>());
        return new Admission(
                        new Membership(Arrays.asList(groups)),
                        known,
                        (g, _) -> wrongPasswords.contains(g.name())
                                ? Optional.of(new Refusal(Kind.UNAUTHORIZED, g.name()))
                                : Optional.empty())
                .decide(call, holding);
    }

    private static void admitted(Admission.Result result, String group, String node) {
        assertThat(result.refusal()).isNull();
        assertThat(result.admitted().group().name()).isEqualTo(group);
        NodeView admitted = result.admitted().node();
        assertThat(admitted == null ? null : admitted.name()).isEqualTo(node);
    }

    private static void refused(Admission.Result result, Kind kind, String... parts) {
        assertThat(result.refusal().kind()).isEqualTo(kind);
        assertThat(result.refusal().value()).contains(parts);
    }

    @Test
    void aNodeIsAdmittedToTheOneGroupThatHasIt() {
        GroupView a =
                new TestingGroup("a").serving("workers").selecting("pool", "a").view();
        GroupView b =
                new TestingGroup("b").serving("workers").selecting("pool", "b").view();
        admitted(ask("worker-1", "workers", null, a, b), "a", "worker-1");
        refused(ask("worker-1", "workers", null, b), Kind.WRONG_GROUP, "worker-1");
        GroupView again =
                new TestingGroup("c").serving("workers").selecting("pool", "a").view();
        refused(ask("worker-1", "workers", null, a, again), Kind.AMBIGUOUS_GROUP, "(a, c)");
    }

    @Test
    void anUnknownGroupIsToldWhichThereAre() {
        GroupView[] many = java.util.stream.IntStream.range(10, 22)
                .mapToObj(i -> new TestingGroup("g" + i).view())
                .toArray(GroupView[]::new);
        refused(ask("worker-1", "x", null, many), Kind.UNKNOWN_GROUP, "'x' (there are: g10, g11,", "g19 and 2 more)");
        refused(ask("worker-1", "x", null), Kind.UNKNOWN_GROUP, "(there are: none)");
    }

    @Test
    void anIdWithoutANodeIsAdmittedWhereOthersMay() {
        refused(ask("box", "workers", null, new TestingGroup("workers").view()), Kind.UNKNOWN_MACHINE, "box");
        admitted(
                ask("box", "workers", null, new TestingGroup("workers").others().view()), "workers", null);
    }

    @Test
    void aPausedNodeIsRefused() {
        nodes = List.of(node("worker-1", "pool", "a", "db is being repaired"));
        refused(
                ask("worker-1", "workers", null, new TestingGroup("workers").view()),
                Kind.PAUSED,
                "Node worker-1 is paused: db is being repaired.");
    }

    @Test
    void whoHoldsIsAdmittedWhereItHoldsWhateverItSaysNow() {
        nodes = List.of(node("worker-1", "pool", "a", "paused meanwhile"));
        GroupView holding = new TestingGroup("old")
                .holders(holder("worker-1", "t", nodes.getFirst().ref(), Phase.DRAINING, T0, T0))
                .view();
        admitted(ask("worker-1", "new", holding, holding), "old", "worker-1");
    }

    /** Section 7: Releasing waits like a non-holder. */
    @Test
    void whoGivesItsSlotBackIsAdmittedAnew() {
        GroupView old = new TestingGroup("old")
                .holders(holder("worker-1", "t", nodes.getFirst().ref(), Phase.RELEASING, T0, T0))
                .view();
        GroupView other = new TestingGroup("new").view();
        admitted(ask("worker-1", "new", old, old, other), "new", "worker-1");
        nodes = List.of(node("worker-1", "pool", "a", "paused meanwhile"));
        refused(ask("worker-1", "old", old, old, other), Kind.PAUSED, "worker-1");
    }

    @Test
    void thePasswordOfTheGroupThatItHoldsInCountsToo() {
        wrongPasswords = List.of("old");
        GroupView old = new TestingGroup("old")
                .holders(holder("worker-1", "t", nodes.getFirst().ref(), Phase.RELEASING, T0, T0))
                .view();
        refused(ask("worker-1", "new", old, old, new TestingGroup("new").view()), Kind.UNAUTHORIZED, "old");
        wrongPasswords = List.of("new");
        refused(ask("worker-1", "new", old, old, new TestingGroup("new").view()), Kind.UNAUTHORIZED, "new");
    }
}
