package dev.lockkeeper.crds.v1alpha1;

/** How a machine stands, the most urgent first. The constants are spelled as in the API. */
public enum MachineState {
    /** It failed after its reboot. */
    Failed,
    /** It may have staged a release that was withdrawn, and must not reboot. */
    StagedWithdrawn,
    /** No RebootGroup serves it, and no pin names its group. */
    NoGroup,
    /** Nothing was heard of its agent for hours. */
    Silent,
    /** It is back from its reboot and being judged. */
    Verifying,
    /** It was told that it may reboot. */
    Rebooting,
    /** Its node is being emptied. */
    Draining,
    /** It asks for its reboot and holds no slot. */
    Waiting,
    /** It was offered a release. */
    Offered,
    /** It runs an older release than it should. */
    Behind,
    /** It runs what it should. */
    Current,
    /** Its agent does not speak to Lockkeeper, or runs an image that no graph knows. */
    Unmanaged
}
