package dev.lockkeeper.cincinnati.policy;

import java.time.Duration;

/**
 * What a set of machines should run, and how fast they get there.
 *
 * @param version exact target and ceiling, whose pace nothing below decides; null: none
 * @param maxFedoraMajor the highest Fedora release, such as 43; null: any
 * @param minimumAge how old a release must be, from its rollout's start on, else from when it was first seen
 * @param followRollout whether each machine waits for its turn in Fedora's rollout; none is let in before its start in any case
 */
public record Pin(String version, Integer maxFedoraMajor, Duration minimumAge, boolean followRollout) {

    /** Fedora's graph and rollout. */
    public static final Pin NONE = new Pin(null, null, Duration.ZERO, true);

    boolean names(String release) {
        return release.equals(version);
    }
}
