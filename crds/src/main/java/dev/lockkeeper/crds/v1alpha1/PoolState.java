package dev.lockkeeper.crds.v1alpha1;

/** How a MachineConfigPool stands towards its windows. The constants are spelled as in the API. */
public enum PoolState {
    /** It may update its machines, and has nothing to do. */
    Open,
    /** It may update its machines, and does. */
    Updating,
    /** Paused for a PoolWindow, while machines that began before finish. */
    Closing,
    /** Paused for a PoolWindow. */
    Closed,
    /** Opened outside of a window, as it was paused for as long as it may be. */
    MaxPauseReached,
    /** A person opened it outside of a window. */
    OpenedByPerson,
    /** A person paused it. */
    PausedByPerson
}
