package dev.lockkeeper.operator.pool;

import java.time.Instant;
import java.util.List;

/**
 * How pools and nodes stand, for metrics.
 *
 * @param nodes what all nodes run
 */
public record PoolFigures(List<OfPool> pools, List<PoolNodes.Kind> nodes) {

    public static final PoolFigures NONE = new PoolFigures(List.of(), List.of());

    /**
     * @param mustOpenBy when maxPause opens it; null: Lockkeeper did not pause it, or no PoolWindow is for it
     * @param nextWindow when a window opens it; null: one is open, or none is in sight
     */
    public record OfPool(
            String pool,
            PoolView.Machines machines,
            boolean paused,
            boolean degraded,
            boolean updateWaiting,
            Instant mustOpenBy,
            Instant nextWindow) {}

    public PoolFigures {
        pools = List.copyOf(pools);
        nodes = List.copyOf(nodes);
    }
}
