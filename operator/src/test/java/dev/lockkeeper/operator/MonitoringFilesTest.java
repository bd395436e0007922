package dev.lockkeeper.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts, dashboards and the pages about them say the same. What alerts fire on is tested by promtool. */
class MonitoringFilesTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Path MONITORING = Path.of("..", "deploy", "monitoring");
    private static final String RUNBOOKS = "https://github.com/lockkeeper/lockkeeper/blob/main/docs/runbooks/";

    private static final Pattern METRIC = Pattern.compile("\\blockkeeper_\\w+");
    private static final Pattern DOCUMENTED =
            Pattern.compile("(?m)^\\| `(lockkeeper_\\w+)` \\| (gauge|counter|histogram) \\|");
    private static final Pattern ALERT_ROW = Pattern.compile(
            "(?m)^\\| `(Lockkeeper\\w+)` \\| (\\w+) \\| .+ \\| \\[.+]\\(runbooks/([a-z-]+\\.md)\\) \\|$");
    private static final Set<String> PANELS_OF_GRAFANA_9 =
            Set.of("timeseries", "stat", "table", "bargauge", "piechart", "state-timeline");

    private final JsonNode rules = yaml(MONITORING.resolve("rules/lockkeeper-rules.yaml"));

    @Test
    void everyAlertSaysWhatIsWrongAndWhatToDo() {
        assertThat(alerts()).isNotEmpty().allSatisfy(alert -> {
            assertThat(alert.path("alert").asText()).matches("Lockkeeper[A-Z]\\w+");
            assertThat(alert.path("expr").asText()).isNotBlank();
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning", "info");
            assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
            assertThat(alert.at("/annotations/description").asText()).isNotBlank();
            assertThat(alert.at("/annotations/runbook_url").asText()).startsWith(RUNBOOKS);
        });
        assertThat(alerts().map(alert -> alert.path("alert").asText())).doesNotHaveDuplicates();
    }

    @Test
    void everyAlertHasARunbookAndEveryRunbookAnAlert() throws IOException {
        try (Stream<Path> pages = Files.list(DOCS.resolve("runbooks"))) {
            assertThat(pages.map(page -> page.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            alerts().map(MonitoringFilesTest::runbook).collect(Collectors.toSet()));
        }
    }

    @Test
    void thePageListsEveryAlertWithItsSeverityAndRunbook() throws IOException {
        List<String> rows = ALERT_ROW
                .matcher(Files.readString(DOCS.resolve("monitoring.md")))
                .results()
                .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
                .toList();
        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(
                        alerts().map(alert -> alert.path("alert").asText() + " "
                                        + alert.at("/labels/severity").asText() + " " + runbook(alert))
                                .toList());
    }

    @Test
    void everyAlertHasATestInWhichItFiresAndOneInWhichItIsSilent() {
        List<JsonNode> tests = children(yaml(MONITORING.resolve("rules/lockkeeper-rules-test.yaml"))
                        .path("tests"))
                .flatMap(test -> children(test.path("alert_rule_test")))
                .toList();
        assertThat(alerts().map(alert -> alert.path("alert").asText())).allSatisfy(alert -> {
            List<Integer> fired = tests.stream()
                    .filter(test -> test.path("alertname").asText().equals(alert))
                    .map(test -> test.path("exp_alerts").size())
                    .toList();
            assertThat(fired).contains(0).anyMatch(count -> count > 0);
        });
    }

    @Test
    void thePrometheusRuleIsACopyOfTheRules() {
        JsonNode copy = yaml(MONITORING.resolve("prometheus-operator/prometheusrule.yaml"));
        assertThat(copy.at("/spec/groups")).isEqualTo(rules.path("groups"));
    }

    @Test
    void noAlertUsesAMetricThatIsNotDocumented() throws IOException {
        Set<String> documented = documentedMetrics();
        assertThat(alerts())
                .allSatisfy(alert -> assertThat(metrics(alert.path("expr").asText()))
                        .isNotEmpty()
                        .isSubsetOf(documented));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lockkeeper-fleet", "lockkeeper-lock"})
    void noDashboardUsesAMetricThatIsNotDocumented(String name) throws IOException {
        JsonNode dashboard = dashboard(name);
        Set<String> documented = documentedMetrics();
        assertThat(panels(dashboard).flatMap(panel -> children(panel.path("targets"))))
                .allSatisfy(target -> assertThat(metrics(target.path("expr").asText()))
                        .isNotEmpty()
                        .isSubsetOf(documented));
        assertThat(variables(dashboard, "query"))
                .allSatisfy(variable -> assertThat(
                                metrics(variable.at("/query/query").asText()))
                        .isNotEmpty()
                        .isSubsetOf(documented));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lockkeeper-fleet", "lockkeeper-lock"})
    void aDashboardCanBeImportedAnywhere(String name) {
        JsonNode dashboard = dashboard(name);
        assertThat(dashboard.path("uid").asText()).isEqualTo(name);
        assertThat(dashboard.path("id").isNull()).isTrue();
        assertThat(dashboard.path("schemaVersion").asInt()).isEqualTo(37);
        assertThat(dashboard.path("editable").asBoolean()).isTrue();
        assertThat(dashboard.path("refresh").asText()).isEqualTo("30s");
        assertThat(variables(dashboard, "datasource")
                        .map(variable -> variable.path("name").asText()))
                .containsExactly("datasource");
        // All must also find series whose label is empty, such as machines without a group.
        assertThat(variables(dashboard, "query"))
                .isNotEmpty()
                .allSatisfy(variable ->
                        assertThat(variable.path("allValue").asText()).isEqualTo(".*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lockkeeper-fleet", "lockkeeper-lock"})
    void everyPanelSaysWhatItShowsInWhichUnitAndFromWhere(String name) {
        JsonNode dashboard = dashboard(name);
        assertThat(panels(dashboard)).isNotEmpty().allSatisfy(panel -> {
            assertThat(panel.path("type").asText()).isIn(PANELS_OF_GRAFANA_9);
            assertThat(panel.path("title").asText()).isNotBlank();
            assertThat(panel.path("description").asText()).isNotBlank();
            assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
            assertThat(children(panel.path("targets"))).isNotEmpty();
            assertThat(Stream.concat(Stream.of(panel), children(panel.path("targets"))))
                    .allSatisfy(part -> {
                        assertThat(part.at("/datasource/type").asText()).isEqualTo("prometheus");
                        assertThat(part.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                    });
        });
        assertThat(children(dashboard.path("panels"))
                        .map(panel -> panel.path("id").asInt()))
                .doesNotHaveDuplicates();
    }

    private Stream<JsonNode> alerts() {
        return children(rules.path("groups")).flatMap(group -> children(group.path("rules")));
    }

    private static String runbook(JsonNode alert) {
        return alert.at("/annotations/runbook_url").asText().substring(RUNBOOKS.length());
    }

    /** Without the rows, which are headings. */
    private static Stream<JsonNode> panels(JsonNode dashboard) {
        return children(dashboard.path("panels"))
                .filter(panel -> !panel.path("type").asText().equals("row"));
    }

    private static Stream<JsonNode> variables(JsonNode dashboard, String type) {
        return children(dashboard.at("/templating/list"))
                .filter(variable -> variable.path("type").asText().equals(type));
    }

    /** The metrics of a query, a histogram's by its own name. */
    private static Set<String> metrics(String query) {
        return METRIC.matcher(query)
                .results()
                .map(m -> m.group().replaceAll("_(bucket|sum|count|max)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> documentedMetrics() throws IOException {
        return DOCUMENTED
                .matcher(Files.readString(DOCS.resolve("metrics.md")))
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode dashboard(String name) {
        return yaml(MONITORING.resolve("dashboards/" + name + ".json"));
    }

    /** JSON is read, too. */
    private static JsonNode yaml(Path file) {
        try {
            return Serialization.unmarshal(Files.readString(file), JsonNode.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JsonNode> children(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false);
    }
}
