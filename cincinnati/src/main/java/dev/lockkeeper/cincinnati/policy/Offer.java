package dev.lockkeeper.cincinnati.policy;

import dev.lockkeeper.cincinnati.graph.GraphNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The record that a machine was told of a release. It may have staged it then, and looks for no other until its agent starts anew.
 *
 * @param at when it was first told
 * @param askedAt when it last asked for a slot with it; null: not yet
 * @param polls how often it was told
 */
public record Offer(String version, Instant at, Instant askedAt, int polls) {

    /** It was told once more. */
    public Offer again() {
        return new Offer(version, at, askedAt, polls + 1);
    }

    public Offer asked(Instant now) {
        return new Offer(version, at, now, polls);
    }

    /**
     * Why the offer does not hold any more, with what is known now; empty if it does. A newer hop alone takes none back.
     *
     * @param question of the machine that has it
     */
    public Optional<String> withdrawn(Question question) {
        Optional<GraphNode> release = question.graph().release(version);
        if (release.isEmpty()) {
            return Optional.of(
                    "it is gone from the graph of " + question.graph().scope());
        }
        return Arrays.stream(Policy.values())
                .filter(Policy::withdraws)
                .flatMap(policy -> policy.objection(release.get(), question).stream())
                .findFirst();
    }
}
