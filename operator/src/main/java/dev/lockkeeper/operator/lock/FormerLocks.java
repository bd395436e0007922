package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.store.StoreException;

/** The locks of the server that machines asked before, as the API server has them. Every call blocks. */
public interface FormerLocks {

    sealed interface Look {}

    /** There is none of that name. */
    record Absent() implements Look {}

    /** @param user who may not read it, as the API server calls it */
    record Forbidden(String user) implements Look {}

    /**
     * @param version the Lease's resourceVersion
     * @param holder the id of the agent that holds it; null: it is free
     */
    record Found(String version, String holder) implements Look {}

    /** @throws StoreException if the API server gave no answer */
    Look look(FormerLock lock) throws StoreException;
}
