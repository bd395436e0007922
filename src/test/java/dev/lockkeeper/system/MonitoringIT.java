package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.monitor.Alert;
import dev.lockkeeper.testbed.monitor.PrometheusTools;
import dev.lockkeeper.testbed.operator.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shipped alerts and dashboards at a real Prometheus, after a real roll at two replicas. Without Prometheus it is skipped, and fails
 * under {@code -Dprometheus.required=true}.
 */
class MonitoringIT {

    private static final Path MONITORING = Manifests.root().resolve("deploy/monitoring");
    private static final Path RULES = MONITORING.resolve("rules");
    private static final String RULE_FILE = "lockkeeper-rules.yaml";
    private static final Pattern SPAN = Pattern.compile("`([^`]*lockkeeper_[^`]*)`");

    private static PrometheusTools tools;
    private static MonitoredRoll roll;

    @BeforeAll
    static void start() throws Exception {
        try {
            tools = PrometheusTools.find();
        } catch (IllegalStateException missing) {
            if (Boolean.getBoolean("prometheus.required")) {
                throw missing;
            }
            abort(missing.getMessage());
        }
        roll = MonitoredRoll.start(tools, RULES.resolve(RULE_FILE));
    }

    @AfterAll
    static void stop() {
        if (roll != null) {
            roll.close();
        }
    }

    @Test
    void promtoolFindsTheRulesInOrderAndTheirTestsPass() {
        assertThat(tools.promtool(RULES, "check", "rules", RULE_FILE)).containsPattern("SUCCESS: \\d+ rules found");
        assertThat(tools.promtool(RULES, "test", "rules", "lockkeeper-rules-test.yaml"))
                .contains("SUCCESS");
    }

    // ---- alerts

    @Test
    void theAlertsOfWhatHappenedFireAndNoOthers() {
        JsonNode fired = roll.prometheus.range(
                "count by (alertname) (ALERTS{alertstate=\"firing\"})",
                roll.began,
                Instant.now(),
                Duration.ofSeconds(1));
        assertThat(fired.findValues("alertname"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder(
                        "LockkeeperReleaseQuarantined",
                        "LockkeeperMachineParked",
                        "LockkeeperUpdateFailed",
                        "LockkeeperDrainBlocked",
                        "LockkeeperStagedWithdrawn",
                        "LockkeeperAgentsWithoutGroup");
        assertThat(roll.prometheus.warnings()).isEmpty();
    }

    @Test
    void anAlertSaysWhomItIsAbout() {
        assertThat(roll.told.values())
                .hasSize(6)
                .allSatisfy(
                        alert -> assertThat(String.join(" ", alert.annotations().values()))
                                .doesNotContain("no value", "error", "{{"));
        assertThat(roll.told.get("LockkeeperReleaseQuarantined").labels())
                .isEqualTo(Map.of("severity", "warning", "stream", "stable", "architecture", "aarch64"));
        assertThat(roll.told.get("LockkeeperMachineParked").labels())
                .isEqualTo(Map.of("severity", "warning", "group", MonitoredRoll.GROUP));
        assertThat(roll.told.get("LockkeeperUpdateFailed").annotations())
                .containsEntry("summary", "An update on aarch64 ended as Failed")
                .extractingByKey("description")
                .asString()
                .startsWith("Updates on aarch64 under pin " + MonitoredRoll.PIN
                        + " that ended as Failed in the last hour: 1. ");
        assertThat(roll.told.get("LockkeeperDrainBlocked").labels()).containsEntry("reason", "unmanaged");
    }

    @Test
    void whatIsOverResolvesAndAFailureIsToldForAnHour() {
        assertThat(roll.firing())
                .extracting(Alert::name)
                .contains("LockkeeperUpdateFailed")
                .doesNotContain("LockkeeperReleaseQuarantined", "LockkeeperMachineParked", "LockkeeperDrainBlocked");
    }

    // ---- dashboards

    @ParameterizedTest
    @ValueSource(strings = {"lockkeeper-fleet", "lockkeeper-lock"})
    void everyPanelHasFigures(String dashboard) throws IOException {
        List<Panel> panels = Panel.of(MONITORING.resolve("dashboards/" + dashboard + ".json"));
        assertThat(panels)
                .isNotEmpty()
                .allSatisfy(panel -> assertThat(figures(panel))
                        .as("%s: %s", panel.name(), panel.query())
                        .anyMatch(figure -> !figure.equals("NaN")));
    }

    @Test
    void thePanelsOfTheEndTellWhatHappened() throws IOException {
        Map<String, List<String>> figures = Panel.of(MONITORING.resolve("dashboards/lockkeeper-fleet.json")).stream()
                .filter(Panel::instant)
                .collect(Collectors.toMap(Panel::name, MonitoringIT::figures));
        assertThat(figures)
                .containsEntry("Updates that failed A", List.of("1"))
                .containsEntry("By stream A", List.of("4"))
                .containsEntry("Progress now A", List.of("1", "1", "1", "1"))
                .containsEntry("Targets A", List.of("1", "1", "1", "1"));
        // Failed once and then updated on aarch64, as its twin was; two updates on each of two others.
        assertThat(figures.get("Verdicts by architecture A")).containsExactlyInAnyOrder("1", "2", "2", "2");
    }

    private static List<String> figures(Panel panel) {
        List<String> figures = new ArrayList<>();
        JsonNode found = panel.instant()
                ? roll.prometheus.query(panel.query())
                : roll.prometheus.range(panel.query(), roll.began, roll.ended, Duration.ofSeconds(1));
        for (JsonNode series : found) {
            series.path("values").forEach(v -> figures.add(v.path(1).asText()));
            if (series.has("value")) {
                figures.add(series.path("value").path(1).asText());
            }
        }
        return figures;
    }

    @Test
    void theVariablesOfTheDashboardsListGroupsAndPins() {
        assertThat(values("count by (group) (lockkeeper_group_slots)")).containsOnlyKeys(MonitoredRoll.GROUP);
        assertThat(values("count by (pin) (lockkeeper_pin_up_to_date_ratio)")).containsOnlyKeys(MonitoredRoll.PIN);
    }

    // ---- replicas

    @Test
    void theGaugesOfAGroupAreTheSameAtEveryReplica() {
        String query =
                "max by (__name__, group, phase, reason) ({__name__=~\"lockkeeper_group_.+|lockkeeper_drain_blocked\", instance=~\"%s\"})";
        Map<String, Double> leaders = valuesWhenParked(query.formatted(MonitoredRoll.instance(roll.leader)));
        assertThat(leaders)
                .hasSize(8 + 6 + 6)
                .containsEntry("lockkeeper_group_parked workers", 1.0)
                .containsEntry("lockkeeper_group_slots workers", 3.0)
                .isEqualTo(valuesWhenParked(query.formatted(MonitoredRoll.instance(roll.other))))
                .isEqualTo(valuesWhenParked(query.formatted(".*")));
    }

    @Test
    void machinesPinsAndReleasesAreShownByTheLeaderAlone() {
        String all =
                "{__name__=~\"lockkeeper_(machines|staged_withdrawn|pin_.+|quarantined_releases|offers_open_seconds)\"%s}";
        String by = " by (__name__, group, stream, architecture, version, state, pin) ";
        Map<String, Double> sum = valuesWhenParked("sum" + by + "(" + all.formatted("") + ")");
        assertThat(sum)
                .containsEntry("lockkeeper_machines aarch64 workers Failed stable 44.20260615.3.0", 1.0)
                .containsEntry("lockkeeper_quarantined_releases aarch64 stable", 1.0)
                .containsEntry("lockkeeper_pin_up_to_date_ratio x86_64 everything", 1.0)
                .isEqualTo(valuesWhenParked("max" + by + "(" + all.formatted("") + ")"))
                .isEqualTo(valuesWhenParked("max" + by + "("
                        + all.formatted(", instance=\"" + MonitoredRoll.instance(roll.leader) + "\"") + ")"));
        assertThat(values("max_over_time(sum(lockkeeper_leader)[1h:1s])").values())
                .containsExactly(1.0);
    }

    @Test
    void theAgeOfAGraphIsTheSameAtEveryReplica() {
        String age = "max by (graph, stream) (lockkeeper_graph_age_seconds{instance=~\"%s\"})";
        Map<String, Double> all = values(age.formatted(".*"));
        assertThat(all).containsOnlyKeys("fedora stable");
        // Scrapes and the replicas' own reads are up to a second apart, the refreshes 10.
        double leaders =
                values(age.formatted(MonitoredRoll.instance(roll.leader))).get("fedora stable");
        assertThat(all.get("fedora stable")).isBetween(leaders, leaders + 3);
    }

    @Test
    void whatReplicasCountAddsUpToWhatHappened() {
        Map<String, Double> yes = new TreeMap<>(Map.of(
                "pre-reboot", answeredYes(Api.PRE_REBOOT),
                "steady-state", answeredYes(Api.STEADY_STATE)));
        Map<String, Double> boots = new TreeMap<>();
        roll.specs.forEach(machine -> boots.merge(
                machine.architecture().coreosName(),
                (double) entries(Journal.Boot.class, machine).count(),
                Double::sum));
        String answers = "sum by (api) (lockkeeper_requests_total{outcome=~\"granted|released\"%s})";
        assertThat(values(answers.formatted(""))).isEqualTo(yes);
        assertThat(values(answers.formatted(", instance=\"" + MonitoredRoll.instance(roll.leader) + "\"")))
                .as("the other half was counted at the other replica")
                .allSatisfy((api, count) -> assertThat(count).isLessThan(yes.get(api)));
        assertThat(values("sum by (architecture) (lockkeeper_reboot_seconds_count)"))
                .isEqualTo(boots);
        assertThat(values("sum by (result) (lockkeeper_drain_seconds_count)"))
                .isEqualTo(Map.of(
                        "drained", boots.values().stream().mapToDouble(n -> n).sum()));
        assertThat(values("sum by (verdict) (lockkeeper_updates_total)"))
                .isEqualTo(Map.of("Failed", 1.0, "Updated", 6.0));
    }

    private static double answeredYes(Api api) {
        return roll.specs.stream()
                .flatMap(machine -> entries(Journal.Answered.class, machine))
                .filter(answer -> answer.api() == api && answer.ok())
                .count();
    }

    private static <E extends Journal.Entry> Stream<E> entries(Class<E> kind, MachineSpec machine) {
        return roll.rig.journal.entries(kind, machine.name()).stream();
    }

    @Test
    void theQueriesOfTheReferenceGiveSomething() throws IOException {
        String page = Files.readString(Manifests.root().resolve("docs/metrics.md"));
        String adding = page.substring(page.indexOf("## How to add"), page.indexOf("## What to alert on"));
        assertThat(queries(adding))
                .hasSizeGreaterThan(7)
                .allSatisfy(query ->
                        assertThat(roll.prometheus.query(query)).as(query).isNotEmpty());
        // Prometheus refuses what it cannot read.
        assertThat(queries(page)).allSatisfy(roll.prometheus::query);
    }

    private static Stream<String> queries(String page) {
        return SPAN.matcher(page).results().map(m -> m.group(1).replace("\n", " "));
    }

    // ---- labels

    @Test
    void noMachineIsNamedInAnySeries() throws Exception {
        List<String> shown = new ArrayList<>();
        shown.add(roll.leader.management("/q/metrics").body());
        shown.add(roll.other.management("/q/metrics").body());
        shown.add(roll.prometheus
                .query("last_over_time({job=\"lockkeeper\"}[1h])")
                .toString());
        List<String> names = roll.specs.stream()
                .flatMap(m -> Stream.of(
                        m.name(),
                        m.agentId(),
                        m.machineId(),
                        m.systemUuid(),
                        m.bootId(),
                        roll.rig.node(m.name()).getMetadata().getUid()))
                .toList();
        assertThat(names).hasSize(24).doesNotContainNull();
        assertThat(shown)
                .allSatisfy(text -> assertThat(text)
                        .contains("lockkeeper_group_slots")
                        .doesNotContain(names)
                        .doesNotContain(MonitoredRoll.STRANGER));
    }

    // ---- reading

    private static Map<String, Double> values(String query) {
        return values(roll.prometheus.query(query));
    }

    private static Map<String, Double> valuesWhenParked(String query) {
        return values(roll.prometheus.query(query, roll.parked));
    }

    /** Each figure by the values of its labels, which are in the order of the labels' names. */
    private static Map<String, Double> values(JsonNode result) {
        Map<String, Double> values = new TreeMap<>();
        for (JsonNode series : result) {
            Map<String, String> labels = new TreeMap<>();
            series.path("metric")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            values.put(
                    String.join(" ", labels.values()),
                    series.path("value").path(1).asDouble());
        }
        return values;
    }
}
