package dev.lockkeeper.operator.lock;

import static dev.lockkeeper.operator.lock.TestingGroup.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.health.Check;
import dev.lockkeeper.operator.health.CheckResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a group's checks are put together, and how often they are asked. */
@Timeout(60)
class ChecksTest {

    private static final String URL = "http://prometheus:9090";
    private static final Check FALSE = new Check.Cel("false", "false");
    private static final Check TRUE = new Check.Cel("true", "true");
    private static final Check BAD = new Check.Cel("bad", "nodes.metadata");
    private static final Check PODS = new Check.Cel("pods", "pods.all(p, p.status.phase == 'Running')");

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, CheckResult> answers = new HashMap<>();
    private final Ticking clock = new Ticking();
    private String uid = "uid-worker-1";
    private String phase = "Running";
    private boolean away;
    private Prometheus prometheus = (url, query) -> {
        asked.add(url + " " + query);
        return answers.getOrDefault(query, new CheckResult.Passed());
    };

    private final NodeFacts facts = new NodeFacts() {
        @Override
        public Map<String, Object> node(String name) throws UnreadException {
            asked.add("node " + name);
            if (away) {
                throw new UnreadException("the API server did not answer", null);
            }
            return Map.of("metadata", Map.of("name", name, "uid", uid));
        }

        @Override
        public List<Map<String, Object>> pods(String node) {
            asked.add("pods " + node);
            return List.of(Map.of("status", Map.of("phase", phase)));
        }
    };

    private final Checks checks = new Checks(facts, (url, query) -> prometheus.ask(url, query), clock);

    private static final class Ticking extends Clock {

        private Instant now = T0;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private static NodeView node(String bootId) {
        NodeView n = TestingGroup.node("worker-1", "pool", "a", null);
        return new NodeView(
                n.name(),
                n.uid(),
                n.resourceVersion(),
                n.labels(),
                n.machineId(),
                n.systemUuid(),
                bootId,
                n.osImage(),
                n.ready(),
                n.readySince(),
                n.heartbeat(),
                n.unschedulable(),
                n.cordonToken(),
                n.pausedReason());
    }

    private CheckResult ask(Check... of) {
        return checks.ask(new TestingGroup("workers").checks(of).view(), node("boot-2"));
    }

    private static Check query(String name, String query) {
        return new Check.Prometheus(name, URL, query);
    }

    @Test
    void withoutChecksNothingIsAsked() {
        assertThat(ask()).isEqualTo(new CheckResult.Passed());
        assertThat(asked).isEmpty();
    }

    @Test
    void allArePassedOnlyIfEachIs() {
        assertThat(ask(TRUE, PODS, query("up", "up{node=\"${node}\"}"))).isEqualTo(new CheckResult.Passed());
        assertThat(asked).containsExactlyInAnyOrder("node worker-1", "pods worker-1", URL + " up{node=\"worker-1\"}");
    }

    @Test
    void nothingOfTheApiIsReadForQueriesAlone() {
        ask(query("up", "up"));
        assertThat(asked).containsExactly(URL + " up");
    }

    @Test
    void oneThatIsNotPassedIsNamed() {
        answers.put("up", new CheckResult.NotYet("its query returned 0"));
        assertThat(ask(TRUE, query("up", "up"), FALSE))
                .as("the first of its kind")
                .isEqualTo(new CheckResult.NotYet("check up is not passed: its query returned 0"));
    }

    @Test
    void oneThatCannotBeAskedIsWorseThanOneThatIsNotPassed() {
        answers.put("up", new CheckResult.Unanswerable("its query returned no series"));
        assertThat(ask(FALSE, query("up", "up"), TRUE))
                .isEqualTo(new CheckResult.Unanswerable("check up cannot be asked: its query returned no series"));
    }

    @Test
    void oneThatDoesNotCompileCannotBeAsked() {
        assertThat(ask(TRUE, BAD))
                .isInstanceOfSatisfying(
                        CheckResult.Unanswerable.class,
                        u -> assertThat(u.why())
                                .startsWith(
                                        "check bad cannot be asked: its expression does not compile: line 1, column 1: undeclared"));
    }

    @Test
    void withoutTheApiAnExpressionCannotBeAsked() {
        away = true;
        assertThat(ask(PODS))
                .isEqualTo(new CheckResult.Unanswerable("check pods cannot be asked: the API server did not answer"));
    }

    @Test
    void aNodeOfTheSameNameIsNotTheNode() {
        uid = "uid-2";
        assertThat(ask(TRUE))
                .isEqualTo(new CheckResult.Unanswerable(
                        "check true cannot be asked: its Node is another one than before"));
        assertThat(asked).containsExactly("node worker-1");
    }

    @Test
    void queriesAreAskedAtTheSameTime() {
        CyclicBarrier all = new CyclicBarrier(3);
        prometheus = (_, _) -> {
            try {
                all.await(30, TimeUnit.SECONDS);
                return new CheckResult.Passed();
            } catch (Exception e) {
                return new CheckResult.Unanswerable(e.toString());
            }
        };
        assertThat(ask(query("a", "a"), query("b", "b"), query("c", "c"))).isEqualTo(new CheckResult.Passed());
    }

    // ---- how often

    @Test
    void theLastAnswerHoldsForFiveSeconds() {
        phase = "Pending";
        assertThat(ask(PODS)).isInstanceOf(CheckResult.NotYet.class);
        phase = "Running";
        clock.now = T0.plus(Duration.ofMillis(4999));
        assertThat(ask(PODS)).isInstanceOf(CheckResult.NotYet.class);
        assertThat(asked).hasSize(2);
        clock.now = T0.plusSeconds(5);
        assertThat(ask(PODS)).isEqualTo(new CheckResult.Passed());
        assertThat(asked).hasSize(4);
    }

    @Test
    void aClockThatIsSetBackKeepsNoAnswer() {
        ask(query("up", "up"));
        clock.now = T0.minusSeconds(3600);
        ask(query("up", "up"));
        assertThat(asked).hasSize(2);
    }

    @Test
    void anAnswerIsThatOfOneGroupOneBootAndTheseChecks() {
        Check up = query("up", "up");
        GroupView workers = new TestingGroup("workers").checks(up).view();
        checks.ask(workers, node("boot-2"));
        checks.ask(workers, node("boot-3"));
        checks.ask(new TestingGroup("others").checks(up).view(), node("boot-3"));
        checks.ask(
                new TestingGroup("workers").checks(up, query("up", "up == 1")).view(), node("boot-3"));
        assertThat(asked)
                .containsExactlyInAnyOrder(URL + " up", URL + " up", URL + " up", URL + " up", URL + " up == 1");
        checks.ask(workers, node("boot-2"));
        assertThat(asked).hasSize(5);
    }

    // ---- what is wrong whatever the machine

    @Test
    void problemsNameTheCheckAndTheComplaint() {
        assertThat(checks.problems(List.of(TRUE, BAD, query("up", "}"), new Check.Cel("empty", ""))))
                .satisfiesExactly(
                        p -> assertThat(p)
                                .startsWith(
                                        "check bad does not compile: line 1, column 1: undeclared reference to 'nodes'"),
                        p -> assertThat(p).startsWith("check empty does not compile: "));
        assertThat(asked).isEmpty();
    }

    @Test
    void manyExpressionsDoNotFillTheMemoryAndAreStillRight() {
        for (int i = 0; i < 600; i++) {
            assertThat(checks.problems(List.of(new Check.Cel("a", i + " == " + i))))
                    .isEmpty();
            assertThat(checks.problems(List.of(BAD))).hasSize(1);
        }
    }

    @Test
    void theConditionTellsOfABadCheck() {
        GroupView group = new TestingGroup("workers").checks(BAD).view();
        GroupStatus.Condition degraded = GroupStatus.conditions(
                        group,
                        group.state(),
                        null,
                        null,
                        Map.of(),
                        List.of(),
                        checks.problems(group.verify().checks()))
                .getLast();
        assertThat(degraded.status()).isTrue();
        assertThat(degraded.reason()).isEqualTo("BadCheck");
        assertThat(degraded.message())
                .startsWith("In spec.verify.checks, check bad does not compile: line 1, column 1: undeclared reference")
                .endsWith(". Correct it: until then machines keep their slots after their reboot.")
                .hasSizeLessThan(500);
    }
}
