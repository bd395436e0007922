package dev.lockkeeper.operator.health;

import dev.lockkeeper.fleetlock.semaphore.Boot;
import java.time.Instant;

/**
 * What is known of a machine that was told to reboot. All times but {@code steadyAt} are of the leader's own clock; what the node's
 * clock wrote is only compared for equality.
 *
 * @param told what the node ran at telling, from a fresh read then
 * @param offered the release that it was last offered when it was told; null: none was recorded
 * @param now what the node runs now
 * @param ready whether the node's Ready condition is True now
 * @param readySince since when the leader has seen it Ready without a break: with the new boot, or, on the old one, since the
 *     steady-state; null while it is not, and where the leader has no such time
 * @param heartbeatAtSteady the Ready condition's lastHeartbeatTime as text, from the first read of the Node that was begun after the
 *     steady-state was stored; null before that. To be stored with the holding ({@code Holder.heartbeat})
 * @param heartbeat the same now. Where the bootID is still the old one, both must come from quorum reads: a cache that lags behind
 *     shows an old heartbeat first and a newer one later, both from before the reboot
 * @param steadyAt when the agent's steady-state was stored, by the serving replica's clock: only whether there was one counts; null if
 *     there was none since telling
 * @param verifyingSince since when the leader has seen it in Verifying (or Failed), null while Rebooting
 * @param rebootingSince since when the leader has seen it in Rebooting; null once it is not
 * @param checks what came of the group's checks; null where they were not asked, because {@link Judge#wantsChecks} said no
 */
public record Evidence(
        Boot told,
        String offered,
        Boot now,
        boolean ready,
        Instant readySince,
        String heartbeatAtSteady,
        String heartbeat,
        Instant steadyAt,
        Instant verifyingSince,
        Instant rebootingSince,
        CheckResult checks) {

    public Evidence with(CheckResult asked) {
        return new Evidence(
                told,
                offered,
                now,
                ready,
                readySince,
                heartbeatAtSteady,
                heartbeat,
                steadyAt,
                verifyingSince,
                rebootingSince,
                asked);
    }

    /** Whether it has rebooted since it was told. */
    public boolean isNewBoot() {
        return now.bootId() != null && !now.bootId().equals(told.bootId());
    }

    boolean isSteady() {
        return steadyAt != null;
    }

    /** Whether the kubelet has written the Node since the steady-state was stored. */
    boolean hasHeartbeat() {
        return heartbeatAtSteady != null && heartbeat != null && !heartbeat.equals(heartbeatAtSteady);
    }
}
