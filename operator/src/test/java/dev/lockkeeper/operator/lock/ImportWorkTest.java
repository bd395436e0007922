package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingGroup.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.semaphore.Boot;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.Swapper;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a leader does whose view of a group is older than another leader's taking over; the planning has a test of its own. */
class ImportWorkTest {

    private static final String WISH = "default/fleetlock-workers";
    private static final String MARK = WISH + "@7";
    private static final NodeView NODE = TestingGroup.node("worker-1", "pool", "a", null);

    private final TestingGroups groups = new TestingGroups();
    private final TestingNodes nodes = new TestingNodes();
    private final TestingEvents events = new TestingEvents();
    private final Swapper swapper = new Swapper(groups, 2, Duration.ofMillis(1));
    private final List<String> adopted = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();

    private final Cordons cordons = new Cordons() {
        @Override
        public Optional<NodeView> read(String name) {
            return nodes.named(name);
        }

        @Override
        public Cordon cordon(NodeView node, String token) {
            throw new AssertionError("nobody is cordoned for a lock");
        }

        @Override
        public boolean adopt(NodeView node, String token) {
            adopted.add(node.name() + " " + token);
            return true;
        }

        @Override
        public boolean uncordon(NodeView node, String token) {
            throw new AssertionError("nobody is uncordoned for a lock");
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
            return false;
        }

        @Override
        public boolean endImport(GroupView group, String mark) {
            ended.add(mark);
            return true;
        }
    };

    private final ImportWork work = new ImportWork(
            groups,
            nodes,
            swapper,
            store,
            cordons,
            _ -> new FormerLocks.Found("7", "worker-1"),
            events,
            _ -> {},
            Clock.fixed(T0, ZoneOffset.UTC));

    @AfterEach
    void stop() {
        swapper.close();
    }

    private static TestingGroup workers() {
        return new TestingGroup("workers").selecting("pool", "a").importing(WISH);
    }

    private static GroupView begun() {
        GroupView group = workers().view();
        return workers()
                .holders(Semaphore.takeOver(
                                group.state(),
                                group.policy(),
                                WISH,
                                MARK,
                                "token-1",
                                "worker-1",
                                NODE.ref(),
                                Boot.UNKNOWN,
                                T0)
                        .next()
                        .holders()
                        .getFirst())
                .view();
    }

    private static NodeView cordoned() {
        return new NodeView(
                "worker-1",
                "uid-worker-1",
                "2",
                NODE.labels(),
                "worker-1",
                null,
                "boot-1",
                "",
                true,
                T0,
                T0,
                true,
                null,
                null);
    }

    private void seenWhileStored(GroupView seen, GroupView stored) {
        groups.put(seen);
        groups.catchUp("workers", _ -> {});
        groups.put(stored);
    }

    @Test
    void theCordonGoesWithTheSlotAsLongAsBothAreWanted() {
        nodes.show(cordoned());
        seenWhileStored(begun(), begun());
        assertThat(work.work(begun())).as("steps may be taken").isEmpty();
        assertThat(adopted).containsExactly("worker-1 token-1");
        assertThat(ended).containsExactly(MARK);
    }

    /** Another leader ended it, the slot was freed, and the cordon that is there now is a person's. */
    @Test
    void aCordonIsNotAdoptedForAHoldingThatIsOver() {
        nodes.show(cordoned());
        GroupView over = new TestingGroup("workers")
                .selecting("pool", "a")
                .imported(MARK)
                .view();
        seenWhileStored(begun(), over);
        assertThat(work.work(begun())).as("no step is taken with it").contains("token-1");
        assertThat(adopted).isEmpty();
        assertThat(ended).isEmpty();
    }

    /** The same where a tool put the wish back since. */
    @Test
    void aWishThatIsBackAdoptsNothingForAHoldingThatIsOver() {
        nodes.show(cordoned());
        seenWhileStored(begun(), workers().imported(MARK).view());
        work.work(begun());
        assertThat(adopted).isEmpty();
        assertThat(ended).isEmpty();
    }

    @Test
    void nobodyIsTakenOverTwiceByALeaderThatHasNotSeenTheFirstTime() {
        nodes.show(NODE);
        seenWhileStored(workers().view(), workers().imported(MARK).view());
        work.work(workers().view());
        assertThat(groups.stored("workers").state().holders()).isEmpty();

        seenWhileStored(workers().view(), workers().view());
        work.work(workers().view());
        assertThat(groups.stored("workers").state().holders()).hasSize(1);
    }
}
