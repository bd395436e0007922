package dev.lockkeeper.fleetlock.store;

import dev.lockkeeper.fleetlock.semaphore.SlotState;
import java.util.Optional;

/** Where the slots of all groups are kept: one versioned object per group. Calls block and never retry by themselves. */
public interface GroupStore {

    /**
     * Reads a group by quorum: it shows every swap that was answered before this call.
     *
     * @return empty if there is no such group
     * @throws StoreException if the store cannot be reached
     */
    Optional<Snapshot> read(String group) throws StoreException;

    /**
     * What this process saw last of a group, without asking the store. It may be old: only a {@link #compareAndSet} on it that
     * succeeds proves that it was not.
     *
     * @return empty if nothing was seen
     */
    Optional<Snapshot> lastSeen(String group);

    /**
     * Stores {@code next} if the group is still as {@code base} showed it.
     *
     * @return false if it is not, or no longer exists; then nothing was written
     * @throws StoreException if it is unknown whether it was stored; only a new {@link #read} tells
     */
    boolean compareAndSet(String group, Snapshot base, SlotState next) throws StoreException;
}
