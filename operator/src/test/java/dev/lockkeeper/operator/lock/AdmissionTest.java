package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingGroup.T0;
import static dev.lockkeeper.operator.lock.TestingGroup.holder;
import static dev.lockkeeper.operator.lock.TestingGroup.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which group and node a request is about. */
class AdmissionTest {

    private final NodeView worker = node("worker-1", "pool", "a", null);
    private final TestingNodes nodes = new TestingNodes();
    private List<String> wrongPasswords = List.of();

    @BeforeEach
    void show() {
        nodes.show(worker);
    }

    private Admission.Result ask(String id, String group, GroupView holding, GroupView... groups) {
        AgentApi.Call call = new AgentApi.Call(id, group, null, null, new CompletableFuture<>());
        return new Admission(
                        new Membership(Arrays.asList(groups)),
                        nodes,
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
        nodes.show(node("worker-1", "pool", "a", "db is being repaired"));
        refused(
                ask("worker-1", "workers", null, new TestingGroup("workers").view()),
                Kind.PAUSED,
                "Node worker-1 is paused: db is being repaired.");
    }

    @Test
    void whoHoldsIsAdmittedWhereItHoldsWhateverItSaysNow() {
        nodes.show(node("worker-1", "pool", "a", "paused meanwhile"));
        GroupView holding = new TestingGroup("old")
                .holders(holder("worker-1", "t", worker.ref(), Phase.DRAINING, T0, T0))
                .view();
        admitted(ask("worker-1", "new", holding, holding), "old", "worker-1");
    }

    /** Section 7: Releasing waits like a non-holder. */
    @Test
    void whoGivesItsSlotBackIsAdmittedAnew() {
        GroupView old = new TestingGroup("old")
                .holders(holder("worker-1", "t", worker.ref(), Phase.RELEASING, T0, T0))
                .view();
        GroupView other = new TestingGroup("new").view();
        admitted(ask("worker-1", "new", old, old, other), "new", "worker-1");
        nodes.show(node("worker-1", "pool", "a", "paused meanwhile"));
        refused(ask("worker-1", "old", old, old, other), Kind.PAUSED, "worker-1");
    }

    @Test
    void thePasswordOfTheGroupThatItHoldsInCountsToo() {
        wrongPasswords = List.of("old");
        GroupView old = new TestingGroup("old")
                .holders(holder("worker-1", "t", worker.ref(), Phase.RELEASING, T0, T0))
                .view();
        refused(ask("worker-1", "new", old, old, new TestingGroup("new").view()), Kind.UNAUTHORIZED, "old");
        wrongPasswords = List.of("new");
        refused(ask("worker-1", "new", old, old, new TestingGroup("new").view()), Kind.UNAUTHORIZED, "new");
    }
}
