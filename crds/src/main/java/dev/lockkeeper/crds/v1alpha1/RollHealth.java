package dev.lockkeeper.crds.v1alpha1;

/** How the roll of a pin goes on one architecture. The constants are spelled as in the API. */
public enum RollHealth {
    /** Every machine runs what it should. */
    Healthy,
    /** Machines are to move, and nothing is in the way. */
    Rolling,
    /** A machine failed on the release, and fewer than it takes to withhold it. */
    Suspect,
    /** The release that they would end at is withheld here, by failures or by a person. */
    Quarantined,
    /** Machines are to move, or nothing is known of them, and none moves. */
    Stalled
}
