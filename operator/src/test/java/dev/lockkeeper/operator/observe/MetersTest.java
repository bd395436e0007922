package dev.lockkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.operator.graph.FleetFigures;
import dev.lockkeeper.operator.graph.GraphView;
import dev.lockkeeper.operator.graph.Policies;
import dev.lockkeeper.operator.graph.UpdateSource;
import dev.lockkeeper.operator.pool.PoolFigures;
import dev.lockkeeper.operator.pool.PoolNodes;
import dev.lockkeeper.operator.pool.PoolView;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** By what a scrape shows. */
@SuppressWarnings("deprecation")
class MetersTest {

    private static final Pattern SAMPLE = Pattern.compile("(?m)^(lockkeeper_\\w+)(?:\\{(.*)})? (\\S+)$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern ROW =
            Pattern.compile("\\| `(lockkeeper_\\w+)` \\| (gauge|counter|histogram) \\| (.*?) \\| .+ \\|");

    private final TestingClock clock = new TestingClock();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry, "1.2.3", clock);

    private static GroupFigures figures(String group, TestingClock clock) {
        return new GroupFigures(
                group,
                3,
                2,
                5,
                40,
                1,
                1,
                2,
                true,
                Map.of(
                        Phase.DRAINING,
                        clock.instant(),
                        Phase.REBOOTING,
                        clock.instant().minusSeconds(90)),
                Map.of(BlockCause.PDB, 2));
    }

    @Test
    void showsWhoRunsAndWhoLeads() {
        assertThat(value("lockkeeper_build_info", "version", "1.2.3")).isEqualTo(1);
        assertThat(value("lockkeeper_leader")).isZero();
        meters.leader(true);
        assertThat(value("lockkeeper_leader")).isEqualTo(1);
        meters.leader(false);
        assertThat(value("lockkeeper_leader")).isZero();
    }

    @Test
    void aGroupsGaugesAppearChangeAndGoWithIt() {
        assertThat(scrape()).doesNotContain("lockkeeper_group_");
        meters.groupStatus(figures("workers", clock));
        clock.advance(Duration.ofSeconds(10));

        assertThat(value("lockkeeper_group_slots", "group", "workers")).isEqualTo(3);
        assertThat(value("lockkeeper_group_slots_held", "group", "workers")).isEqualTo(2);
        assertThat(value("lockkeeper_group_waiting", "group", "workers")).isEqualTo(5);
        assertThat(value("lockkeeper_group_members", "group", "workers")).isEqualTo(40);
        assertThat(value("lockkeeper_group_unready", "group", "workers")).isEqualTo(1);
        assertThat(value("lockkeeper_group_parked", "group", "workers")).isEqualTo(1);
        assertThat(value("lockkeeper_group_stuck", "group", "workers")).isEqualTo(2);
        assertThat(value("lockkeeper_group_paused", "group", "workers")).isEqualTo(1);
        assertThat(value("lockkeeper_group_oldest_holder_seconds", "group", "workers", "phase", "Draining"))
                .isEqualTo(10);
        assertThat(value("lockkeeper_group_oldest_holder_seconds", "group", "workers", "phase", "Rebooting"))
                .isEqualTo(100);
        assertThat(value("lockkeeper_group_oldest_holder_seconds", "group", "workers", "phase", "Verifying"))
                .isZero();
        assertThat(value("lockkeeper_drain_blocked", "group", "workers", "reason", "pdb"))
                .isEqualTo(2);
        assertThat(value("lockkeeper_drain_blocked", "group", "workers", "reason", "error"))
                .isZero();

        meters.groupStatus(new GroupFigures("workers", 1, 0, 0, 40, 0, 0, 0, false, Map.of(), Map.of()));
        assertThat(value("lockkeeper_group_slots_held", "group", "workers")).isZero();
        assertThat(value("lockkeeper_group_paused", "group", "workers")).isZero();
        assertThat(value("lockkeeper_group_oldest_holder_seconds", "group", "workers", "phase", "Rebooting"))
                .isZero();
        assertThat(value("lockkeeper_drain_blocked", "group", "workers", "reason", "pdb"))
                .isZero();

        meters.request("pre-reboot", "workers", "granted");
        meters.drainFinished("workers", "drained", Duration.ofSeconds(20));
        meters.groupStatus(figures("others", clock));
        meters.groupGone("workers");
        assertThat(scrape()).doesNotContain("\"workers\"").contains("lockkeeper_group_slots{group=\"others\"");
    }

    @Test
    void gaugesOutliveACollection() {
        meters.groupStatus(figures("workers", clock));
        System.gc();
        assertThat(value("lockkeeper_group_slots", "group", "workers")).isEqualTo(3);
    }

    @Test
    void countsAnswersByGroupsThatExist() {
        meters.groupStatus(figures("workers", clock));
        meters.request("pre-reboot", "workers", "granted");
        meters.request("pre-reboot", "workers", "granted");
        meters.request("steady-state", "workers", "released");
        meters.request("pre-reboot", "made-up", "unknown_group");
        meters.request("pre-reboot", null, "missing_header");
        assertThat(value("lockkeeper_requests_total", "api", "pre-reboot", "group", "workers", "outcome", "granted"))
                .isEqualTo(2);
        assertThat(value("lockkeeper_requests_total", "api", "steady-state", "group", "workers", "outcome", "released"))
                .isEqualTo(1);
        assertThat(value(
                        "lockkeeper_requests_total",
                        "api",
                        "pre-reboot",
                        "group",
                        "unknown",
                        "outcome",
                        "unknown_group"))
                .isEqualTo(1);
        assertThat(value(
                        "lockkeeper_requests_total",
                        "api",
                        "pre-reboot",
                        "group",
                        "unknown",
                        "outcome",
                        "missing_header"))
                .isEqualTo(1);
    }

    @Test
    void whateverStrangersSendTheSeriesAreFew() {
        for (int i = 0; i < 2_000; i++) {
            meters.request("/api" + i, "group" + i, "outcome" + i);
            meters.hold("/api" + i, Duration.ofMillis(i));
            meters.unknownGroup("id" + i);
            meters.rebooted("arch" + i, Duration.ofSeconds(i));
            meters.verified("arch" + i, Duration.ofSeconds(i));
            meters.drainFinished("group" + i, "result" + i, Duration.ofSeconds(i));
        }
        assertThat(registry.getMeters()).hasSizeLessThan(12);
        assertThat(value("lockkeeper_requests_total", "api", "other", "group", "unknown", "outcome", "other"))
                .isEqualTo(2_000);
    }

    @Test
    void everyKindOfRefusalIsAnOutcome() {
        for (Kind kind : Kind.values()) {
            meters.request("pre-reboot", null, kind.text());
            assertThat(value(
                            "lockkeeper_requests_total",
                            "api",
                            "pre-reboot",
                            "group",
                            "unknown",
                            "outcome",
                            kind.text()))
                    .isEqualTo(1);
        }
    }

    @Test
    void timesHeldRequestsDrainsRebootsAndVerdicts() {
        meters.groupStatus(figures("workers", clock));
        meters.hold("pre-reboot", Duration.ofSeconds(40));
        meters.drainFinished("workers", "given_up", Duration.ofMinutes(30));
        meters.rebooted("arm64", Duration.ofSeconds(70));
        meters.verified("aarch64", Duration.ofSeconds(31));
        meters.verified(null, Duration.ofSeconds(1));

        assertThat(value("lockkeeper_request_hold_seconds_sum", "api", "pre-reboot"))
                .isEqualTo(40);
        assertThat(value("lockkeeper_request_hold_seconds_bucket", "api", "pre-reboot", "le", "15.0"))
                .isZero();
        assertThat(value("lockkeeper_request_hold_seconds_bucket", "api", "pre-reboot", "le", "60.0"))
                .isEqualTo(1);
        assertThat(value("lockkeeper_drain_seconds_sum", "group", "workers", "result", "given_up"))
                .isEqualTo(1800);
        assertThat(value("lockkeeper_reboot_seconds_sum", "architecture", "aarch64"))
                .isEqualTo(70);
        assertThat(value("lockkeeper_verify_seconds_sum", "architecture", "aarch64"))
                .isEqualTo(31);
        assertThat(value("lockkeeper_verify_seconds_count", "architecture", "unknown"))
                .isEqualTo(1);
    }

    @Test
    void countsAgentsWithoutAGroupForTenMinutes() {
        meters.unknownGroup("a");
        meters.unknownGroup("a");
        clock.advance(Duration.ofMinutes(6));
        meters.unknownGroup("b");
        assertThat(value("lockkeeper_unknown_group_agents")).isEqualTo(2);
        clock.advance(Duration.ofMinutes(4));
        assertThat(value("lockkeeper_unknown_group_agents")).isEqualTo(1);
        clock.advance(Duration.ofMinutes(6));
        assertThat(value("lockkeeper_unknown_group_agents")).isZero();
        for (int i = 0; i < RecentIds.COUNTED + 10; i++) {
            meters.unknownGroup("id" + i);
        }
        assertThat(value("lockkeeper_unknown_group_agents")).isEqualTo(RecentIds.COUNTED);
    }

    @Test
    void wrongPasswordsCountByGroupsThatExist() {
        meters.groupStatus(figures("workers", clock));
        meters.wrongPassword("workers");
        meters.wrongPassword("workers");
        meters.wrongPassword("made-up");
        meters.wrongPassword(null);
        assertThat(value("lockkeeper_wrong_passwords_total", "group", "workers"))
                .isEqualTo(2);
        assertThat(value("lockkeeper_wrong_passwords_total", "group", "unknown"))
                .isEqualTo(2);
        meters.groupGone("workers");
        assertThat(scrape()).doesNotContain("group=\"workers\"");
    }

    @Test
    void theCertificateShowsItsEndOnceThereIsOne() {
        assertThat(scrape()).doesNotContain("lockkeeper_certificate");
        meters.certificate(Instant.ofEpochSecond(1_800_000_000));
        assertThat(value("lockkeeper_certificate_expiry_timestamp_seconds")).isEqualTo(1_800_000_000);
        assertThat(value("lockkeeper_certificate_reload_total", "result", "refused"))
                .isZero();
        meters.certificate(Instant.ofEpochSecond(1_900_000_000));
        meters.certificateReloaded(true);
        assertThat(value("lockkeeper_certificate_expiry_timestamp_seconds")).isEqualTo(1_900_000_000);
        assertThat(value("lockkeeper_certificate_reload_total", "result", "renewed"))
                .isEqualTo(1);
    }

    @Test
    void theDocumentListsExactlyWhatThereIs() throws IOException {
        meters.wrongPassword("workers");
        meters.certificate(clock.instant());
        meters.groupStatus(figures("workers", clock));
        meters.request("pre-reboot", "workers", "granted");
        meters.hold("pre-reboot", Duration.ofSeconds(1));
        meters.drainFinished("workers", "drained", Duration.ofSeconds(1));
        meters.rebooted("amd64", Duration.ofSeconds(1));
        meters.verified("amd64", Duration.ofSeconds(1));
        fleet();
        pools();

        Map<String, String> documented = new TreeMap<>();
        Matcher rows = ROW.matcher(Files.readString(Path.of("..", "docs", "metrics.md")));
        while (rows.find()) {
            Set<String> labels = Arrays.stream(rows.group(3).split(", "))
                    .map(l -> l.replace("`", ""))
                    .filter(l -> !l.equals("-"))
                    .collect(Collectors.toCollection(TreeSet::new));
            documented.put(rows.group(1), rows.group(2) + " " + labels);
        }
        assertThat(documented).isEqualTo(shown());
    }

    /** One of each metric of pools. */
    private void pools() {
        new PoolMeters(registry)
                .pools(new PoolFigures(
                        List.of(new PoolFigures.OfPool(
                                "worker",
                                new PoolView.Machines(1, 1, 1, 0, 0),
                                true,
                                false,
                                false,
                                clock.instant(),
                                clock.instant())),
                        List.of(new PoolNodes.Kind("x86_64", "CentOS Stream CoreOS", "9.0.20250827-0", 1))));
    }

    /** One of each metric of machines, pins and graphs. */
    private void fleet() {
        FleetMeters fleet = new FleetMeters(registry, clock);
        fleet.refreshed("fedora", "changed");
        fleet.fleet(new FleetFigures(
                Map.of(new FleetFigures.Kind("workers", "stable", "x86_64", "44", MachineState.Current), 1),
                Map.of(
                        new FleetFigures.PinOf("pin", "x86_64"),
                        new FleetFigures.PinFigures("44", 1, 1, clock.instant(), clock.instant())),
                Map.of(new FleetFigures.Scope("stable", "x86_64"), 1),
                Map.of(new FleetFigures.Scope("stable", "x86_64"), clock.instant())));
        fleet.judged("pin", "x86_64", Verdict.Updated);
        fleet.graphs(Policies.of(
                List.of(),
                List.of(),
                List.of(new GraphView(
                        "fedora",
                        "uid",
                        "1",
                        1,
                        clock.instant(),
                        new UpdateSource.ConfigMap("lockkeeper", "source"),
                        List.of("stable"),
                        List.of("x86_64"),
                        Duration.ofMinutes(5),
                        1,
                        null,
                        null,
                        null,
                        Map.of("stable", clock.instant()))),
                clock.instant()));
    }

    @Test
    void everyMetricHasADescription() {
        meters.groupStatus(figures("workers", clock));
        assertThat(registry.getMeters())
                .allSatisfy(m -> assertThat(m.getId().getDescription()).isNotBlank());
    }

    /** Each metric with its type and labels; the maximum that comes with every histogram belongs to it. */
    private Map<String, String> shown() {
        Map<String, String> types = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        for (String line : scrape().lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                String[] parts = line.split(" ");
                types.put(parts[2], parts[3]);
            }
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                String family = sample.group(1).replaceAll("_(bucket|sum|count|max)$", "");
                Set<String> names = labels.computeIfAbsent(family, _ -> new TreeSet<>());
                labels(sample.group(2)).keySet().stream()
                        .filter(l -> !l.equals("le"))
                        .forEach(names::add);
            }
        }
        types.keySet().removeIf(n -> n.endsWith("_max"));
        return types.entrySet().stream()
                .filter(e -> e.getKey().startsWith("lockkeeper_"))
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        e -> e.getValue() + " " + labels.get(e.getKey()),
                        (a, _) -> a,
                        TreeMap::new));
    }

    private double value(String name, String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        List<Double> values = SAMPLE.matcher(scrape())
                .results()
                .filter(m -> m.group(1).equals(name) && labels(m.group(2)).equals(wanted))
                .map(m -> Double.parseDouble(m.group(3)))
                .toList();
        assertThat(values).as("%s%s in %s", name, wanted, scrape()).hasSize(1);
        return values.getFirst();
    }

    private static Map<String, String> labels(String text) {
        return text == null
                ? Map.of()
                : LABEL.matcher(text).results().collect(Collectors.toMap(m -> m.group(1), m -> m.group(2)));
    }

    private String scrape() {
        return registry.scrape();
    }

    @Test
    void theLabelsOfAScrapeAreRead() {
        assertThat(labels("group=\"workers\",le=\"1.0\",")).containsOnly(entry("group", "workers"), entry("le", "1.0"));
    }
}
