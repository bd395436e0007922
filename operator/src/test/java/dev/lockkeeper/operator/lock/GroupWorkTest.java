package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingGroup.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.Swapper;
import dev.lockkeeper.operator.health.Check;
import dev.lockkeeper.operator.health.CheckResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pass makes of a parked machine whose node is Ready; drains, verdicts and conditions have tests of their own. */
class GroupWorkTest {

    private final TestingGroups groups = new TestingGroups();
    private final Swapper swapper = new Swapper(groups, 2, Duration.ofMillis(1));
    private final TestingNodes nodes = new TestingNodes();
    private final TestingEvents events = new TestingEvents();
    private CheckResult answer = new CheckResult.Passed();
    private Instant now = T0;

    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

    private final Cordons cordons = new Cordons() {
        @Override
        public Optional<NodeView> read(String name) {
            return nodes.named(name);
        }

        @Override
        public Cordon cordon(NodeView node, String token) {
            return Cordon.OURS;
        }

        @Override
        public boolean adopt(NodeView node, String token) {
            return true;
        }

        @Override
        public boolean uncordon(NodeView node, String token) {
            return true;
        }
    };

    private final GroupWork.Store store = new GroupWork.Store() {
        @Override
        public List<GroupView> readAll() {
            return groups.all();
        }

        @Override
        public void publish(
                GroupView group,
                int members,
                ToIntFunction<SlotState> unready,
                Function<SlotState, List<GroupStatus.Condition>> conditions) {}

        @Override
        public boolean removeFreeSlot(GroupView group) {
            return true;
        }

        @Override
        public boolean endImport(GroupView group, String mark) {
            return true;
        }
    };

    private final TestingVerdicts verdicts = new TestingVerdicts();
    private final Checks checks = new Checks(null, (_, _) -> answer, clock);

    private final GroupWork work = new GroupWork(
            groups,
            nodes,
            swapper,
            store,
            cordons,
            new HolderWork(
                    nodes,
                    cordons,
                    new Drain(new TestingPods(), clock),
                    checks,
                    swapper,
                    verdicts,
                    events,
                    null,
                    _ -> {},
                    new HolderWork.Timing(Duration.ofMinutes(15), Duration.ofSeconds(5), Duration.ofSeconds(10)),
                    clock),
            new ImportWork(groups, nodes, swapper, store, cordons, null, events, _ -> {}, clock),
            verdicts,
            checks,
            _ -> Optional.empty(),
            events,
            clock);

    @AfterEach
    void stop() {
        swapper.close();
    }

    private boolean isParkedAfterAPassAt(int seconds) {
        now = T0.plusSeconds(seconds);
        groups.catchUp("workers", _ -> {});
        work.pass(groups.stored("workers"));
        return !groups.stored("workers").state().parked().isEmpty();
    }

    /** Its node was Ready when it was parked: only its checks were not passed. */
    @Test
    void aMachineStaysParkedUntilItsChecksArePassed() {
        NodeView cordoned = new NodeView(
                "worker-1", "uid-1", "1", Map.of(), "m", null, "boot-1", null, true, T0, T0, true, "token", null);
        nodes.show(cordoned);
        GroupView group = new TestingGroup("workers")
                .selecting("pool", "b")
                .checks(new Check.Prometheus("up", "http://prometheus", "up"))
                .view();
        groups.put(group);
        Parked parked =
                new Parked("token", "a", new NodeRef("worker-1", "uid-1"), "44.20260707.3.1", "Failed", false, T0);
        groups.change("workers", s -> new SlotState(s.holders(), List.of(parked), s.backoffs(), 3, 0));

        answer = new CheckResult.NotYet("its query returned 0");
        assertThat(isParkedAfterAPassAt(0)).isTrue();
        assertThat(isParkedAfterAPassAt(30)).isTrue();
        answer = new CheckResult.Unanswerable("its query returned no series");
        assertThat(isParkedAfterAPassAt(60)).isTrue();
        answer = new CheckResult.Passed();
        assertThat(isParkedAfterAPassAt(90)).isFalse();
        assertThat(events.atNodes).containsExactly("Recovered");
    }
}
