package dev.lockkeeper.cincinnati.graph;

import dev.lockkeeper.cincinnati.metadata.Rollout;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/**
 * One release in a scope's graph.
 *
 * @param payload the index's, which is the one to update to
 * @param entry what the update metadata says of it
 */
public record GraphNode(String version, String payload, int ageIndex, UpdateMetadata.Entry entry) {

    private static final String PREFIX = "org.fedoraproject.coreos.";

    public boolean isBarrier() {
        return entry.barrier() != null;
    }

    public boolean isDeadend() {
        return entry.deadend() != null;
    }

    public boolean isRollout() {
        return entry.rollout() != null;
    }

    /** The same release, called by another payload of its. */
    public GraphNode paying(String otherPayload) {
        return new GraphNode(version, otherPayload, ageIndex, entry);
    }

    /**
     * The metadata that agents and tools read. All values are texts, numbers in their shortest form: one other type, and an agent
     * rejects the whole graph.
     */
    public Map<String, String> metadata(Scheme scheme) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(PREFIX + "scheme", scheme.text());
        metadata.put(PREFIX + "releases.age_index", Integer.toString(ageIndex));
        if (isDeadend()) {
            metadata.put(PREFIX + "updates.deadend", "true");
            metadata.put(PREFIX + "updates.deadend_reason", entry.deadend());
        }
        if (isBarrier()) {
            metadata.put(PREFIX + "updates.barrier", "true");
            metadata.put(PREFIX + "updates.barrier_reason", entry.barrier());
        }
        if (isRollout()) {
            rollout(entry.rollout(), metadata);
        }
        return metadata;
    }

    private static void rollout(Rollout rollout, Map<String, String> metadata) {
        metadata.put(PREFIX + "updates.rollout", "true");
        if (rollout.startEpoch() != null) {
            metadata.put(PREFIX + "updates.start_epoch", Long.toString(rollout.startEpoch()));
        }
        if (rollout.startValue() != null) {
            metadata.put(PREFIX + "updates.start_value", shortest(rollout.startValue()));
        }
        if (rollout.durationMinutes() != null) {
            metadata.put(PREFIX + "updates.duration_minutes", Long.toString(rollout.durationMinutes()));
        }
    }

    private static String shortest(double number) {
        return number == 0
                ? "0"
                : new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
    }
}
