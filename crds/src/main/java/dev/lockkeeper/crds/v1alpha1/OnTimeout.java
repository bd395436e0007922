package dev.lockkeeper.crds.v1alpha1;

/** What happens to a drain that takes too long. The constants are spelled as in the API. */
public enum OnTimeout {
    /** The slot is given back, the node uncordoned, and the machine waits before it may try again. */
    Release,
    /** The drain goes on. */
    Hold,
    /** The pods that are left are deleted past PodDisruptionBudgets. */
    Force
}
