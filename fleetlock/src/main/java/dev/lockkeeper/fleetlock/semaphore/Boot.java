package dev.lockkeeper.fleetlock.semaphore;

/** What a node runs at one moment: its bootID and its OS version; either is null where it cannot be read. */
public record Boot(String bootId, String version) {

    /** A machine that is no node shows neither. */
    public static final Boot UNKNOWN = new Boot(null, null);
}
