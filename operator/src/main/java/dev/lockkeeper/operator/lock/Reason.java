package dev.lockkeeper.operator.lock;

/** Why an Event is written; the name of each is the Event's {@code reason}. */
public enum Reason {
    /** Told of a release for the first time: it may stage it. */
    Offered(false, "Offer"),
    SlotGranted(false, "Grant"),
    DrainStarted(false, "Drain"),
    DrainBlocked(true, "Drain"),
    /** The drain was given up. */
    DrainTimedOut(true, "Drain"),
    /** A person uncordoned the node during its drain, and it was cordoned again. */
    Recordoned(true, "Cordon"),
    /** Drained, and its agent got its 200. */
    RebootAllowed(false, "Tell"),
    Rebooted(false, "Verify"),
    /** Judged after a reboot, and healthy. */
    Verified(false, "Verify"),
    /** What became of an update was stored. */
    Judged(false, "Verify"),
    /** A release is withheld from an architecture because updates to it failed there. */
    Quarantined(true, "Quarantine"),
    /** Judged Failed, and keeps its slot. */
    Failed(true, "Verify"),
    /** Judged Failed, and parked: cordoned, listed, without a slot. */
    Parked(true, "Park"),
    /** No longer parked. */
    Recovered(false, "Unpark"),
    SlotFreed(false, "Free"),
    /** Keeps its slot until a person looks. */
    Stuck(true, "Verify"),
    Refused(false, "Refuse"),
    /** A cordon that no holding had any more was removed. */
    Uncordoned(false, "Uncordon"),
    /** The annotation {@code lockkeeper.dev/free-slot} names nobody who holds anything. */
    NothingToFree(true, "Free"),
    /** The holder of a former server's lock holds a slot here now. */
    HolderImported(false, "Import"),
    /** The lock that {@code lockkeeper.dev/import-lease} names is free, or its holder has its slot here already. */
    NothingToImport(false, "Import"),
    /** What is in the way of taking that lock over; until it is gone nobody gets a slot. */
    NotImported(true, "Import"),
    /** A pool of OKD was paused, as no window is open. */
    PoolPaused(false, "Pause"),
    /** A pool that Lockkeeper had paused was opened. */
    PoolOpened(false, "Open"),
    /** The same outside of a window, as it was paused for as long as it may be. */
    MaxPauseReached(true, "Open");

    private final boolean warning;
    private final String action;

    Reason(boolean warning, String action) {
        this.warning = warning;
        this.action = action;
    }

    /** Whether a person should look. */
    public boolean isWarning() {
        return warning;
    }

    /** The Event's {@code type}: {@code Normal} or {@code Warning}. */
    public String type() {
        return warning ? "Warning" : "Normal";
    }

    /** The Event's {@code action}: what Lockkeeper was about. */
    public String action() {
        return action;
    }
}
