package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingGroup.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.semaphore.Boot;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportPlannerTest {

    private static final String WISH = "default/fleetlock-workers";
    private static final FormerLock LOCK = new FormerLock("default", "fleetlock-workers");
    private static final NodeView NODE = TestingGroup.node("worker-1", "pool", "a", null);
    private static final FormerLocks.Look HELD = new FormerLocks.Found("7", "worker-1");

    private final TestingNodes nodes = new TestingNodes();

    private static TestingGroup workers() {
        return new TestingGroup("workers").selecting("pool", "a").importing(WISH);
    }

    private ImportPlan plan(GroupView group, FormerLocks.Look look, GroupView... others) {
        List<GroupView> all = new ArrayList<>(Arrays.asList(others));
        all.add(group);
        return ImportPlanner.plan(group, LOCK, look, nodes, new Membership(all));
    }

    private static String refused(ImportPlan plan) {
        assertThat(plan).isInstanceOf(ImportPlan.Refuse.class);
        return ((ImportPlan.Refuse) plan).why();
    }

    private static Holder held(String id, NodeView node) {
        return TestingGroup.holder(id, "token", node == null ? null : node.ref(), Phase.DRAINING, T0, T0);
    }

    private static Holder imported() {
        return Semaphore.takeOver(
                        workers().view().state(),
                        workers().view().policy(),
                        WISH,
                        LOCK.mark("7"),
                        "token",
                        "worker-1",
                        NODE.ref(),
                        Boot.UNKNOWN,
                        T0)
                .next()
                .holders()
                .getFirst();
    }

    @Test
    void aMemberThatHoldsTheLeaseIsTakenOver() {
        nodes.show(NODE);
        assertThat(plan(workers().view(), HELD)).isEqualTo(new ImportPlan.TakeOver("worker-1", NODE, LOCK.mark("7")));
    }

    @Test
    void aMachineThatIsNoNodeIsTakenOverWhereSuchMayTakeSlots() {
        assertThat(plan(workers().others().view(), HELD))
                .isEqualTo(new ImportPlan.TakeOver("worker-1", null, LOCK.mark("7")));
        assertThat(refused(plan(workers().view(), HELD))).contains("matches no node");
    }

    @Test
    void aFreeLeaseIsDoneWithAndAMissingOneIsAMistake() {
        assertThat(plan(workers().view(), new FormerLocks.Found("7", null))).isInstanceOf(ImportPlan.Nothing.class);
        assertThat(refused(plan(workers().view(), new FormerLocks.Absent())))
                .contains("There is no Lease default/fleetlock-workers")
                .contains("kubectl annotate rbg workers lockkeeper.dev/import-lease-");
    }

    /** Tools that apply manifests put the annotation back, at any time later. */
    @Test
    void aWishThatComesBackAfterTheLeaseWasDeletedPausesNobody() {
        ImportPlan free = plan(workers().view(), new FormerLocks.Found("7", null));
        assertThat(free).isInstanceOfSatisfying(ImportPlan.Nothing.class, n -> {
            assertThat(n.mark()).isEqualTo(LOCK.mark("7"));
            assertThat(plan(workers().imported(n.mark()).view(), new FormerLocks.Absent()))
                    .isInstanceOf(ImportPlan.Nothing.class);
        });
        GroupView another = workers().imported("default/fleetlock-workers-2@7").view();
        assertThat(refused(plan(another, new FormerLocks.Absent()))).contains("There is no Lease");
    }

    @Test
    void whoHoldsASlotAlreadyGetsNoSecondOne() {
        nodes.show(NODE);
        assertThat(plan(workers().slots(2).holders(held("worker-1", NODE)).view(), HELD))
                .isInstanceOf(ImportPlan.Nothing.class);
        assertThat(plan(workers().slots(2).holders(held("another-id", NODE)).view(), HELD))
                .as("its node does")
                .isInstanceOf(ImportPlan.Nothing.class);
        GroupView elsewhere = new TestingGroup("edge")
                .selecting("pool", "b")
                .holders(held("worker-1", null))
                .view();
        assertThat(refused(plan(workers().view(), HELD, elsewhere))).contains("RebootGroup 'edge'");
    }

    /** That slot's holding did not cordon it, so it will not uncordon it; and nobody can tell whose cordon it is. */
    @Test
    void ofWhoHoldsASlotAlreadyACordonThatStaysIsTold() {
        GroupView group = workers().slots(2).holders(held("worker-1", NODE)).view();
        nodes.show(cordoned(null));
        assertThat(((ImportPlan.Nothing) plan(group, HELD)).why()).contains("kubectl uncordon worker-1,");
        nodes.show(cordoned("token"));
        assertThat(((ImportPlan.Nothing) plan(group, HELD)).why()).doesNotContain("uncordon");
        nodes.show(NODE);
        assertThat(((ImportPlan.Nothing) plan(group, HELD)).why()).doesNotContain("uncordon");
    }

    private static NodeView cordoned(String token) {
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
                token,
                null);
    }

    /** Its lock may not be read, so nothing is done with it: else it would seem that freeing its slot did nothing. */
    @Test
    void whoIsToBeFreedInTheMiddleOfItIsTold() {
        Holder freed = Semaphore.release(workers().holders(imported()).view().state(), "token", "an administrator", T0)
                .next()
                .holders()
                .getFirst();
        assertThat(refused(plan(workers().holders(freed).view(), new FormerLocks.Forbidden("x"))))
                .contains("worker-1 is to be freed")
                .contains("kubectl annotate rbg workers lockkeeper.dev/import-lease-");
        assertThat(refused(plan(workers().holders(imported()).view(), new FormerLocks.Forbidden("x"))))
                .doesNotContain("to be freed");
    }

    @Test
    void oneStateOfALeaseIsTakenOverOnce() {
        nodes.show(NODE);
        GroupView before = workers().imported(LOCK.mark("7")).view();
        assertThat(plan(before, HELD)).isInstanceOf(ImportPlan.Nothing.class);
        assertThat(plan(before, new FormerLocks.Found("8", "worker-1"))).isInstanceOf(ImportPlan.TakeOver.class);
    }

    @Test
    void nobodyIsTakenOverPastTheSlots() {
        nodes.show(NODE);
        assertThat(refused(plan(workers().holders(held("worker-2", null)).view(), HELD)))
                .contains("waits for a slot: worker-2");
    }

    @Test
    void aMachineOfAnotherGroupIsSentThere() {
        nodes.show(TestingGroup.node("worker-1", "pool", "b", null));
        GroupView other = new TestingGroup("pool-b")
                .serving("workers")
                .selecting("pool", "b")
                .view();
        assertThat(refused(plan(workers().view(), HELD, other))).contains("is a member of RebootGroup 'pool-b'");
        assertThat(refused(plan(workers().view(), HELD))).contains("is no member");
    }

    @Test
    void anIdThatSeveralNodesShareIsNobodys() {
        NodeView twin = new NodeView(
                "worker-2", "uid-2", "1", NODE.labels(), "worker-1", null, "b", "", true, T0, T0, false, null, null);
        nodes.show(NODE, twin);
        assertThat(refused(plan(workers().view(), HELD))).contains("any of the nodes worker-1, worker-2");
    }

    @Test
    void withoutTheRightItSaysHowToGiveIt() {
        String user = "system:serviceaccount:lockkeeper:lockkeeper";
        assertThat(refused(plan(workers().view(), new FormerLocks.Forbidden(user))))
                .contains("kubectl -n default create role lockkeeper-import --verb=get"
                        + " --resource=leases.coordination.k8s.io --resource-name=fleetlock-workers;")
                .endsWith("kubectl -n default create rolebinding lockkeeper-import --role=lockkeeper-import --user="
                        + user);
    }

    @Test
    void whatWasBegunIsFinishedAsLongAsTheLeaseNamesIt() {
        GroupView begun = workers().holders(imported()).view();
        assertThat(plan(begun, HELD)).isEqualTo(new ImportPlan.Finish(imported(), LOCK.mark("7")));
        assertThat(plan(begun, new FormerLocks.Absent()))
                .as("deleted by a person, which tells nothing of the machine")
                .isEqualTo(new ImportPlan.Finish(imported(), LOCK.mark("gone")));
        assertThat(plan(begun, new FormerLocks.Found("8", null))).isInstanceOf(ImportPlan.GiveBack.class);
        assertThat(plan(begun, new FormerLocks.Found("8", "worker-2"))).isInstanceOf(ImportPlan.GiveBack.class);
        assertThat(refused(plan(begun, new FormerLocks.Forbidden("x")))).contains("may not read");
    }

    /** Whatever is stored and whatever the Lease says: what would be wrong never comes out. */
    @Test
    void inNoSituationIsAnyoneTakenOverTwiceOrPastTheSlots() {
        nodes.show(NODE);
        int takenOver = 0;
        List<FormerLocks.Look> looks = List.of(
                HELD,
                new FormerLocks.Found("7", null),
                new FormerLocks.Found("7", "worker-2"),
                new FormerLocks.Absent(),
                new FormerLocks.Forbidden("x"));
        List<List<Holder>> here = List.of(
                List.of(),
                List.of(held("worker-1", NODE)),
                List.of(held("x", NODE)),
                List.of(held("y", null)),
                List.of(imported()));
        for (FormerLocks.Look look : looks) {
            for (List<Holder> holders : here) {
                for (int slots = 1; slots <= 2; slots++) {
                    for (String mark : Arrays.asList(null, LOCK.mark("7"), LOCK.mark("6"))) {
                        for (boolean others : List.of(true, false)) {
                            TestingGroup group =
                                    workers().slots(slots).imported(mark).holders(holders.toArray(Holder[]::new));
                            GroupView view = (others ? group.others() : group).view();
                            if (plan(view, look)
                                    instanceof ImportPlan.TakeOver(String id, NodeView node, String stored)) {
                                takenOver++;
                                assertThat(look).isInstanceOfSatisfying(FormerLocks.Found.class, f -> {
                                    assertThat(f.holder()).isEqualTo(id);
                                    assertThat(LOCK.mark(f.version())).isNotEqualTo(mark);
                                });
                                assertThat(view.state().holderOf(id)).isEmpty();
                                NodeRef ref = node == null ? null : node.ref();
                                assertThat(view.state().holderOn(ref)).isEmpty();
                                assertThat(view.isFull()).isFalse();
                                assertThat(Semaphore.takeOver(
                                                        view.state(),
                                                        view.policy(),
                                                        WISH,
                                                        stored,
                                                        "new",
                                                        id,
                                                        ref,
                                                        Boot.UNKNOWN,
                                                        T0)
                                                .outcome())
                                        .as("and what is planned can be stored")
                                        .isTrue();
                            }
                        }
                    }
                }
            }
        }
        assertThat(takenOver).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fleetlock-workers",
                "default/",
                "default/workers",
                "default/fleetlock-",
                "a/b/fleetlock-workers",
                "Default/fleetlock-workers",
                "default/fleetlock-workers ",
                "../fleetlock-workers"
            })
    void whatIsNoSuchLeaseIsAnObjection(String wish) {
        GroupView group = workers().importing(wish).view();
        assertThat(ImportPlanner.objection(group, new Membership(List.of(group))))
                .hasValueSatisfying(why -> assertThat(why).contains("write <namespace>/fleetlock-<group>"));
    }

    @Test
    void theLeaseOfOtherAgentsAndAGroupThatServesNobodyAreObjections() {
        GroupView edge = new TestingGroup("edge").importing(WISH).view();
        assertThat(ImportPlanner.objection(edge, new Membership(List.of(edge))))
                .hasValueSatisfying(why -> assertThat(why).contains("agents of the group 'workers'"));
        GroupView good = workers().view();
        assertThat(ImportPlanner.objection(good, new Membership(List.of(good)))).isEmpty();
        GroupView older = new TestingGroup("a").serving("workers").view();
        GroupView younger = new TestingGroup("workers").importing(WISH).view();
        assertThat(ImportPlanner.objection(younger, new Membership(List.of(older, younger))))
                .hasValueSatisfying(why -> assertThat(why).contains("serves nobody"));
    }
}
