package dev.lockkeeper.crds.v1alpha1;

/** What a drain does with pods that no controller would create again. The constants are spelled as in the API. */
public enum UnmanagedPods {
    /** They stay and restart after the reboot. */
    Leave,
    /** They are removed, and gone for good. */
    Evict,
    /** The drain waits until somebody removes them. */
    Block
}
