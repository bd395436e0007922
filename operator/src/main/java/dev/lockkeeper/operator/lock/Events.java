package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.store.StoreException;

/**
 * Tells people what happened, where they look: at the RebootGroup, the Node, the FleetRelease and the PoolWindow. No call blocks or fails, unless it says so; what cannot be told is
 * lost, as the status and the log say the same.
 */
public interface Events {

    void group(String rebootGroup, Reason reason, String note);

    void node(NodeRef node, Reason reason, String note);

    /** @param uid null: it is gone */
    void poolWindow(String poolWindow, String uid, Reason reason, String note);

    /**
     * Tells what became of an update, once for each verdict on it, however often it is told. Other than the rest it blocks until that is
     * stored, so that a crash loses none.
     *
     * @param node null for a machine that is no node: then only the group is told
     * @param rebootGroup null if none serves it: then only the node is told
     * @param key the same for the same verdict on the same update
     * @throws StoreException if the API server gave no answer; what it refuses is lost, as with the rest
     */
    void judged(NodeRef node, String rebootGroup, String key, String note) throws StoreException;

    /**
     * Tells at a FleetRelease that it is quarantined, once for each quarantine, however often it is told. It blocks as the verdict does.
     *
     * @param key the same for the same quarantine
     * @throws StoreException if the API server gave no answer
     */
    void quarantined(String release, String uid, String key, String note) throws StoreException;

    /** @param node null for a machine that is no node: then only the group is told */
    default void groupAndNode(NodeRef node, String rebootGroup, Reason reason, String note) {
        group(rebootGroup, reason, note);
        if (node != null) {
            node(node, reason, note);
        }
    }

    /**
     * Tells of a refusal unless the machine got one of the same kind a short while ago: agents ask every few minutes.
     *
     * @param node null for a machine that is no node
     * @param rebootGroup null if none serves the agent: then only the node is told
     */
    void refused(NodeRef node, String rebootGroup, String id, Refusal refusal);
}
