package dev.lockkeeper.fleetlock.semaphore;

import java.time.Instant;

/**
 * One holding of one slot. Everything that a crash must not lose is in here; a field that is not known (yet) is null.
 *
 * @param token names this holding; never used again
 * @param id the agent's id
 * @param node the Node to drain, null for a machine that is no node
 * @param since when the phase began
 * @param askedAt when the agent was last known to ask; an open request is refreshed into it
 * @param grantedAt when the slot was given
 * @param toldAt when Granted→Rebooting was stored
 * @param bootId the node's bootID at telling
 * @param version the node's OS version at telling
 * @param offered the release that the machine was last offered when it was told, by its record read anew then; null: none was recorded
 * @param steadyAt when the first steady-state after telling was stored
 * @param newBootAt when another bootID was first seen
 * @param readySince since when the node has been Ready after that
 * @param heartbeat the node's Ready heartbeat, as text, when the steady-state was first looked at: only compared for equality
 * @param stuck since when the holding counts as stuck
 * @param reason why it is Failed, Releasing or stuck, or went back to Draining
 * @param drain the drain's figures
 * @param importedFrom the former server's lock that it was taken over from, such as {@code default/fleetlock-workers}: that server told
 *     it to reboot, and nobody knows whether its node was empty then; null once this server has begun to drain it
 */
public record Holder(
        String token,
        String id,
        NodeRef node,
        Phase phase,
        Instant since,
        Instant askedAt,
        Instant grantedAt,
        Instant toldAt,
        String bootId,
        String version,
        String offered,
        Instant steadyAt,
        Instant newBootAt,
        Instant readySince,
        String heartbeat,
        Instant stuck,
        String reason,
        DrainFigures drain,
        String importedFrom) {

    static Holder granted(String token, String id, NodeRef node, Instant now) {
        return granted(token, id, node, null, now);
    }

    private static Holder granted(String token, String id, NodeRef node, String importedFrom, Instant now) {
        return new Holder(
                token,
                id,
                node,
                Phase.DRAINING,
                now,
                now,
                now,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                importedFrom);
    }

    /** One that another server told to reboot, as if it had been told here, now. */
    static Holder imported(String token, String id, NodeRef node, Boot boot, String from, Instant now) {
        return granted(token, id, node, from, now).told(boot, null, now);
    }

    /** What people know the machine by: its node's name, else its agent's id. */
    public String machine() {
        return node == null ? id : node.name();
    }

    /** Enters a phase: its time begins anew, and what was stuck before is not stuck now. */
    Holder in(Phase phase, Instant now, String reason) {
        return new Holder(
                token,
                id,
                node,
                phase,
                now,
                askedAt,
                grantedAt,
                toldAt,
                bootId,
                version,
                offered,
                steadyAt,
                newBootAt,
                readySince,
                heartbeat,
                null,
                reason,
                drain,
                importedFrom);
    }

    Holder told(Boot boot, String offered, Instant now) {
        return new Holder(
                token,
                id,
                node,
                Phase.REBOOTING,
                now,
                now,
                grantedAt,
                now,
                boot.bootId(),
                boot.version(),
                offered,
                null,
                null,
                null,
                null,
                null,
                null,
                drain,
                importedFrom);
    }

    Holder asked(Instant now) {
        return seen(now, steadyAt, newBootAt, readySince, heartbeat, stuck, reason, drain);
    }

    Holder steady(Instant now) {
        return seen(askedAt, now, newBootAt, readySince, heartbeat, stuck, reason, drain);
    }

    Holder observed(Sighting sighting) {
        return seen(
                askedAt,
                steadyAt,
                newBootAt == null ? sighting.newBootAt() : newBootAt,
                sighting.readySince(),
                heartbeat == null ? sighting.heartbeat() : heartbeat,
                sighting.stuck(),
                phase == Phase.FAILED ? reason : sighting.why(),
                drain);
    }

    Holder drain(DrainFigures drain) {
        return seen(askedAt, steadyAt, newBootAt, readySince, heartbeat, stuck, reason, drain);
    }

    private Holder seen(
            Instant askedAt,
            Instant steadyAt,
            Instant newBootAt,
            Instant readySince,
            String heartbeat,
            Instant stuck,
            String reason,
            DrainFigures drain) {
        return new Holder(
                token,
                id,
                node,
                phase,
                since,
                askedAt,
                grantedAt,
                toldAt,
                bootId,
                version,
                offered,
                steadyAt,
                newBootAt,
                readySince,
                heartbeat,
                stuck,
                reason,
                drain,
                importedFrom);
    }
}
