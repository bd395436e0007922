package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingGroup.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.fleetlock.store.Swapper;
import dev.lockkeeper.operator.health.Check;
import dev.lockkeeper.operator.health.CheckResult;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One step of the leader on a Node that is not what the cache shows, or is down; drains and verdicts have tests of their own. */
class HolderWorkTest {

    private final TestingGroups groups = new TestingGroups();
    private final Swapper swapper = new Swapper(groups, 2, Duration.ofMillis(1));
    private final TestingNodes nodes = new TestingNodes();
    private final TestingEvents events = new TestingEvents();
    private final List<String> written = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private CheckResult answer = new CheckResult.Passed();
    private NodeView fresh;

    private final Checks checks = new Checks(
            null,
            (_, query) -> {
                asked.add(query);
                return answer;
            },
            Clock.fixed(T0, ZoneOffset.UTC));

    private final TestingVerdicts verdicts = new TestingVerdicts();
    private final HolderWork work = new HolderWork(
            nodes,
            new Cordons() {
                @Override
                public Optional<NodeView> read(String name) {
                    return Optional.ofNullable(fresh);
                }

                @Override
                public Cordon cordon(NodeView node, String token) {
                    if (!node.resourceVersion().equals(fresh.resourceVersion())) {
                        return Cordon.CHANGED;
                    }
                    if (node.unschedulable()) {
                        return node.cordonToken() == null ? Cordon.PERSONS : Cordon.OURS;
                    }
                    written.add("cordon");
                    return Cordon.OURS;
                }

                @Override
                public boolean adopt(NodeView node, String token) {
                    throw new UnsupportedOperationException("no lock is taken over here");
                }

                @Override
                public boolean uncordon(NodeView node, String token) {
                    boolean current = node.resourceVersion().equals(fresh.resourceVersion());
                    if (current && token.equals(node.cordonToken())) {
                        written.add("uncordon");
                    }
                    return current;
                }
            },
            new Drain(new TestingPods(), Clock.fixed(T0, ZoneOffset.UTC)),
            checks,
            swapper,
            verdicts,
            events,
            new HolderWork.Observations() {
                @Override
                public void drainFinished(String group, String result, Duration duration) {}

                @Override
                public void rebooted(NodeRef node, Duration duration) {}

                @Override
                public void rebooted(String agentId, Duration duration) {}

                @Override
                public void verified(NodeRef node, Duration duration) {}
            },
            _ -> {},
            new HolderWork.Timing(Duration.ofMinutes(15), Duration.ofSeconds(5), Duration.ofSeconds(10)),
            Clock.fixed(T0, ZoneOffset.UTC));

    @AfterEach
    void stop() {
        swapper.close();
    }

    private static NodeView node(String version, boolean ready, boolean unschedulable, String token) {
        return new NodeView(
                "worker-1",
                "uid-1",
                version,
                Map.of(),
                "m",
                null,
                "boot-1",
                "Fedora CoreOS 44.20260707.3.1",
                ready,
                T0,
                T0,
                unschedulable,
                token,
                null);
    }

    private void step(Phase phase) {
        Holder holder = TestingGroup.holder("a", "token", new NodeRef("worker-1", "uid-1"), phase, T0, T0);
        groups.put(new TestingGroup("workers").holders(holder).view());
        groups.catchUp("workers", _ -> {});
        GroupView group = groups.stored("workers");
        work.look(group);
        work.step(group, holder);
    }

    private Phase phase() {
        return groups.stored("workers").state().holders().stream()
                .findFirst()
                .map(Holder::phase)
                .orElse(null);
    }

    @Test
    void aMachineThatIsDownStaysCordonedAndCountsAsUnreadyWhenItsSlotIsFreed() {
        fresh = node("1", false, true, "token");
        nodes.show(fresh);
        step(Phase.RELEASING);
        assertThat(phase()).isNull();
        assertThat(groups.stored("workers").state().unready()).isEqualTo(1);
        assertThat(written).isEmpty();
        assertThat(events.atNodes).containsExactly("SlotFreed");
    }

    @Test
    void aMachineThatIsUpIsUncordonedBeforeItsSlotIsFreed() {
        fresh = node("1", true, true, "token");
        nodes.show(fresh);
        step(Phase.RELEASING);
        assertThat(written).containsExactly("uncordon");
        assertThat(phase()).isNull();
        assertThat(groups.stored("workers").state().unready()).isZero();
    }

    /** The cordon was ours a moment ago in the cache; whoever changed the Node since is not overwritten. */
    @Test
    void anOldLookAtTheNodeIsNoReasonToLeaveACordonBehind() {
        nodes.show(node("1", true, true, "token"));
        fresh = node("2", true, true, "token");
        step(Phase.RELEASING);
        assertThat(written).containsExactly("uncordon");
        assertThat(phase()).isNull();
        written.clear();
        nodes.show(node("1", true, false, null));
        fresh = node("2", true, true, "token");
        step(Phase.RELEASING);
        assertThat(written).as("the cache does not show the cordon yet").containsExactly("uncordon");
    }

    @Test
    void aGrantIsNotTakenBackBecauseTheCacheDoesNotShowTheCordonYet() {
        nodes.show(node("1", true, false, null));
        fresh = node("2", true, true, "token");
        step(Phase.GRANTED);
        assertThat(phase()).isEqualTo(Phase.GRANTED);
        fresh = node("3", true, false, null);
        step(Phase.GRANTED);
        assertThat(phase()).as("a person uncordoned it").isEqualTo(Phase.DRAINING);
    }

    @Test
    void aDrainThatFindsItsOwnCordonTellsOfNoOther() {
        nodes.show(node("1", true, false, null));
        fresh = node("2", true, true, "token");
        step(Phase.DRAINING);
        assertThat(written).isEmpty();
        assertThat(events.atNodes).isEmpty();
        assertThat(phase()).as("there are no pods").isEqualTo(Phase.GRANTED);
    }

    @Test
    void aNodeThatIsGoneGivesItsSlotBack() {
        fresh = null;
        step(Phase.REBOOTING);
        assertThat(phase()).isEqualTo(Phase.RELEASING);
    }

    // ---- checks

    /** It came back, reported, and has been Ready for so long as far as the leader knows. */
    private void verify(int readyForSeconds) {
        Holder holder = new Holder(
                "token",
                "a",
                new NodeRef("worker-1", "uid-1"),
                Phase.VERIFYING,
                T0.minusSeconds(100),
                T0,
                T0.minusSeconds(300),
                T0.minusSeconds(200),
                "boot-0",
                "44.20260621.3.1",
                null,
                T0.minusSeconds(100),
                T0.minusSeconds(100),
                T0.minusSeconds(readyForSeconds),
                "h1",
                null,
                null,
                null,
                null);
        fresh = node("1", true, true, "token");
        nodes.show(fresh);
        groups.put(new TestingGroup("workers")
                .checks(new Check.Prometheus("up", "http://prometheus", "up{node=\"${node}\"}"))
                .holders(holder)
                .view());
        groups.catchUp("workers", _ -> {});
        GroupView group = groups.stored("workers");
        work.look(group);
        work.step(group, holder);
    }

    @Test
    void checksAreNotAskedBeforeTheNodeIsReadyForLongEnough() {
        verify(29);
        assertThat(asked).isEmpty();
        assertThat(phase()).isEqualTo(Phase.VERIFYING);
        verify(30);
        assertThat(asked).containsExactly("up{node=\"worker-1\"}");
        assertThat(phase()).isEqualTo(Phase.RELEASING);
    }

    @Test
    void aCheckThatIsNotPassedKeepsTheMachineInVerifying() {
        answer = new CheckResult.NotYet("its query returned 0");
        verify(60);
        assertThat(asked).hasSize(1);
        assertThat(phase()).isEqualTo(Phase.VERIFYING);
    }

    @Test
    void soDoesOneThatCannotBeAsked() {
        answer = new CheckResult.Unanswerable("its query returned no series");
        verify(60);
        assertThat(asked).hasSize(1);
        assertThat(phase()).isEqualTo(Phase.VERIFYING);
    }

    // ---- verdicts

    private void judged(String offered) {
        Holder told = new Holder(
                "token",
                "a",
                new NodeRef("worker-1", "uid-1"),
                Phase.VERIFYING,
                T0.minusSeconds(3600),
                T0,
                T0,
                T0,
                "boot-0",
                "44.20260621.3.1",
                offered,
                T0,
                T0,
                null,
                null,
                null,
                null,
                null,
                null);
        groups.put(new TestingGroup("workers").holders(told).view());
        groups.catchUp("workers", _ -> {});
        GroupView group = groups.stored("workers");
        work.look(group);
        work.step(group, told);
    }

    @Test
    void aVerdictThatCannotBeStoredIsNotActedOn() {
        fresh = node("1", false, true, "token");
        nodes.show(fresh);
        verdicts.failure = new StoreException("away");
        judged("44.20260707.3.1");
        assertThat(phase()).as("it keeps its slot").isEqualTo(Phase.VERIFYING);
        verdicts.failure = null;
        verdicts.withheld = true;
        judged("44.20260707.3.1");
        assertThat(groups.stored("workers").state().parked())
                .singleElement()
                .satisfies(p -> assertThat(p.releaseWithheld()).isTrue());
        assertThat(verdicts.recorded).singleElement().satisfies(u -> {
            assertThat(u.verdict()).isEqualTo(Verdict.Failed);
            assertThat(u.counts()).isTrue();
            assertThat(u.release()).isEqualTo("44.20260707.3.1");
            assertThat(u.from()).isEqualTo("44.20260621.3.1");
        });
    }

    /** A watch that hangs shows a machine as sick that has recovered long ago. */
    @Test
    void noMachineFailsByAnOldLook() {
        nodes.show(node("1", false, true, "token"));
        fresh = node("2", true, true, "token");
        judged("44.20260707.3.1");
        assertThat(phase()).isEqualTo(Phase.VERIFYING);
        assertThat(verdicts.recorded).isEmpty();
    }

    /** What fails for good must be seen: a 403, a webhook. */
    @Test
    void aVerdictThatCannotBeStoredForLongIsStuck() {
        fresh = node("1", false, true, "token");
        nodes.show(fresh);
        verdicts.failure = new StoreException("forbidden");
        judged("44.20260707.3.1");
        Holder holder = groups.stored("workers").state().holders().getFirst();
        assertThat(holder.stuck()).isNotNull();
        assertThat(holder.reason()).isEqualTo("its verdict cannot be stored");
        assertThat(events.atNodes).contains("Stuck");
    }

    @Test
    void aMachineThatNeverCameBackIsRecordedThoughItWasStuckBefore() {
        fresh = node("1", false, true, "token");
        nodes.show(fresh);
        Holder told = new Holder(
                "token",
                "a",
                new NodeRef("worker-1", "uid-1"),
                Phase.REBOOTING,
                T0.minusSeconds(7200),
                T0,
                T0,
                T0,
                "boot-1",
                "44.20260621.3.1",
                "44.20260707.3.1",
                null,
                null,
                null,
                null,
                T0.minusSeconds(60),
                "it has not gone down",
                null,
                null);
        groups.put(new TestingGroup("workers").holders(told).view());
        groups.catchUp("workers", _ -> {});
        GroupView group = groups.stored("workers");
        work.look(group);
        work.step(group, told);
        work.step(group, told);
        assertThat(verdicts.recorded)
                .singleElement()
                .satisfies(u -> assertThat(u.verdict()).isEqualTo(Verdict.NeverCameBack));
    }

    @Test
    void nobodyIsParkedBeyondWhatTheStatusHoldsButKeepsItsSlot() {
        fresh = node("1", false, true, "token");
        nodes.show(fresh);
        List<Parked> full = IntStream.range(0, Semaphore.MAX_PARKED)
                .mapToObj(i -> new Parked("t" + i, "id" + i, null, null, "Failed", true, T0))
                .toList();
        Holder told = new Holder(
                "token",
                "a",
                new NodeRef("worker-1", "uid-1"),
                Phase.VERIFYING,
                T0.minusSeconds(3600),
                T0,
                T0,
                T0,
                "boot-0",
                "44.20260621.3.1",
                "44.20260707.3.1",
                T0,
                T0,
                null,
                null,
                null,
                null,
                null,
                null);
        groups.put(new TestingGroup("workers").holders(told).view());
        groups.change("workers", s -> new SlotState(s.holders(), full, s.backoffs(), s.members(), s.unready()));
        groups.catchUp("workers", _ -> {});
        GroupView group = groups.stored("workers");
        work.look(group);
        work.step(group, told);
        assertThat(phase()).isEqualTo(Phase.FAILED);
    }
}
