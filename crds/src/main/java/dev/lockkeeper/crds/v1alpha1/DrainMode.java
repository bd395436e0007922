package dev.lockkeeper.crds.v1alpha1;

/** How pods are removed from a node. The constants are spelled as in the API. */
public enum DrainMode {
    /** By eviction, which keeps PodDisruptionBudgets. */
    Evict,
    /** By deletion, past PodDisruptionBudgets. */
    Delete,
    /** The node is cordoned; pods stay. */
    CordonOnly,
    /** The node is neither cordoned nor drained. */
    None
}
