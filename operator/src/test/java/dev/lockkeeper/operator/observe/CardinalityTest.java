package dev.lockkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.operator.graph.FleetFigures;
import dev.lockkeeper.operator.graph.FleetFigures.PinFigures;
import dev.lockkeeper.operator.graph.FleetFigures.PinOf;
import dev.lockkeeper.operator.graph.FleetFigures.Scope;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many series a large fleet has at the most, whatever its machines do: {@code docs/metrics.md} states the figures. */
@SuppressWarnings("deprecation")
class CardinalityTest {

    private static final int MACHINES = 5_000;
    private static final List<String> GROUPS = List.of("controllers", "workers", "edge");
    private static final List<String> ARCHITECTURES = List.of("x86_64", "aarch64", "ppc64le", "s390x");
    private static final List<String> VERSIONS = IntStream.rangeClosed(1, 12)
            .mapToObj(i -> "44.2026%02d01.3.0".formatted(i))
            .toList();

    private final TestingClock clock = new TestingClock();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry, "1.2.3", clock);
    private final FleetMeters fleet = new FleetMeters(registry, clock);

    /** A stormy fleet: machines of every release in every state, every refusal and every verdict were seen. */
    private String scrape() {
        Random random = new Random(1);
        Map<FleetFigures.Kind, Integer> machines = new HashMap<>();
        for (int i = 0; i < MACHINES; i++) {
            machines.merge(
                    new FleetFigures.Kind(
                            any(GROUPS, random),
                            "stable",
                            any(ARCHITECTURES, random),
                            any(VERSIONS, random),
                            any(List.of(MachineState.values()), random)),
                    1,
                    Integer::sum);
        }
        Map<PinOf, PinFigures> pins = new HashMap<>();
        Map<Scope, Integer> quarantined = new HashMap<>();
        for (String architecture : ARCHITECTURES) {
            quarantined.put(new Scope("stable", architecture), 1);
            for (String pin : GROUPS) {
                pins.put(
                        new PinOf(pin, architecture),
                        new PinFigures(VERSIONS.getLast(), 100, 50, clock.instant(), clock.instant()));
                for (Verdict verdict : Verdict.values()) {
                    fleet.judged(pin, architecture, verdict);
                }
            }
            meters.rebooted(architecture, Duration.ofMinutes(2));
            meters.verified(architecture, Duration.ofMinutes(1));
        }
        fleet.fleet(new FleetFigures(machines, pins, quarantined, Map.of()));
        meters.certificate(clock.instant());
        for (String group : GROUPS) {
            meters.wrongPassword(group);
            meters.groupStatus(new GroupFigures(group, 3, 2, 5, 40, 1, 1, 2, true, Map.of(), Map.of()));
            meters.drainFinished(group, "drained", Duration.ofMinutes(1));
            meters.drainFinished(group, "given_up", Duration.ofMinutes(1));
            for (String api : List.of("pre-reboot", "steady-state", "graph", "config")) {
                meters.hold(api, Duration.ofSeconds(1));
                for (Kind kind : Kind.values()) {
                    meters.request(api, group, kind.text());
                }
            }
        }
        return registry.scrape();
    }

    private static <T> T any(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    @Test
    void aLargeFleetHasFewSeries() {
        String scrape = scrape();
        long series = scrape.lines().filter(l -> !l.startsWith("#")).count();
        int bytes = scrape.getBytes(StandardCharsets.UTF_8).length;
        System.out.printf("%d machines in a storm: %d series, %d KiB a scrape%n", MACHINES, series, bytes / 1024);
        int kinds = GROUPS.size() * ARCHITECTURES.size() * VERSIONS.size() * MachineState.values().length;
        assertThat(series).isLessThan(kinds + 1_500L);
        assertThat(bytes).isLessThan(512 * 1024);
        fleet.fleet(FleetFigures.NONE);
        assertThat(registry.scrape()).as("what is gone has no series").doesNotContain("lockkeeper_machines{");
    }
}
