package dev.lockkeeper.crds.v1alpha1;

/** The types of the conditions of a RebootGroup. */
public final class RebootGroupConditions {

    /** Accepted and serving. */
    public static final String READY = "Ready";

    /** Machines hold slots. */
    public static final String PROGRESSING = "Progressing";

    /** A person should look: a machine is stuck, blocked or failed. */
    public static final String DEGRADED = "Degraded";

    private RebootGroupConditions() {}
}
