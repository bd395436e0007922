package dev.lockkeeper.cincinnati.policy;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What this fleet knows of a scope's releases beyond Fedora's metadata, by version.
 *
 * @param firstSeen when a release was first seen; what was there already at the first install, and old enough then, has the epoch
 * @param completed releases whose rollout was once seen to be open to all
 * @param blocked releases that are withheld from this architecture, each with the reason
 */
public record Facts(Map<String, Instant> firstSeen, Set<String> completed, Map<String, String> blocked) {

    public static final Facts NONE = new Facts(Map.of(), Set.of(), Map.of());

    public Facts {
        firstSeen = Map.copyOf(firstSeen);
        completed = Set.copyOf(completed);
        blocked = Map.copyOf(blocked);
    }
}
