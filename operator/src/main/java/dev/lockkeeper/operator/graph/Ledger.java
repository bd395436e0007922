package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.metadata.Release;
import dev.lockkeeper.cincinnati.metadata.StreamMetadata;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What this fleet saw of a stream's releases with its own eyes, and must not forget: metadata tell only how things are now.
 *
 * @param firstSeen when each release was first seen; {@link Instant#EPOCH}: at the very first look, and old enough then
 * @param completed when the rollout of a release was first seen to be open to all
 */
public record Ledger(Map<String, Instant> firstSeen, Map<String, Instant> completed) {

    public static final Ledger EMPTY = new Ledger(Map.of(), Map.of());

    public Ledger {
        firstSeen = Map.copyOf(firstSeen);
        completed = Map.copyOf(completed);
    }

    /**
     * What is known after a look at the metadata.
     *
     * <p>At the very first look nothing is known of how long releases have been there: what is a barrier or open to all then counts as
     * old.
     */
    public Ledger after(StreamMetadata metadata, Instant now) {
        boolean first = firstSeen.isEmpty();
        Map<String, Instant> seen = new HashMap<>(firstSeen);
        Map<String, Instant> complete = new HashMap<>(completed);
        for (Release release : metadata.index().releases()) {
            UpdateMetadata.Entry entry = metadata.updates().of(release.version());
            boolean open = entry.rollout() != null && entry.rollout().isComplete(now);
            seen.putIfAbsent(release.version(), first && (open || entry.barrier() != null) ? Instant.EPOCH : now);
            if (open) {
                complete.putIfAbsent(release.version(), now);
            }
        }
        return new Ledger(seen, complete);
    }
}
