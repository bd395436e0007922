package dev.lockkeeper.operator.observe;

import static dev.lockkeeper.operator.docs.Page.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.operator.docs.Page;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of {@code docs/metrics.md}, from a scrape in which every metric was seen once. */
// The registry that the application has.
@SuppressWarnings("deprecation")
class MetricsPageTest {

    private static final Pattern HELP = Pattern.compile("# HELP (lockkeeper_\\w+) (.+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (lockkeeper_\\w+) (\\w+)");
    private static final Pattern SAMPLE = Pattern.compile("(lockkeeper_\\w+)(?:\\{(.*)})? \\S+");

    private static final Path SOURCES = Page.ROOT.resolve("operator/src/main/java/dev/lockkeeper/operator/observe");
    private static final Pattern METER =
            Pattern.compile("(?:PREFIX \\+ |\\bgauge\\(\\s*|\\bwork\\(\\s*)\"([a-z.]+[a-z])\"");

    private final TestingClock clock = new TestingClock();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void thePageHasEveryMetricAsItIs() {
        seeAll();
        Map<String, String> types = new TreeMap<>();
        Map<String, String> meanings = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        registry.scrape().lines().forEach(line -> {
            matched(HELP, line).ifPresent(help -> meanings.put(help.group(1), help.group(2)));
            matched(TYPE, line).ifPresent(type -> types.put(type.group(1), type.group(2)));
            matched(SAMPLE, line)
                    .ifPresent(sample -> labels.computeIfAbsent(
                                    sample.group(1).replaceAll("_(bucket|sum|count|max)$", ""), _ -> new TreeSet<>())
                            .addAll(MetersTest.labels(sample.group(2)).keySet()));
        });
        StringBuilder table = new StringBuilder("| metric | type | labels | meaning |\n|---|---|---|---|\n");
        types.forEach((name, type) -> {
            // The maximum that comes with every histogram belongs to it.
            if (!name.endsWith("_max")) {
                Set<String> own = labels.get(name);
                own.remove("le");
                String shown =
                        own.isEmpty() ? "-" : own.stream().map(Page::code).collect(Collectors.joining(", "));
                table.append("| ").append(code(name)).append(" | ").append(type);
                table.append(" | ").append(shown);
                table.append(" | ").append(Page.cell(meanings.get(name))).append(" |\n");
            }
        });
        Page.of("metrics.md").assertPart("metrics", table.toString());
    }

    /** A meter that nothing here makes would be missing from the page. */
    @Test
    void everyMeterOfTheCodeIsSeen() throws IOException {
        seeAll();
        Set<String> seen = registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toSet());
        Set<String> inCode = new TreeSet<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            files.filter(file -> file.toString().endsWith("Meters.java"))
                    .flatMap(file -> METER.matcher(new Page(file).text()).results())
                    .forEach(name -> inCode.add("lockkeeper." + name.group(1)));
        }
        assertThat(inCode).hasSizeGreaterThan(20).isSubsetOf(seen);
    }

    private static Optional<Matcher> matched(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.matches() ? Optional.of(matcher) : Optional.empty();
    }

    private void seeAll() {
        Meters meters = new Meters(registry, "1.2.3", clock);
        meters.wrongPassword("workers");
        meters.certificate(clock.instant());
        meters.groupStatus(MetersTest.figures("workers", clock));
        meters.request("pre-reboot", "workers", "granted");
        meters.hold("pre-reboot", Duration.ofSeconds(1));
        meters.drainFinished("workers", "drained", Duration.ofSeconds(1));
        meters.rebooted("amd64", Duration.ofSeconds(1));
        meters.verified("amd64", Duration.ofSeconds(1));
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
}
