package dev.lockkeeper.crds.v1alpha1;

/** How far the reboot of a holder is. The constants are spelled as in the API. */
public enum Phase {
    /** Its node is being emptied. */
    Draining,
    /** Its node is empty; its agent has not been told yet. */
    Granted,
    /** Its agent was told that it may reboot. */
    Rebooting,
    /** It is back and being judged. */
    Verifying,
    /** It was judged as failed and keeps its slot. */
    Failed,
    /** Its node is about to be uncordoned and the holder removed. */
    Releasing
}
