package dev.lockkeeper.operator.graph;

import dev.lockkeeper.operator.lock.GroupStatus.Condition;
import java.time.Instant;
import java.util.List;

/**
 * How a StreamPin's machines stand, as its status tells it.
 *
 * @param summary the target, for people
 * @param behind machines that run an older release than the target
 */
public record PinStatus(
        long observedGeneration,
        String summary,
        int machines,
        int behind,
        List<OfArchitecture> architectures,
        List<Condition> conditions) {

    /**
     * @param target null: there is none
     * @param elsewhere machines that are neither at, nor before the target: ahead of it, or of a payload that is not known
     * @param behindSince since when a machine has been behind; null: none is
     */
    public record OfArchitecture(
            String architecture,
            String target,
            int machines,
            int current,
            int behind,
            int elsewhere,
            Instant behindSince) {}

    public PinStatus {
        architectures = List.copyOf(architectures);
        conditions = List.copyOf(conditions);
    }
}
