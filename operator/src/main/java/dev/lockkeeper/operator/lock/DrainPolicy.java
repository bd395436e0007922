package dev.lockkeeper.operator.lock;

import java.time.Duration;

/**
 * How a group's nodes are emptied, with defaults filled in.
 *
 * @param timeout how long a drain may take before {@code onTimeout} applies
 * @param podSelector pods outside it are left alone; null: all are inside
 * @param deleteEmptyDirData whether pods with emptyDir volumes may go; else they block
 * @param ownNamespace where Lockkeeper itself runs
 */
public record DrainPolicy(
        Mode mode,
        Duration timeout,
        OnTimeout onTimeout,
        LabelMatch podSelector,
        Unmanaged unmanaged,
        boolean deleteEmptyDirData,
        String ownNamespace) {

    public enum Mode {
        /** By the eviction API, which keeps PodDisruptionBudgets. */
        EVICT,
        /** By deletion, past PodDisruptionBudgets. */
        DELETE,
        /** Pods stay, new ones go elsewhere. */
        CORDON_ONLY,
        /** The node is left as it is. */
        NONE;

        boolean cordons() {
            return this != NONE;
        }

        boolean removesPods() {
            return this == EVICT || this == DELETE;
        }
    }

    public enum OnTimeout {
        /** The slot goes back. */
        RELEASE,
        /** The drain goes on. */
        HOLD,
        /** The rest is deleted past PodDisruptionBudgets. */
        FORCE
    }

    /** What becomes of pods that no controller would start again. */
    public enum Unmanaged {
        LEAVE,
        EVICT,
        BLOCK
    }
}
