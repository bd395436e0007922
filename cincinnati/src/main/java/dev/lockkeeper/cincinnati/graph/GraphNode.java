package dev.lockkeeper.cincinnati.graph;

import dev.lockkeeper.cincinnati.metadata.NodeMetadata;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import java.util.Map;

/**
 * One release in a scope's graph.
 *
 * @param payload the index's, which is the one to update to
 * @param entry what the update metadata says of it
 */
public record GraphNode(String version, String payload, int ageIndex, UpdateMetadata.Entry entry) {

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

    /** What agents and tools read of it. */
    public Map<String, String> metadata(Scheme scheme) {
        return NodeMetadata.write(scheme, ageIndex, entry);
    }
}
