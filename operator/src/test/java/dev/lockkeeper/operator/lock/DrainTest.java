package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingPod.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.fleetlock.semaphore.Blocker;
import dev.lockkeeper.fleetlock.semaphore.DrainFigures;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrainTest {

    private static final Instant NOW = Instant.parse("2026-07-07T10:00:00Z");
    private static final NodeView NODE = new NodeView(
            "worker-1", "uid", "1", Map.of(), null, null, null, null, true, null, null, true, "token", null);

    private final TestingPods pods = new TestingPods();
    private final Drain drain = new Drain(pods, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void isDoneOnlyWhenNothingWasLeftAtTheBeginningOfThePass() {
        pods.add(pod("a"));
        pods.add(pod("ds").ownedBy("DaemonSet"));

        DrainStep first = step(null);
        assertThat(first.done()).isFalse();
        assertThat(first.figures()).isEqualTo(new DrainFigures(0, 1, List.of()));
        assertThat(first.waitingFor()).isEqualTo("pod web/a: asked to go");

        DrainStep second = step(first.figures());
        assertThat(second.done()).isTrue();
        assertThat(second.figures()).isEqualTo(new DrainFigures(1, 0, List.of()));
        assertThat(second.waitingFor()).isNull();
        assertThat(pods.calls()).containsExactly("evict a");
    }

    @Test
    void asksNothingWhereNoPodsAreRemoved() {
        pods.add(pod("a"));

        for (DrainPolicy.Mode mode : List.of(DrainPolicy.Mode.CORDON_ONLY, DrainPolicy.Mode.NONE)) {
            assertThat(drain.step(NODE, TestingPolicy.mode(mode), true, null).done())
                    .isTrue();
            assertThat(drain.remaining(NODE, TestingPolicy.mode(mode))).isEmpty();
        }
        assertThat(pods.lists()).isZero();
    }

    @Test
    void remainingTouchesNothing() {
        pods.add(pod("a"));

        assertThat(drain.remaining(NODE, TestingPolicy.DEFAULT)).containsExactly(pod("a").view());
        assertThat(pods.calls()).isEmpty();
    }

    @Test
    void deletesWhenForcedEvenWhatABudgetProtects() {
        pods.add(pod("a"));
        pods.answer("a", new PodRemoval.Refused("pdb", "0 disruptions allowed"));

        drain.step(NODE, TestingPolicy.DEFAULT, true, null);

        assertThat(pods.calls()).containsExactly("delete a");
    }

    @Test
    void namesTheBudgetThatRefuses() {
        pods.add(pod("pg-0").in("db"));
        pods.answer("pg-0", new PodRemoval.Refused("pg", "0 disruptions allowed"));

        DrainStep step = step(new DrainFigures(2, 3, List.of()));

        assertThat(step.figures())
                .isEqualTo(new DrainFigures(4, 1, List.of(new Blocker("db/pg-0", "0 disruptions allowed", "db/pg"))));
        assertThat(step.waitingFor()).isEqualTo("pod db/pg-0 blocked by PDB db/pg (0 disruptions allowed)");
        assertThat(pods.budgetLists()).isZero();
    }

    @Test
    void looksUpTheBudgetThatAnAnswerDoesNotName() {
        pods.add(pod("pg-0").in("db").labels(Map.of("app", "pg")));
        pods.answer("pg-0", new PodRemoval.Refused(null, "0 disruptions allowed"));
        pods.budget(new PodBudget("db", "none", null));
        pods.budget(new PodBudget("db", "other", new LabelMatch(Map.of("app", "x"), List.of())));
        pods.budget(new PodBudget("db", "pg", new LabelMatch(Map.of("app", "pg"), List.of())));

        assertThat(step(null).figures().blockedBy())
                .containsExactly(new Blocker("db/pg-0", "0 disruptions allowed", "db/pg"));
    }

    @Test
    void namesAllBudgetsOfAPodThatHasSeveralAndLooksThemUpOnce() {
        LabelMatch app = new LabelMatch(Map.of("app", "pg"), List.of());
        pods.budget(new PodBudget("db", "b", app));
        pods.budget(new PodBudget("db", "a", app));
        for (String name : List.of("pg-0", "pg-1")) {
            pods.add(pod(name).in("db").labels(Map.of("app", "pg")));
            pods.answer(name, new PodRemoval.SeveralBudgets());
        }

        DrainStep step = step(null);

        String reason = "matches 2 PDBs db/a and db/b; the eviction API serves no such pod: leave one of them";
        assertThat(step.figures().blockedBy())
                .containsExactly(new Blocker("db/pg-0", reason, null), new Blocker("db/pg-1", reason, null));
        assertThat(pods.budgetLists()).isEqualTo(1);
    }

    @Test
    void saysWhatFailedAndWhatWouldNeverEndFirst() {
        pods.add(pod("lingers").terminating(NOW, 0).finalizers("x/y"));
        pods.add(pod("refused"));
        pods.answer("refused", new PodRemoval.Refused("pdb", "0 disruptions allowed"));
        pods.add(pod("data").emptyDir());
        pods.add(pod("failed"));
        pods.answer("failed", new PodRemoval.Failed(403, "pods \"failed\" is forbidden"));

        DrainStep step = drain.step(NODE, TestingPolicy.keepEmptyDirData(), false, null);

        assertThat(step.figures().remaining()).isEqualTo(4);
        assertThat(step.figures().blockedBy())
                .extracting(Blocker::pod)
                .containsExactly("web/failed", "web/data", "web/refused");
        assertThat(step.waitingFor())
                .isEqualTo("pod web/failed: eviction failed with 403: pods \"failed\" is forbidden");
    }

    @Test
    void neitherAGonePodNorAnEndingNamespaceBlocks() {
        pods.add(pod("a"));
        pods.answer("a", new PodRemoval.Gone());
        pods.add(pod("b"));
        pods.answer("b", new PodRemoval.NamespaceEnding());

        assertThat(step(null).figures()).isEqualTo(new DrainFigures(0, 2, List.of()));
    }

    @Test
    void cutsALongMessage() {
        pods.add(pod("a"));
        pods.answer("a", new PodRemoval.Failed(500, "x".repeat(5_000)));

        assertThat(step(null).figures().blockedBy().getFirst().reason()).hasSizeLessThan(400);
    }

    @Test
    void leavesTheRestToTheNextPassWhenTheServerIsAway() {
        IntStream.range(0, 200).forEach(i -> {
            pods.add(pod("p" + i));
            pods.answer("p" + i, new PodRemoval.Failed(0, "Connection refused"));
        });

        DrainStep step = step(null);

        assertThat(pods.calls()).hasSizeBetween(1, 20);
        assertThat(step.figures().remaining()).isEqualTo(200);
        assertThat(step.waitingFor()).endsWith("eviction got no answer: Connection refused");
    }

    @Test
    void asksForManyAtOnceButNotForAll() {
        IntStream.range(0, 60).forEach(i -> pods.add(pod("p" + i)));
        pods.slow();

        step(null);

        assertThat(pods.calls()).hasSize(60);
        assertThat(pods.mostAtOnce()).isBetween(2, 10);
    }

    @Test
    void countsOnFromTheStoredFiguresAndNeverBack() {
        pods.add(pod("a").terminating(NOW.plusSeconds(30), 30));
        pods.add(pod("landed").terminating(NOW.plusSeconds(30), 30));

        assertThat(step(new DrainFigures(7, 1, List.of())).figures().evicted()).isEqualTo(7);
        assertThat(step(new DrainFigures(7, 5, List.of())).figures().evicted()).isEqualTo(10);
        assertThat(step(null).figures().evicted()).isZero();
    }

    @Test
    void aListThatFailsIsNeverAnEmptyNode() {
        pods.listFails();

        assertThatThrownBy(() -> step(null)).hasMessage("no list");
        assertThatThrownBy(() -> drain.remaining(NODE, TestingPolicy.DEFAULT)).hasMessage("no list");
    }

    private DrainStep step(DrainFigures before) {
        return drain.step(NODE, TestingPolicy.DEFAULT, false, before);
    }
}
