package dev.lockkeeper.operator.observe;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.operator.graph.FleetFigures;
import dev.lockkeeper.operator.graph.GraphView;
import dev.lockkeeper.operator.graph.Policies;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The metrics of machines, pins and graphs. {@code docs/metrics.md} lists them. */
@Singleton
public final class FleetMeters {

    private static final String PREFIX = "lockkeeper.";

    private final MeterRegistry registry;
    private final Clock clock;
    private final MultiGauge machines;
    private final MultiGauge withdrawn;
    private final MultiGauge targets;
    private final MultiGauge upToDate;
    private final MultiGauge behind;
    private final MultiGauge heldBack;
    private final MultiGauge quarantined;
    private final MultiGauge openOffers;
    private final MultiGauge ages;
    private final AtomicInteger testingClock = new AtomicInteger();

    @Inject
    FleetMeters(MeterRegistry registry) {
        this(registry, Clock.systemUTC());
    }

    FleetMeters(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        machines = gauge(
                "machines",
                "Machines, by how they stand. What is not known, or no graph knows, is empty. At the leader only.");
        withdrawn = gauge(
                "staged.withdrawn",
                "Machines that may have staged a release that was withdrawn since. At the leader only.");
        targets = gauge(
                "pin.target.info",
                "1; the label names the release that the pin's machines should run. At the leader only.");
        upToDate = gauge(
                "pin.up.to.date.ratio",
                "The share of the pin's machines that run the target, from 0 to 1; 1 if it has none. At the leader only.");
        behind = gauge(
                "pin.behind.seconds",
                "For how long a machine of the pin has been behind; 0 if none is. At the leader only.");
        heldBack = gauge(
                "pin.held.back.seconds",
                "For how long the pin has kept machines from a newer release; 0 if it does not. At the leader only.");
        quarantined = gauge(
                "quarantined.releases",
                "Quarantined releases that are newer than the newest one that machines may have: back at 0 once a newer release is let through. At the leader only.");
        openOffers = gauge(
                "offers.open.seconds",
                "How old the oldest offer is whose agent does not ask for its reboot; 0 if there is none. At the leader only.");
        ages = gauge("graph.age.seconds", "How long ago the source was last read with success.");
        Gauge.builder(PREFIX + "testing.clock", testingClock, AtomicInteger::get)
                .description("1 while decisions are made at a time that was set for a test.")
                .register(registry);
    }

    private MultiGauge gauge(String name, String description) {
        return MultiGauge.builder(PREFIX + name).description(description).register(registry);
    }

    /** Decisions are made at a time that was set. */
    public void testingClock() {
        testingClock.set(1);
    }

    /** One stream of an UpdateGraph was refreshed, or was not. */
    public void refreshed(String graph, String result) {
        Counter.builder(PREFIX + "graph.refresh")
                .description("Refreshes of streams. result: changed, unchanged, doubtful, failed.")
                .tag("graph", graph)
                .tag("result", result)
                .register(registry)
                .increment();
    }

    /**
     * What became of one update of one machine.
     *
     * @param pin null: none was for it
     * @param architecture null: not known
     */
    public void judged(String pin, String architecture, Verdict verdict) {
        Counter.builder(PREFIX + "updates")
                .description(
                        "Verdicts on updates of machines; an update whose verdict changes later (RolledBack, a late Updated) counts once under each. verdict: "
                                + Stream.of(Verdict.values()).map(Verdict::name).collect(Collectors.joining(", "))
                                + ". What is not known is empty. Counts at the replica that leads then.")
                .tag("pin", pin == null ? "" : pin)
                .tag("architecture", architecture == null ? "" : architecture)
                .tag("verdict", verdict.name())
                .register(registry)
                .increment();
    }

    /** How the fleet stands now: to be called by the replica that leads, and with nothing by one that does not. */
    public void fleet(FleetFigures figures) {
        List<Row<?>> counts = new ArrayList<>();
        Map<String, Integer> staged = new TreeMap<>();
        figures.machines().forEach((kind, count) -> {
            counts.add(Row.of(
                    Tags.of(
                            "group", kind.group(),
                            "stream", kind.stream(),
                            "architecture", kind.architecture(),
                            "version", kind.version(),
                            "state", kind.state().name()),
                    count));
            staged.merge(kind.architecture(), kind.state() == MachineState.StagedWithdrawn ? count : 0, Integer::sum);
        });
        machines.register(counts, true);
        withdrawn.register(
                staged.entrySet().stream()
                        .<Row<?>>map(e -> Row.of(Tags.of("architecture", e.getKey()), e.getValue()))
                        .toList(),
                true);
        pins(figures);
        scopes(figures);
    }

    private void scopes(FleetFigures figures) {
        Instant now = clock.instant();
        List<Row<?>> withheld = new ArrayList<>();
        List<Row<?>> open = new ArrayList<>();
        figures.quarantined().forEach((scope, count) -> {
            Tags tags = Tags.of("stream", scope.stream(), "architecture", scope.architecture());
            Instant oldest = figures.oldestOffers().get(scope);
            withheld.add(Row.of(tags, count));
            open.add(Row.of(tags, oldest == null ? 0 : seconds(oldest, now)));
        });
        quarantined.register(withheld, true);
        openOffers.register(open, true);
    }

    private void pins(FleetFigures figures) {
        Instant now = clock.instant();
        List<Row<?>> target = new ArrayList<>();
        List<Row<?>> ratio = new ArrayList<>();
        List<Row<?>> seconds = new ArrayList<>();
        List<Row<?>> held = new ArrayList<>();
        figures.pins().forEach((pin, f) -> {
            Tags tags = Tags.of("pin", pin.pin(), "architecture", pin.architecture());
            if (f.target() != null) {
                target.add(Row.of(tags.and("version", f.target()), 1));
            }
            ratio.add(Row.of(tags, f.machines() == 0 ? 1.0 : (double) f.current() / f.machines()));
            seconds.add(Row.of(tags, f.behindSince() == null ? 0 : seconds(f.behindSince(), now)));
            held.add(Row.of(tags, f.heldBackSince() == null ? 0 : seconds(f.heldBackSince(), now)));
        });
        heldBack.register(held, true);
        targets.register(target, true);
        upToDate.register(ratio, true);
        behind.register(seconds, true);
    }

    /** How old what every replica serves from is. */
    public void graphs(Policies policies) {
        Instant now = clock.instant();
        List<Row<?>> rows = new ArrayList<>();
        for (GraphView graph : policies.graphs()) {
            graph.refreshed()
                    .forEach((stream, at) -> graph.architectures()
                            .forEach(architecture -> rows.add(Row.of(
                                    Tags.of("graph", graph.name(), "stream", stream, "architecture", architecture),
                                    seconds(at, now)))));
        }
        ages.register(rows, true);
    }

    private static double seconds(Instant since, Instant now) {
        return Math.max(0, Duration.between(since, now).toMillis() / 1000.0);
    }
}
