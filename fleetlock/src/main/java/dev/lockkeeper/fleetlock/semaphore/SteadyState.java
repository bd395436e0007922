package dev.lockkeeper.fleetlock.semaphore;

/** What a steady-state request comes to, on one state. */
public enum SteadyState {
    /** The id holds nothing here. */
    NO_HOLDER,
    /** The slot is on its way back, or the machine has Failed: 200. */
    DONE,
    /** The node is being judged: the answer waits for the verdict. */
    VERIFYING
}
