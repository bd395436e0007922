package dev.lockkeeper.operator.observe;

import dev.lockkeeper.operator.pool.PoolFigures;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** The metrics of OKD's pools and of what nodes run there. {@code docs/metrics.md} lists them. */
@Singleton
public final class PoolMeters {

    private static final String PREFIX = "lockkeeper.";

    private final MeterRegistry registry;
    private final MultiGauge machines;
    private final MultiGauge paused;
    private final MultiGauge degraded;
    private final MultiGauge waiting;
    private final MultiGauge mustOpen;
    private final MultiGauge nextWindow;
    private final MultiGauge nodes;

    @Inject
    PoolMeters(MeterRegistry registry) {
        this.registry = registry;
        machines = gauge(
                "pool.machines",
                "On OKD: machines of a MachineConfigPool, as it counts them. state: total, updated, ready, unavailable, degraded; a machine is in several. At the leader only.");
        paused = gauge("pool.paused", "1 while the pool is paused, by whomever, else 0. At the leader only.");
        degraded = gauge("pool.degraded", "1 while the pool says that it is degraded, else 0. At the leader only.");
        waiting = gauge(
                "pool.update.waiting",
                "1 while machines of the pool have another configuration to come to, else 0. At the leader only.");
        mustOpen = gauge(
                "pool.must.open.timestamp.seconds",
                "When maxPause opens the pool. Only while Lockkeeper has paused it. At the leader only.");
        nextWindow = gauge(
                "pool.next.window.timestamp.seconds",
                "When a window opens the pool next. Only while none is open. At the leader only.");
        nodes = gauge(
                "node.os",
                "On OKD: nodes, by what their kubelet says they run. os: CentOS Stream CoreOS, Fedora CoreOS, Red Hat Enterprise Linux CoreOS, other; at most 32 series. At the leader only.");
    }

    private MultiGauge gauge(String name, String description) {
        return MultiGauge.builder(PREFIX + name).description(description).register(registry);
    }

    /** How pools stand now: to be called by the replica that leads, and with nothing by one that does not. */
    public void pools(PoolFigures figures) {
        List<Row<?>> counts = new ArrayList<>();
        List<Row<?>> pauses = new ArrayList<>();
        List<Row<?>> degradations = new ArrayList<>();
        List<Row<?>> updates = new ArrayList<>();
        List<Row<?>> limits = new ArrayList<>();
        List<Row<?>> windows = new ArrayList<>();
        for (PoolFigures.OfPool pool : figures.pools()) {
            Tags tags = Tags.of("pool", pool.pool());
            counts.add(Row.of(tags.and("state", "total"), pool.machines().total()));
            counts.add(Row.of(tags.and("state", "updated"), pool.machines().updated()));
            counts.add(Row.of(tags.and("state", "ready"), pool.machines().ready()));
            counts.add(Row.of(tags.and("state", "unavailable"), pool.machines().unavailable()));
            counts.add(Row.of(tags.and("state", "degraded"), pool.machines().degraded()));
            pauses.add(Row.of(tags, pool.paused() ? 1 : 0));
            degradations.add(Row.of(tags, pool.degraded() ? 1 : 0));
            updates.add(Row.of(tags, pool.updateWaiting() ? 1 : 0));
            if (pool.mustOpenBy() != null) {
                limits.add(Row.of(tags, pool.mustOpenBy().getEpochSecond()));
            }
            if (pool.nextWindow() != null) {
                windows.add(Row.of(tags, pool.nextWindow().getEpochSecond()));
            }
        }
        nextWindow.register(windows, true);
        machines.register(counts, true);
        paused.register(pauses, true);
        degraded.register(degradations, true);
        waiting.register(updates, true);
        mustOpen.register(limits, true);
        nodes.register(
                figures.nodes().stream()
                        .<Row<?>>map(kind -> Row.of(
                                Tags.of(
                                        "architecture", kind.architecture(),
                                        "os", kind.os(),
                                        "version", kind.version()),
                                kind.machines()))
                        .toList(),
                true);
    }
}
