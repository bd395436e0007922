package dev.lockkeeper.fleetlock.semaphore;

import java.util.List;

/**
 * How far the drain of one node is.
 *
 * @param evicted pods gone since the drain began
 * @param remaining pods that still have to go
 * @param blockedBy at most {@value #MAX_BLOCKERS} of the pods that cannot go now
 */
public record DrainFigures(int evicted, int remaining, List<Blocker> blockedBy) {

    public static final int MAX_BLOCKERS = 3;

    public DrainFigures {
        blockedBy = List.copyOf(blockedBy.subList(0, Math.min(MAX_BLOCKERS, blockedBy.size())));
    }

    public boolean blocked() {
        return !blockedBy.isEmpty();
    }
}
