package dev.lockkeeper.crds.v1alpha1;

/** How a release does on the machines of one architecture. The constants are spelled as in the API. */
public enum ReleaseState {
    /** No machine was offered it yet. */
    New,
    /** Machines were offered it that do not run it yet. */
    Rolling,
    /** Every machine that was offered it runs it. */
    Healthy,
    /** A machine failed on it, and fewer than it takes to withhold it. */
    Suspect,
    /** It is withheld because updates to it failed there. */
    Quarantined,
    /** It is withheld by a person's word. */
    Blocked,
    /** A person lets it through whatever machines came back with. */
    Accepted
}
