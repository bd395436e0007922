package dev.lockkeeper.fleetlock.protocol;

/**
 * The kinds of answer that an agent can get, with their HTTP status. Agents make the kind a metric label, so the list is
 * short and fixed (FleetLock protocol, "Error"). {@code docs/answers.md} shows each with its comment here.
 */
public enum Kind {
    /** There is nothing at this path. */
    NOT_FOUND(404),
    /** The URI is over 8 KiB. */
    URI_TOO_LONG(414),
    /** The header {@code fleet-lock-protocol: true} is missing: something that is no agent asks. */
    MISSING_HEADER(400),
    /** The body is not the protocol's JSON, or the request is no well-formed HTTP. */
    DECODE_ERROR(400),
    /** The id is not 1 to 64 of {@code 0-9A-Za-z-}, or the group not 1 to 63 of {@code a-zA-Z0-9.-}. */
    INVALID_CLIENT(400),
    /** The body is over 16 KiB. */
    BODY_TOO_LARGE(413),
    /** The request is not of the method that the path takes. */
    METHOD_NOT_ALLOWED(405),
    /** The group asks for a password, and none or a wrong one was sent. */
    UNAUTHORIZED(401),
    /** No RebootGroup serves the group. */
    UNKNOWN_GROUP(404),
    /** Several RebootGroups of the group have this node. */
    AMBIGUOUS_GROUP(409),
    /** The id matches no node where only nodes may, or the node was deleted while it held a slot. */
    UNKNOWN_MACHINE(403),
    /** Several nodes report the same machine-id. */
    AMBIGUOUS_MACHINE(409),
    /** The node is a member of no RebootGroup of the group. */
    WRONG_GROUP(403),
    /** All slots are held. */
    LOCK_HELD(423),
    /** The machine has a slot, and its node is being drained. */
    DRAINING(423),
    /** The machine has a slot, and something holds the drain of its node up. */
    DRAIN_BLOCKED(423),
    /** The machine's last drain was given up, and its wait is not over. */
    DRAIN_BACKOFF(423),
    /** The group or the machine is paused, or the RebootGroup is being deleted. */
    PAUSED(423),
    /** Members that are NotReady or parked leave no slot, or the members are not counted yet. */
    NODES_UNREADY(423),
    /** The machine may have staged a release that was withdrawn since. */
    RELEASE_WITHDRAWN(423),
    /** The machine is back from its reboot and not judged yet. */
    VERIFYING(423),
    /** The API server cannot be reached, keeps conflicting, or this replica is starting or stopping. */
    STORE_UNAVAILABLE(503),
    /** A fault of Lockkeeper. */
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
