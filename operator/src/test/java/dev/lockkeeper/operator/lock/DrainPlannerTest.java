package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingPod.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lockkeeper.operator.lock.DrainPlan.Held;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DrainPlannerTest {

    private static final Instant NOW = Instant.parse("2026-07-07T10:00:00Z");
    private static final LabelMatch DATABASES = new LabelMatch(Map.of("app", "db"), List.of());
    private static final Map<String, String> OWN = Map.of("app.kubernetes.io/name", "lockkeeper");

    static Stream<Arguments> left() {
        DrainPolicy policy = TestingPolicy.DEFAULT;
        return Stream.of(
                arguments(pod("a").ownedBy("DaemonSet"), policy),
                arguments(pod("a").mirror(), policy),
                arguments(pod("a").phase("Succeeded"), policy),
                arguments(pod("a").phase("Failed"), policy),
                arguments(pod("a").phase("Failed").bare(), TestingPolicy.unmanaged(DrainPolicy.Unmanaged.BLOCK)),
                arguments(pod("a").phase("Failed").terminating(NOW, 0).finalizers("x/y"), policy),
                arguments(pod("a").in("lockkeeper").labels(OWN), policy),
                arguments(pod("a").labels(Map.of("app", "web")), TestingPolicy.podSelector(DATABASES)),
                arguments(
                        pod("a").labels(Map.of("app", "web")).terminating(NOW, 30),
                        TestingPolicy.podSelector(DATABASES)),
                arguments(pod("a").bare(), policy),
                arguments(pod("a"), TestingPolicy.mode(DrainPolicy.Mode.CORDON_ONLY)),
                arguments(pod("a"), TestingPolicy.mode(DrainPolicy.Mode.NONE)));
    }

    @ParameterizedTest
    @MethodSource
    void left(TestingPod pod, DrainPolicy policy) {
        assertThat(plan(policy, false, pod).done()).isTrue();
    }

    static Stream<Arguments> evicted() {
        DrainPolicy policy = TestingPolicy.DEFAULT;
        return Stream.of(
                arguments(pod("a"), policy),
                arguments(pod("a").phase("Pending"), policy),
                arguments(pod("a").phase("Unknown"), policy),
                arguments(pod("a").phase(null), policy),
                arguments(pod("a").emptyDir(), policy),
                arguments(pod("a").ownedBy("StatefulSet"), policy),
                arguments(pod("a").in("lockkeeper"), policy),
                arguments(pod("a").in("elsewhere").labels(OWN), policy),
                arguments(pod("a").labels(Map.of("app", "db")), TestingPolicy.podSelector(DATABASES)),
                arguments(pod("a").bare(), TestingPolicy.unmanaged(DrainPolicy.Unmanaged.EVICT)));
    }

    @ParameterizedTest
    @MethodSource
    void evicted(TestingPod pod, DrainPolicy policy) {
        DrainPlan plan = plan(policy, false, pod);

        assertThat(plan.evict()).containsExactly(pod.view());
        assertThat(plan.remaining()).containsExactly(pod.view());
    }

    @Test
    void deletesInModeDelete() {
        DrainPlan plan = plan(TestingPolicy.mode(DrainPolicy.Mode.DELETE), false, pod("a"));

        assertThat(plan.delete()).containsExactly(pod("a").view());
        assertThat(plan.evict()).isEmpty();
    }

    @Test
    void deletesWhatIsLeftWhenForced() {
        DrainPlan plan = plan(
                TestingPolicy.DEFAULT,
                true,
                pod("a"),
                pod("going").terminating(NOW.plusSeconds(20), 30),
                pod("b").bare());

        assertThat(plan.delete()).containsExactly(pod("a").view());
        assertThat(plan.evict()).isEmpty();
        assertThat(plan.waiting()).hasSize(1);
        assertThat(plan.remaining()).hasSize(2);
    }

    static Stream<Arguments> blocked() {
        return Stream.of(
                arguments(
                        pod("a").bare(),
                        TestingPolicy.unmanaged(DrainPolicy.Unmanaged.BLOCK),
                        "no controller would start it again and drain.unmanaged is Block: remove it by hand"),
                arguments(
                        pod("a").emptyDir(),
                        TestingPolicy.keepEmptyDirData(),
                        "its emptyDir data would be lost and drain.deleteEmptyDirData is false: remove it by hand"));
    }

    @ParameterizedTest
    @MethodSource("blocked")
    void blocksAndForceDoesNotHelp(TestingPod pod, DrainPolicy policy, String reason) {
        for (boolean force : new boolean[] {false, true}) {
            DrainPlan plan = plan(policy, force, pod);

            assertThat(plan.blocked()).containsExactly(new Held(pod.view(), reason));
            assertThat(plan.remaining()).containsExactly(pod.view());
            assertThat(plan.done()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("blocked")
    void whatSomebodyRemovedBlocksNoMore(TestingPod pod, DrainPolicy policy) {
        DrainPlan plan = plan(policy, false, pod.terminating(NOW.plusSeconds(10), 30));

        assertThat(plan.blocked()).isEmpty();
        assertThat(plan.waiting()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = DrainPolicy.Mode.class,
            names = {"EVICT", "DELETE"})
    void waitsForAnOrdinaryGrace(DrainPolicy.Mode mode) {
        TestingPod pod = pod("a").finalizers("x/y").terminating(NOW.plusMillis(20_400), 60);

        DrainPlan plan = plan(TestingPolicy.mode(mode), false, pod);

        assertThat(plan.waiting())
                .containsExactly(new Held(pod.view(), "terminating; its grace of 60 s ends at 2026-07-07T10:00:20Z"));
        assertThat(plan.remaining()).containsExactly(pod.view());
    }

    static Stream<Arguments> lingering() {
        return Stream.of(
                arguments(
                        pod("a").terminating(NOW.plusSeconds(1), 61),
                        "terminating; its grace of 61 s ends at 2026-07-07T10:00:01Z"),
                arguments(pod("a").terminating(NOW, 30).finalizers("x/y"), "terminating; finalizer x/y holds it"),
                arguments(
                        pod("a").terminating(NOW.minusSeconds(9), 0).finalizers("x/y", "z"),
                        "terminating; finalizers x/y, z hold it"),
                arguments(
                        pod("a").terminating(NOW.minusSeconds(5), 30),
                        "terminating; still there though its grace of 30 s ended at 2026-07-07T09:59:55Z:"
                                + " look at its node's kubelet"));
    }

    @ParameterizedTest
    @MethodSource
    void lingering(TestingPod pod, String reason) {
        DrainPlan plan = plan(TestingPolicy.DEFAULT, false, pod);

        assertThat(plan.lingering()).containsExactly(new Held(pod.view(), reason));
        assertThat(plan.remaining()).containsExactly(pod.view());
    }

    @Test
    void givesTheKubeletAMomentAfterTheGrace() {
        DrainPlan plan = plan(TestingPolicy.DEFAULT, false, pod("a").terminating(NOW.minusMillis(4_999), 30));

        assertThat(plan.lingering()).isEmpty();
        assertThat(plan.waiting()).hasSize(1);
    }

    @Test
    void takesTheLeastImportantFirstThenByName() {
        DrainPlan plan = plan(
                TestingPolicy.DEFAULT,
                false,
                pod("dns").in("kube-system").priority(2_000_000_000),
                pod("b"),
                pod("a").priority(5),
                pod("z").in("db"),
                pod("batch").priority(-1));

        assertThat(plan.evict()).extracting(PodView::name).containsExactly("batch", "z", "b", "a", "dns");
    }

    @Test
    void anEmptyNodeIsDone() {
        assertThat(plan(TestingPolicy.DEFAULT, false).done()).isTrue();
    }

    private static DrainPlan plan(DrainPolicy policy, boolean force, TestingPod... pods) {
        return DrainPlanner.plan(Stream.of(pods).map(TestingPod::view).toList(), policy, force, NOW);
    }
}
