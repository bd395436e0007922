package dev.lockkeeper.crds.v1alpha1;

/** How the roll of a pin goes on one architecture. The constants are spelled as in the API. */
public enum RollHealth {
    /** Every machine runs what it should. */
    Healthy,
    /** Machines are to move, and nothing is in the way. */
    Rolling,
    /** A machine came back sick from the release, and fewer than it takes to withhold it. */
    Suspect,
    /** The newest release is withheld here, because machines came back sick or a person said so. */
    Quarantined,
    /** Machines are to move, and none does. */
    Stalled
}
