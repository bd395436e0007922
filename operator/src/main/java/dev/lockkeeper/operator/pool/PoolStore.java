package dev.lockkeeper.operator.pool;

import dev.lockkeeper.fleetlock.store.StoreException;
import java.util.List;
import java.util.Optional;

/** The port to where PoolWindows and pools are stored. Each read is one by quorum; each write is for exactly the version that was read. */
public interface PoolStore {

    List<WindowView> windows() throws StoreException;

    /** All pools; empty where the cluster's API has none, which is asked of its list of API groups alone. */
    Optional<List<PoolView>> pools() throws StoreException;

    /**
     * Pauses or opens a pool, and notes why, by one write.
     *
     * @return the pool as it is then; empty if it was changed or removed since it was read, and nothing was written
     */
    Optional<PoolView> change(PoolView pool, PoolDecision.Change change) throws StoreException;

    /** Gives the PoolWindow its finalizer, or takes it away; does nothing if it was changed or removed since it was read. */
    Optional<WindowView> hold(WindowView window, boolean held) throws StoreException;

    /** Writes the status where it differs; does nothing if the PoolWindow was changed or removed since it was read. */
    void tell(WindowView window, PoolStatus status) throws StoreException;
}
