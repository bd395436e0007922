package dev.lockkeeper.operator.pool;

import dev.lockkeeper.operator.lock.LabelMatch;

/**
 * What Lockkeeper needs to know of one MachineConfigPool.
 *
 * @param marks what Lockkeeper noted there
 * @param nodes which nodes it is for; null: none
 * @param machines as it counts them itself
 * @param updating whether it says that it brings machines to its configuration
 * @param degraded what it says is wrong; null: nothing
 * @param wanted the configuration that its machines should get; null: not known
 * @param reached the configuration that all of them last had; null: not known
 */
public record PoolView(
        String name,
        String resourceVersion,
        boolean paused,
        Marks marks,
        LabelMatch nodes,
        Machines machines,
        boolean updating,
        String degraded,
        String wanted,
        String reached) {

    public record Machines(int total, int updated, int ready, int unavailable, int degraded) {}

    /** Whether its machines have another configuration to come to. */
    public boolean updateWaiting() {
        return wanted != null && !wanted.equals(reached) || machines.updated() < machines.total();
    }

    boolean pausedByUs() {
        return paused && marks.pausedBy() != null;
    }
}
