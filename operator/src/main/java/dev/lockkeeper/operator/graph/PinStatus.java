package dev.lockkeeper.operator.graph;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.RollHealth;
import dev.lockkeeper.operator.lock.GroupStatus.Condition;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
     * @param summary how many run the newest release of all, and how the roll goes; null: there are no machines
     * @param states how many machines stand how
     * @param elsewhere machines that are neither at, nor before the target: ahead of it, or of a payload that is not known
     * @param behindSince since when a machine has been behind; null: none is
     * @param heldBackSince since when the pin has kept machines from a newer release; null: it does not
     */
    public record OfArchitecture(
            String architecture,
            String target,
            String summary,
            int machines,
            int current,
            int behind,
            int elsewhere,
            Map<MachineState, Integer> states,
            Roll roll,
            Instant behindSince,
            Instant heldBackSince) {

        public OfArchitecture {
            states = Collections.unmodifiableMap(new TreeMap<>(states));
        }

        Since since() {
            return new Since(target, behindSince, roll.since(), heldBackSince);
        }
    }

    /**
     * Since when what a status tells of an architecture has been so: what the next status builds on. Null: it is not.
     *
     * @param target of that status
     */
    public record Since(String target, Instant behind, Instant rolling, Instant heldBack) {

        static final Since NOTHING = new Since(null, null, null, null);
    }

    /**
     * How the machines get to their release.
     *
     * @param reason why it goes so, in a sentence; null: there is nothing to say
     * @param updated how many came back healthy with the release that is being rolled out
     * @param failed how many of them failed on it
     * @param since when it began; null: no machine is to move
     * @param estimatedEnd when it ends if it goes on at its pace so far; null: there is no pace yet
     */
    public record Roll(
            RollHealth health, String reason, int updated, int failed, Instant since, Instant estimatedEnd) {}

    public PinStatus {
        architectures = List.copyOf(architectures);
        conditions = List.copyOf(conditions);
    }
}
