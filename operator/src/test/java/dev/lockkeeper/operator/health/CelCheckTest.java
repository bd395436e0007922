package dev.lockkeeper.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people may ask of a Node and its pods, and what becomes of expressions that are wrong or costly. */
@Timeout(60)
class CelCheckTest {

    private static final Clock FIXED = Clock.fixed(Instant.parse("2026-07-10T12:00:00Z"), ZoneOffset.UTC);

    private static final Map<String, Object> NODE = Map.of(
            "metadata",
            Map.of(
                    "name",
                    "worker-1",
                    "labels",
                    Map.of("pool", "blue", "example.com/gpu", "2"),
                    "annotations",
                    Map.of()),
            "spec",
            Map.of("unschedulable", true),
            "status",
            Map.of(
                    "capacity",
                    Map.of("cpu", "4"),
                    "daemonEndpoints",
                    Map.of("kubeletEndpoint", Map.of("Port", 10250L)),
                    "conditions",
                    List.of(
                            Map.of("type", "Ready", "status", "True"),
                            Map.of("type", "DiskPressure", "status", "False"))));

    private static final List<Map<String, Object>> PODS =
            List.of(pod("cni-1", "cni", "Running", true), pod("job-1", "jobs", "Succeeded", false));

    private static Map<String, Object> pod(String name, String namespace, String phase, boolean ready) {
        return Map.of(
                "metadata",
                Map.of("name", name, "namespace", namespace, "labels", Map.of("app", namespace)),
                "spec",
                Map.of("nodeName", "worker-1"),
                "status",
                Map.of(
                        "phase",
                        phase,
                        "conditions",
                        List.of(Map.of("type", "Ready", "status", ready ? "True" : "False")),
                        "containerStatuses",
                        List.of(Map.of("name", "a", "restartCount", 3L))));
    }

    private static CheckResult evaluate(String expression) {
        return CelCheck.of(expression).evaluate(NODE, PODS, FIXED);
    }

    private static String unanswerable(CheckResult result) {
        assertThat(result).isInstanceOf(CheckResult.Unanswerable.class);
        return ((CheckResult.Unanswerable) result).why();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "node.metadata.name == 'worker-1'",
                "node.metadata.labels['pool'] == 'blue'",
                "node.metadata.labels.pool.startsWith('bl')",
                "'example.com/gpu' in node.metadata.labels && int(node.metadata.labels['example.com/gpu']) >= 2",
                "!has(node.metadata.annotations.sick)",
                "node.spec.unschedulable",
                "node.status.daemonEndpoints.kubeletEndpoint.Port == 10250",
                "node.status.daemonEndpoints.kubeletEndpoint.Port < 10250.5",
                "node.status.conditions.exists(c, c.type == 'DiskPressure' && c.status == 'False')",
                "pods.all(p, p.status.phase in ['Running','Succeeded'])",
                "pods.exists(p, p.metadata.namespace == 'cni' && p.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True'))",
                "pods.all(p, p.status.phase == 'Succeeded' ||\n  has(p.status.conditions) && p.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True'))\n",
                "pods.filter(p, p.metadata.labels.app == 'cni').size() == 1",
                "pods.map(p, p.metadata.name) == ['cni-1', 'job-1']",
                "pods.exists_one(p, p.metadata.name.matches('^cni-[0-9]+$'))",
                "pods.all(p, p.status.containerStatuses.all(s, s.restartCount <= 3))",
                "node.metadata.name.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$')",
                "matches(node.metadata.name, 'er-') && !node.metadata.name.matches('x')",
                "pods.all(p, p.spec.nodeName == node.metadata.name)",
                "node.metadata.labels['example.com/gpu'] + '2' == '22'",
                "[node.metadata.labels, {'pool': 'blue'}][1]['pool'] == 'blue'",
                "size(pods) == 2 ? true : false"
            })
    void passes(String expression) {
        assertThat(evaluate(expression)).isEqualTo(new CheckResult.Passed());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "false",
                "pods.all(p, p.status.phase == 'Running')",
                "node.metadata.labels['pool'] == 'red'",
                "has(node.spec.taints)"
            })
    void aFalseOneIsNotPassedYet(String expression) {
        assertThat(evaluate(expression)).isEqualTo(new CheckResult.NotYet("its expression is false"));
    }

    @Test
    void noPodsAreAllAsTheyShouldBe() {
        CelCheck check = CelCheck.of("pods.all(p, p.status.phase == 'Running')");
        assertThat(check.evaluate(NODE, List.of(), FIXED)).isEqualTo(new CheckResult.Passed());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "node.metadata.labels['zone'] == 'a'   | key 'zone' is not present in map (at character 21)",
                "node.metadata.labels.zone == 'a'      | key 'zone' is not present in map (at character 21)",
                "pods.all(p, p.spec.hostNetwork)       | hostNetwork",
                "pods[7].metadata.name == 'x'          | 7",
                "1 / (size(pods) - 2) == 1             | zero",
                "node.metadata.name > 3                | overload",
                "node.metadata.name.matches('(')       | missing closing )"
            })
    void oneThatFailsIsNoAnswer(String expression, String named) {
        assertThat(unanswerable(evaluate(expression)))
                .startsWith("its expression failed: ")
                .contains(named)
                .hasSizeLessThan(400);
    }

    @Test
    void aResultThatIsNoBooleanIsNoAnswer() {
        assertThat(unanswerable(evaluate("node.metadata.name")))
                .isEqualTo("its expression is neither true nor false: worker-1");
        assertThat(unanswerable(evaluate("node.metadata"))).isEqualTo("its expression is neither true nor false");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "pods.size()                      | line 1, column 10: | expected type 'bool' but found 'int'",
                "'yes'                            | line 1, column 1: | bool",
                "node.metadata.name ==            | line 1, column 22: | mismatched input '<EOF>'",
                "nodes.metadata.name == 'a'       | line 1, column 1: | undeclared reference to 'nodes'",
                "pods.any(p, true)                | line 1, column 9: | undeclared reference to 'any'",
                "pods == 'Running'                | line 1, column 6: | no matching overload",
            })
    void oneThatDoesNotCompileSaysWhereAndWhy(String expression, String where, String why) {
        CelCheck check = CelCheck.of(expression);
        assertThat(check.problem())
                .hasValueSatisfying(p -> assertThat(p).startsWith(where).contains(why));
        assertThat(unanswerable(check.evaluate(NODE, PODS, FIXED)))
                .isEqualTo("its expression does not compile: " + check.problem().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "pods.all(", "true true", "\"", "\u0000", "{", "pods.all(p, )"})
    void nonsenseDoesNotCompile(String expression) {
        assertThat(CelCheck.of(expression).problem())
                .hasValueSatisfying(
                        p -> assertThat(p).isNotBlank().doesNotContain("\n").hasSizeLessThanOrEqualTo(300));
    }

    @Test
    void whatIsTooLongOrTooDeepDoesNotCompile() {
        assertThat(CelCheck.of(" ".repeat(4092) + "true").problem()).isEmpty();
        assertThat(CelCheck.of(" ".repeat(4093) + "true").problem()).isPresent();
        assertThat(CelCheck.of("(".repeat(100) + "true" + ")".repeat(100)).problem())
                .isPresent();
        assertThat(CelCheck.of("[".repeat(2000) + "]".repeat(2000) + " == []").problem())
                .isPresent();
    }

    /** As deep as 4096 characters can make it without a parenthesis: no answer, or one, but never an error that ends the thread. */
    @ParameterizedTest
    @ValueSource(strings = {"1+", "!", "-", "true&&", "true?true:", "node.a.b.c.", "pods[0]."})
    void longChainsAreHarmless(String link) {
        String chain = link.repeat(4000 / link.length());
        for (String end : List.of("true", "1 == 1", "a == 1", "metadata.name == ''")) {
            CheckResult result = evaluate(chain + end);
            assertThat(result).isNotNull();
        }
    }

    // ---- cost

    private static List<Map<String, Object>> manyPods(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> pod("pod-" + i, "default", "Running", true))
                .toList();
    }

    @Test
    void aBusyNodesPodsAreNotTooMany() {
        CelCheck check = CelCheck.of(
                "pods.all(p, p.status.phase in ['Running', 'Succeeded'] && p.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')"
                        + " && p.status.containerStatuses.all(s, s.restartCount < 10))");
        assertThat(check.evaluate(NODE, manyPods(500), Clock.systemUTC())).isEqualTo(new CheckResult.Passed());
    }

    @Test
    void comprehensionsInComprehensionsAreStopped() {
        CelCheck check = CelCheck.of("pods.all(a, pods.all(b, pods.all(c, pods.all(d, a != b || c != d || true))))");
        assertThat(check.problem()).isEmpty();
        assertThat(unanswerable(check.evaluate(NODE, manyPods(300), FIXED)))
                .contains("Iteration budget exceeded: 20000");
    }

    @Test
    void oneThatTakesTooLongIsStopped() {
        Clock late = new Clock() {
            private int asked;

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return FIXED.instant().plus(asked++, ChronoUnit.MILLIS);
            }
        };
        CelCheck check = CelCheck.of("pods.exists(a, pods.exists(b, a == b && false)) || true");
        assertThat(check.evaluate(NODE, manyPods(5), late)).isEqualTo(new CheckResult.Passed());
        assertThat(unanswerable(check.evaluate(NODE, manyPods(40), late))).contains("it takes longer than 1 s");
    }

    /** Each link doubles what the one before made. */
    private static String doubling(String seed, int times) {
        String names = IntStream.range(0, times)
                .mapToObj(i -> "[" + (i == 0 ? seed : "x" + (i - 1) + " + x" + (i - 1)) + "].all(x" + i + ", ")
                .collect(Collectors.joining());
        return names + "true" + ")".repeat(times);
    }

    @Test
    void whatMakesLargeThingsIsStopped() {
        assertThat(evaluate(doubling("'0123456789abcdef'", 10))).isEqualTo(new CheckResult.Passed());
        assertThat(unanswerable(evaluate(doubling("'" + "0".repeat(2048) + "'", 15))))
                .contains("a text or a list that is too large");
        assertThat(unanswerable(evaluate(doubling("[" + "0,".repeat(500) + "0]", 12))))
                .contains("a text or a list that is too large");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{100}){100}){100}",
                "((a{1000}){1000}){1000}",
                "(a{1,1000}){1,1000}",
                "(a{1000,}){1000}",
                "a{9}{99999999999}"
            })
    void aRegularExpressionThatIsTooLargeIsStopped(String regex) {
        assertThat(unanswerable(evaluate("node.metadata.name.matches('" + regex + "')")))
                .contains("the repetitions of a regular expression multiply to too many");
        assertThat(unanswerable(evaluate("matches(node.metadata.name, '" + regex + "')")))
                .startsWith("its expression failed: ");
    }

    @Test
    void whatAFunctionWasGivenIsNotQuoted() {
        assertThat(unanswerable(evaluate("timestamp('9999-12-31T23:59:59Z') + duration('87600h') == timestamp(0)")))
                .isEqualTo("its expression failed: Function 'add_timestamp_duration' failed (at character 35)");
    }
}
