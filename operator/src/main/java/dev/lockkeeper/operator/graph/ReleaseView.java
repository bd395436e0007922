package dev.lockkeeper.operator.graph;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One FleetRelease as the operator understands it.
 *
 * @param blocks what people withhold it from
 * @param uid null: there is none yet
 * @param resourceVersion of the object that this was read from
 * @param status as it is stored
 */
public record ReleaseView(
        String name,
        String uid,
        String resourceVersion,
        long generation,
        String stream,
        String version,
        List<Block> blocks,
        Status status) {

    /**
     * @param architectures by Fedora's names; empty: all
     * @param reason a person's words
     */
    public record Block(Set<String> architectures, String reason) {

        public Block {
            architectures = Set.copyOf(architectures);
        }
    }

    /**
     * What the leader tells of it.
     *
     * @param summary what is blocked; null: nothing
     * @param firstSeen null: it was there before this fleet's first look
     * @param rolloutCompleted null: not seen to be complete
     * @param machines by architecture
     */
    public record Status(
            long observedGeneration,
            String summary,
            Instant firstSeen,
            Instant rolloutCompleted,
            Map<String, Count> machines) {

        public static final Status NONE = new Status(0, null, null, null, Map.of());

        public Status {
            machines = Map.copyOf(machines);
        }
    }

    /**
     * @param running how many machines run it
     * @param offered how many were told of it and do not run it
     */
    public record Count(int running, int offered) {}

    public ReleaseView {
        blocks = List.copyOf(blocks);
    }

    /** Why people withhold it from an architecture; empty if they do not. */
    public Optional<String> blocked(String architecture) {
        return blocks.stream()
                .filter(block ->
                        block.architectures().isEmpty() || block.architectures().contains(architecture))
                .map(Block::reason)
                .findFirst();
    }
}
