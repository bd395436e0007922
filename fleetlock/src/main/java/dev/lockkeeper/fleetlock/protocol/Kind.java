package dev.lockkeeper.fleetlock.protocol;

/**
 * The kinds of answer that an agent can get, with their HTTP status. Agents make the kind a metric label, so the list is
 * short and fixed (FleetLock protocol, "Error").
 */
public enum Kind {
    NOT_FOUND(404),
    URI_TOO_LONG(414),
    MISSING_HEADER(400),
    DECODE_ERROR(400),
    INVALID_CLIENT(400),
    BODY_TOO_LARGE(413),
    METHOD_NOT_ALLOWED(405),
    UNAUTHORIZED(401),
    UNKNOWN_GROUP(404),
    AMBIGUOUS_GROUP(409),
    UNKNOWN_MACHINE(403),
    AMBIGUOUS_MACHINE(409),
    WRONG_GROUP(403),
    LOCK_HELD(423),
    DRAINING(423),
    DRAIN_BLOCKED(423),
    DRAIN_BACKOFF(423),
    PAUSED(423),
    NODES_UNREADY(423),
    RELEASE_WITHDRAWN(423),
    VERIFYING(423),
    STORE_UNAVAILABLE(503),
    INTERNAL_ERROR(500);

    private final int status;

    Kind(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** The kind as it stands in the body, such as {@code lock_held}. */
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
