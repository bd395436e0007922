package dev.lockkeeper.fleetlock.store;

import dev.lockkeeper.fleetlock.semaphore.SlotPolicy;
import dev.lockkeeper.fleetlock.semaphore.SlotState;

/**
 * One group as one read showed it.
 *
 * @param version the store's name for exactly this content; a swap based on it succeeds only while it is the newest
 */
public record Snapshot(String version, SlotPolicy policy, SlotState state) {

    Snapshot with(SlotState next) {
        return new Snapshot(version, policy, next);
    }
}
