package dev.lockkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.semaphore.BackoffRule;
import dev.lockkeeper.fleetlock.semaphore.Blocker;
import dev.lockkeeper.fleetlock.semaphore.DrainFigures;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.SlotPolicy;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.semaphore.Slots;
import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.Groups;
import dev.lockkeeper.operator.lock.LabelMatch;
import dev.lockkeeper.operator.lock.Membership;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.Nodes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LockMetersTest {

    private static final NodeRef WORKER = new NodeRef("worker-1", "u1");

    private final TestingClock clock = new TestingClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Meters meters = new Meters(registry, "1.2.3", clock);
    private final TestingGroups known = new TestingGroups();
    private final TestingNodes nodes = new TestingNodes();
    private final LockMeters lockMeters =
            new LockMeters(meters, known, nodes, name -> 7, Map.of("id", "aarch64")::get, clock);

    private CompletableFuture<AgentApi.Reply> reply = new CompletableFuture<>();
    private final AgentApi measured = lockMeters.measured(new AgentApi() {
        @Override
        public CompletionStage<Reply> preReboot(Call call) {
            return reply;
        }

        @Override
        public CompletionStage<Reply> steadyState(Call call) {
            return reply;
        }
    });

    private static final class TestingGroups implements Groups {
        private List<GroupView> groups = List.of();

        @Override
        public Membership membership() {
            return new Membership(groups);
        }

        @Override
        public Optional<GroupView> named(String rebootGroup) {
            return groups.stream().filter(g -> g.name().equals(rebootGroup)).findFirst();
        }

        @Override
        public Optional<GroupView> heldBy(String id) {
            return groups.stream()
                    .filter(g -> g.state().holderOf(id).isPresent())
                    .findFirst();
        }
    }

    private static final class TestingNodes implements Nodes {
        private Map<String, NodeView> byId = Map.of();

        @Override
        public Optional<NodeView> named(String name) {
            return byId.values().stream().filter(n -> n.name().equals(name)).findFirst();
        }

        @Override
        public Collection<NodeView> all() {
            return byId.values();
        }

        @Override
        public List<NodeView> withAgentId(String id) {
            return Optional.ofNullable(byId.get(id)).stream().toList();
        }

        @Override
        public Map<String, List<String>> sharedIds() {
            return Map.of();
        }
    }

    // ---- figures

    @Test
    void figuresComeFromTheStoredStatusAlone() {
        Instant now = clock.instant();
        DrainFigures blocked = new DrainFigures(
                1,
                3,
                List.of(
                        new Blocker("db/pg-0", "0 disruptions allowed", "db/pg"),
                        new Blocker("db/pg-1", "0 disruptions allowed", "db/pg"),
                        new Blocker("a/b", "its emptyDir data would be lost", null)));
        SlotState state = new SlotState(
                List.of(
                        holder("a", WORKER, Phase.DRAINING, now.minusSeconds(30), blocked),
                        holder("b", null, Phase.DRAINING, now.minusSeconds(90), null),
                        holder("c", null, Phase.REBOOTING, now.minusSeconds(5), blocked)),
                List.of(new Parked("t", "d", null, null, "Failed", false, now)),
                List.of(),
                20,
                2);
        GroupFigures figures = GroupFigures.of(group("workers", "workers", null, "being moved", state), 7);
        assertThat(figures)
                .isEqualTo(new GroupFigures(
                        "workers",
                        4,
                        3,
                        7,
                        20,
                        2,
                        1,
                        0,
                        true,
                        Map.of(Phase.DRAINING, now.minusSeconds(90), Phase.REBOOTING, now.minusSeconds(5)),
                        Map.of(BlockCause.PDB, 2, BlockCause.EMPTYDIR, 1)));
    }

    @Test
    void aGroupAppearsAndGoes() {
        known.groups = List.of(group("workers", "workers", null, null, SlotState.EMPTY));
        lockMeters.changed("workers");
        assertThat(registry.get("lockkeeper.group.waiting")
                        .tag("group", "workers")
                        .gauge()
                        .value())
                .isEqualTo(7);
        assertThat(registry.get("lockkeeper.group.paused").gauge().value()).isZero();
        known.groups = List.of();
        lockMeters.changed("workers");
        assertThat(registry.find("lockkeeper.group.waiting").gauge()).isNull();
    }

    // ---- answers

    @Test
    void countsTheAnswerOnceItIsThere() {
        serve(group("workers", "workers", null, null, SlotState.EMPTY));
        measured.preReboot(call("a", "workers"));
        assertThat(registry.find("lockkeeper.requests").counter()).isNull();
        clock.advance(Duration.ofSeconds(40));
        reply.complete(new AgentApi.Reply(423, "lock_held", "x"));
        assertThat(requests("pre-reboot", "workers", "lock_held")).isEqualTo(1);
        assertThat(registry.get("lockkeeper.request.hold")
                        .tag("api", "pre-reboot")
                        .timer()
                        .totalTime(java.util.concurrent.TimeUnit.SECONDS))
                .isEqualTo(40);
    }

    @Test
    void aFailureCountsAsAnErrorOfOurs() {
        serve(group("workers", "workers", null, null, SlotState.EMPTY));
        measured.steadyState(call("a", "workers"));
        reply.completeExceptionally(new IllegalStateException("x"));
        assertThat(requests("steady-state", "workers", "internal_error")).isEqualTo(1);
    }

    @Test
    void namesTheRebootGroupAndNotWhatTheAgentSends() {
        serve(group("rbg-a", "workers", null, null, SlotState.EMPTY));
        measured.preReboot(call("a", "workers"));
        reply.complete(new AgentApi.Reply(200, "granted", "x"));
        assertThat(requests("pre-reboot", "rbg-a", "granted")).isEqualTo(1);
    }

    @Test
    void ofSeveralRebootGroupsTheOneThatHasTheNode() {
        serve(
                group("rbg-a", "workers", select("a"), null, SlotState.EMPTY),
                group("rbg-b", "workers", select("b"), null, SlotState.EMPTY));
        nodes.byId = Map.of("id-b", node("worker-1", "b", "amd64"));
        measured.preReboot(call("id-b", "workers"));
        measured.preReboot(call("id-c", "workers"));
        reply.complete(new AgentApi.Reply(423, "lock_held", "x"));
        assertThat(requests("pre-reboot", "rbg-b", "lock_held")).isEqualTo(1);
        assertThat(requests("pre-reboot", "unknown", "lock_held")).isEqualTo(1);
    }

    @Test
    void wrongPasswordsCountAndMissingOnesDoNot() {
        serve(group("rbg-a", "workers", null, null, SlotState.EMPTY));
        measured.preReboot(new AgentApi.Call("a", "workers", "a", "guess", new CompletableFuture<>()));
        measured.steadyState(new AgentApi.Call("a", "workers", "a", "", new CompletableFuture<>()));
        measured.preReboot(call("a", "workers"));
        reply.complete(new AgentApi.Reply(401, "unauthorized", "x"));
        assertThat(wrongPasswords("rbg-a")).isEqualTo(2);
        reply = new CompletableFuture<>();
        measured.preReboot(new AgentApi.Call("a", "workers", "a", "right", new CompletableFuture<>()));
        reply.complete(new AgentApi.Reply(423, "lock_held", "x"));
        assertThat(wrongPasswords("rbg-a")).isEqualTo(2);
    }

    private double wrongPasswords(String group) {
        return registry.get("lockkeeper.wrong.passwords")
                .tag("group", group)
                .counter()
                .count();
    }

    @Test
    void aHolderCountsWhereItHolds() {
        SlotState held = new SlotState(
                List.of(holder("a", WORKER, Phase.REBOOTING, clock.instant(), null)), List.of(), List.of(), 1, 0);
        serve(group("old", "old", null, null, held), group("new", "new", null, null, SlotState.EMPTY));
        measured.steadyState(call("a", "new"));
        reply.complete(new AgentApi.Reply(423, "verifying", "x"));
        assertThat(requests("steady-state", "old", "verifying")).isEqualTo(1);
    }

    @Test
    void agentsThatNameAGroupThatNobodyServesAreCounted() {
        serve(group("workers", "workers", null, null, SlotState.EMPTY));
        measured.preReboot(call("a", "workers"));
        measured.preReboot(call("b", "controllers"));
        measured.preReboot(call("c", "controllers"));
        reply.complete(new AgentApi.Reply(404, "unknown_group", "x"));
        assertThat(registry.get("lockkeeper.unknown.group.agents").gauge().value())
                .isEqualTo(2);
    }

    // ---- the leader's work

    @Test
    void rebootsAndVerdictsGoByArchitecture() {
        nodes.byId = Map.of("id", node("worker-1", "a", "arm64"));
        lockMeters.rebooted(WORKER, Duration.ofSeconds(70));
        lockMeters.rebooted("id", Duration.ofSeconds(70));
        lockMeters.rebooted("nobody", Duration.ofSeconds(70));
        lockMeters.verified(new NodeRef("gone", "u2"), Duration.ofSeconds(30));
        assertThat(registry.get("lockkeeper.reboot")
                        .tag("architecture", "aarch64")
                        .timer()
                        .count())
                .as("the node's, and that of a machine that is none")
                .isEqualTo(2);
        assertThat(registry.get("lockkeeper.reboot")
                        .tag("architecture", "unknown")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("lockkeeper.verify")
                        .tag("architecture", "unknown")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    private double requests(String api, String group, String outcome) {
        return registry.get("lockkeeper.requests")
                .tags("api", api, "group", group, "outcome", outcome)
                .counter()
                .count();
    }

    private void serve(GroupView... groups) {
        known.groups = List.of(groups);
        known.groups.forEach(g -> lockMeters.changed(g.name()));
    }

    private static AgentApi.Call call(String id, String group) {
        return new AgentApi.Call(id, group, null, null, new CompletableFuture<>());
    }

    private static LabelMatch select(String pool) {
        return new LabelMatch(Map.of("pool", pool), List.of());
    }

    private static NodeView node(String name, String pool, String arch) {
        return new NodeView(
                name,
                "u1",
                "1",
                Map.of("pool", pool, "kubernetes.io/arch", arch),
                null,
                null,
                null,
                null,
                true,
                null,
                null,
                false,
                null,
                null);
    }

    private GroupView group(String name, String agentGroup, LabelMatch selector, String paused, SlotState state) {
        SlotPolicy policy = new SlotPolicy(
                name,
                new Slots.Count(4),
                true,
                paused,
                null,
                null,
                false,
                1,
                Duration.ofMinutes(5),
                new BackoffRule(Duration.ofMinutes(30), Duration.ofHours(24)));
        return new GroupView(
                name,
                "uid",
                "1",
                1,
                clock.instant(),
                agentGroup,
                false,
                selector,
                null,
                null,
                policy,
                null,
                null,
                state);
    }

    private static Holder holder(String id, NodeRef node, Phase phase, Instant since, DrainFigures drain) {
        return new Holder(
                "token-" + id,
                id,
                node,
                phase,
                since,
                since,
                since,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                drain,
                null);
    }
}
