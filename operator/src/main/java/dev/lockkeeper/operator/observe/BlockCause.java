package dev.lockkeeper.operator.observe;

import dev.lockkeeper.fleetlock.semaphore.Blocker;
import java.util.Locale;

/** Why a pod holds a drain up, as a label of few values. */
public enum BlockCause {
    /** A PodDisruptionBudget allows no eviction now, or several protect one pod. */
    PDB,
    /** Its emptyDir data would be lost. */
    EMPTYDIR,
    /** No controller would start it again. */
    UNMANAGED,
    /** It is terminating, and a finalizer holds it. */
    FINALIZER,
    /** It is terminating, and takes its time. */
    GRACE,
    /** The API refused for another cause. */
    ERROR;

    /** The label's value. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Told from the stored sentence: the status keeps no code beside it. */
    public static BlockCause of(Blocker blocker) {
        String reason = blocker.reason() == null ? "" : blocker.reason();
        if (blocker.pdb() != null || reason.startsWith("matches ")) {
            return PDB;
        }
        if (reason.startsWith("its emptyDir data")) {
            return EMPTYDIR;
        }
        if (reason.startsWith("no controller")) {
            return UNMANAGED;
        }
        if (reason.startsWith("terminating; finalizer")) {
            return FINALIZER;
        }
        return reason.startsWith("terminating; ") ? GRACE : ERROR;
    }
}
