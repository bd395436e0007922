package dev.lockkeeper.crds.v1alpha1;

/**
 * What applies where a RebootGroup says nothing. The schema has the same defaults, so these matter only for objects that did
 * not pass through an API server.
 */
public final class RebootGroupDefaults {

    public static final Machines MACHINES = Machines.Nodes;
    public static final int SLOTS = 1;
    public static final boolean COUNT_UNREADY = true;
    public static final boolean PAUSED = false;
    public static final String STUCK_AFTER = "1h";

    public static final DrainMode DRAIN_MODE = DrainMode.Evict;
    public static final String DRAIN_TIMEOUT = "30m";
    public static final OnTimeout ON_TIMEOUT = OnTimeout.Release;
    public static final UnmanagedPods UNMANAGED = UnmanagedPods.Leave;
    public static final boolean DELETE_EMPTY_DIR_DATA = true;

    public static final String VERIFY_TIMEOUT = "15m";
    public static final String MIN_READY = "30s";
    public static final OnFailure ON_FAILURE = OnFailure.Park;
    public static final int MAX_PARKED = 1;

    private RebootGroupDefaults() {}
}
