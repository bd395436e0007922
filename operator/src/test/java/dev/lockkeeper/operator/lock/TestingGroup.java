package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.BackoffRule;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.SlotPolicy;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.semaphore.Slots;
import dev.lockkeeper.operator.health.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** RebootGroups, holders and nodes for tests: {@code new TestingGroup("workers").selecting("pool", "a").view()}. */
public final class TestingGroup {

    public static final Instant T0 = Instant.parse("2026-07-10T12:00:00Z");

    private final String name;
    private String agentGroup;
    private boolean others;
    private LabelMatch selector;
    private String secret;
    private int slots = 1;
    private String importing;
    private String importedLease;
    private List<Check> checks = List.of();
    private SlotState state = new SlotState(List.of(), List.of(), List.of(), 3, 0);

    public TestingGroup(String name) {
        this.name = name;
        this.agentGroup = name;
    }

    public TestingGroup serving(String group) {
        agentGroup = group;
        return this;
    }

    public TestingGroup others() {
        others = true;
        return this;
    }

    public TestingGroup selecting(String label, String value) {
        selector = new LabelMatch(Map.of(label, value), List.of());
        return this;
    }

    public TestingGroup secret(String secretName) {
        secret = secretName;
        return this;
    }

    public TestingGroup slots(int count) {
        slots = count;
        return this;
    }

    public TestingGroup importing(String lease) {
        importing = lease;
        return this;
    }

    public TestingGroup imported(String mark) {
        importedLease = mark;
        return this;
    }

    public TestingGroup checks(Check... verified) {
        checks = List.of(verified);
        return this;
    }

    public TestingGroup holders(Holder... holders) {
        state = new SlotState(List.of(holders), List.of(), List.of(), 3, 0);
        return this;
    }

    public GroupView view() {
        return new GroupView(
                name,
                "uid-" + name,
                "1",
                1,
                T0,
                agentGroup,
                others,
                selector,
                secret,
                null,
                new SlotPolicy(
                        name,
                        new Slots.Count(slots),
                        true,
                        importing == null ? null : "a lock is being taken over",
                        importing,
                        importedLease,
                        false,
                        1,
                        Duration.ofMinutes(5),
                        new BackoffRule(Duration.ofMinutes(30), Duration.ofHours(24))),
                TestingPolicy.DEFAULT,
                new GroupView.VerifySettings(
                        Duration.ofMinutes(15), Duration.ofSeconds(30), Duration.ofHours(1), true, checks),
                state);
    }

    public static Holder holder(String id, String token, NodeRef node, Phase phase, Instant since, Instant askedAt) {
        return new Holder(
                token, id, node, phase, since, askedAt, T0, null, null, null, null, null, null, null, null, null, null,
                null, null);
    }

    /** A Ready node whose machineID is its name, with one label. */
    public static NodeView node(String name, String label, String value, String pausedReason) {
        return node(name, label, value, pausedReason, "44.20260707.3.1");
    }

    /** A node whose kubelet says that it runs the release. */
    public static NodeView running(String name, String version) {
        return node(name, "pool", "a", null, version);
    }

    private static NodeView node(String name, String label, String value, String pausedReason, String version) {
        return new NodeView(
                name,
                "uid-" + name,
                "1",
                Map.of(label, value),
                name,
                null,
                "boot-1",
                "Fedora CoreOS " + version,
                true,
                T0,
                T0,
                false,
                null,
                pausedReason);
    }
}
