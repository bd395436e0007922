package dev.lockkeeper.operator.health;

import dev.lockkeeper.crds.v1alpha1.UpdateQuestion;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Judges a machine that was told to reboot, from what its Node and its agent show.
 *
 * <ol>
 *   <li>Another bootID: it rebooted, and only now does its version mean anything. Ready and steady decide; past the time-out, what
 *       is missing does: not Ready is Failed, no steady-state is an agent that keeps silent.
 *   <li>The same bootID and a steady-state: either the agent only started anew, which a later heartbeat of the kubelet proves, or the
 *       machine rebooted and its kubelet does not come up. A stale Ready from before the reboot proves nothing.
 *   <li>The same bootID and no steady-state: it has not gone down, or is not back. Time alone never frees its slot.
 * </ol>
 *
 * <p>Ready means Ready for {@code minReady} without a break, and that within the time-out: a node that loses Ready again before that
 * begins anew, and one that reboots once more is judged by what it runs then. Then the checks follow: one that is not passed is as if
 * the node were not Ready; one that cannot be asked says nothing, so the slot is kept, past the time-out as stuck. The release that it
 * went to is the one that it was last offered when it was told, or, where none was recorded, whatever is newer than what it ran then.
 */
public final class Judge {

    private static final String STARTED_ANEW = "its agent started anew before the reboot";

    private Judge() {}

    /** @param now by the clock that took the times in the evidence */
    public static Judgement judge(Evidence e, VerifyPolicy policy, Instant now) {
        if (e.isNewBoot()) {
            return afterReboot(e, policy, now);
        }
        return e.isSteady() ? steadyOnTheOldBoot(e, policy, now) : silentOnTheOldBoot(e, policy, now);
    }

    /** Whether the checks are what is left to know of Ready. Before that, nobody need be asked. */
    public static boolean wantsChecks(Evidence e, VerifyPolicy policy, Instant now) {
        boolean counts = e.isNewBoot() ? e.verifyingSince() != null : e.isSteady() && e.hasHeartbeat();
        return counts && isReady(e, policy, now);
    }

    private static boolean isReady(Evidence e, VerifyPolicy policy, Instant now) {
        return e.ready() && e.readySince() != null && !readyAt(e, policy, now).isAfter(now);
    }

    private static Instant readyAt(Evidence e, VerifyPolicy policy, Instant now) {
        return (e.readySince() == null ? now : e.readySince()).plus(policy.minReady());
    }

    private static boolean isPassed(Evidence e) {
        return e.checks() == null || e.checks() instanceof CheckResult.Passed;
    }

    private static Judgement afterReboot(Evidence e, VerifyPolicy policy, Instant now) {
        if (e.verifyingSince() == null) {
            return new Judgement.Keep(now, "it has rebooted");
        }
        Instant deadline = e.verifyingSince().plus(policy.timeout());
        boolean ready = isReady(e, policy, now);
        if (ready && e.isSteady() && isPassed(e)) {
            return healthy(e);
        }
        if (!deadline.isAfter(now)) {
            return ready ? readyTooLate(e, policy) : notReady(e, policy);
        }
        if (ready && !isPassed(e)) {
            return awaitsChecks(e, deadline, now);
        }
        if (ready) {
            return new Judgement.Keep(deadline, "it is Ready, and its agent has not reported steady-state");
        }
        return e.ready()
                ? new Judgement.Keep(
                        earlier(readyAt(e, policy, now), deadline),
                        "it is Ready for less than " + text(policy.minReady()))
                : new Judgement.Keep(deadline, "its node is not Ready");
    }

    private static Judgement healthy(Evidence e) {
        String now = version(e.now().version());
        String left = version(e.told().version());
        return switch (Move.of(e)) {
            case ARRIVED -> new Judgement.Updated("it runs " + now + " and is Ready; before its reboot it ran " + left);
            case OLD ->
                new Judgement.Inconclusive(
                        "it came back on the version it left, " + left,
                        e.offered() == null ? null : UpdateQuestion.Rollback);
            case OTHER ->
                new Judgement.Inconclusive(
                        "it came back on " + now + ", which is not the release that it was offered, " + e.offered(),
                        null);
            case OLDER ->
                new Judgement.Inconclusive(
                        "it came back on " + now + ", which is older than the version it left, " + left, null);
            case UNREADABLE ->
                new Judgement.Inconclusive(
                        "it came back on " + now + ", which cannot be compared with the version it left, " + left,
                        null);
        };
    }

    private static Judgement notReady(Evidence e, VerifyPolicy policy) {
        return new Judgement.Failed(
                "it came back on " + version(e.now().version()) + " and its node was not Ready for "
                        + text(policy.minReady()) + " within " + text(policy.timeout()),
                Move.of(e) == Move.ARRIVED,
                null);
    }

    private static Judgement awaitsChecks(Evidence e, Instant deadline, Instant now) {
        return new Judgement.Keep(earlier(now.plus(Check.INTERVAL), deadline), "it is Ready, and " + why(e.checks()));
    }

    private static String why(CheckResult checks) {
        return switch (checks) {
            case CheckResult.NotYet(String why) -> why;
            case CheckResult.Unanswerable(String why) -> why;
            case CheckResult.Passed _ -> "all checks are passed";
        };
    }

    /** Its node is Ready in time; something else is missing. */
    private static Judgement readyTooLate(Evidence e, VerifyPolicy policy) {
        return switch (e.checks()) {
            case CheckResult.NotYet(String why) ->
                new Judgement.Failed(
                        "it came back on " + version(e.now().version()) + ", and " + text(policy.timeout()) + " later "
                                + why,
                        Move.of(e) == Move.ARRIVED,
                        null);
            case CheckResult.Unanswerable(String why) ->
                new Judgement.Stuck("it has rebooted and its node is Ready, but " + why, Optional.empty());
            case CheckResult.Passed _ -> agentSilent(policy);
            case null -> agentSilent(policy);
        };
    }

    private static Judgement agentSilent(VerifyPolicy policy) {
        return new Judgement.Stuck(
                "it has rebooted and its node is Ready, but its agent has not reported steady-state within "
                        + text(policy.timeout()),
                Optional.empty());
    }

    /** The node's Ready and version are from before the reboot here, unless its kubelet has written since. */
    private static Judgement steadyOnTheOldBoot(Evidence e, VerifyPolicy policy, Instant now) {
        Instant deadline = e.verifyingSince().plus(policy.timeout());
        boolean alive = e.ready() && e.readySince() != null && e.hasHeartbeat();
        boolean ready = alive && isReady(e, policy, now);
        if (ready && isPassed(e)) {
            return new Judgement.Inconclusive(STARTED_ANEW, null);
        }
        if (ready && deadline.isAfter(now)) {
            return awaitsChecks(e, deadline, now);
        }
        if (ready && e.checks() instanceof CheckResult.Unanswerable(String why)) {
            return new Judgement.Stuck(STARTED_ANEW + ", but " + why, Optional.empty());
        }
        if (ready) {
            return new Judgement.Failed(
                    STARTED_ANEW + ", and " + text(policy.timeout()) + " later " + why(e.checks()), false, null);
        }
        if (!deadline.isAfter(now)) {
            // Counts against no release: on which one it came back shows only in a later poll of the graph.
            return new Judgement.Failed(
                    "its agent reported steady-state, but its kubelet did not come up within " + text(policy.timeout()),
                    false,
                    e.offered() == null ? null : UpdateQuestion.Kubelet);
        }
        return alive
                ? new Judgement.Keep(
                        earlier(readyAt(e, policy, now), deadline),
                        "it is Ready for less than " + text(policy.minReady()))
                : new Judgement.Keep(deadline, "its agent is steady, and its kubelet has shown no sign of life since");
    }

    private static Judgement silentOnTheOldBoot(Evidence e, VerifyPolicy policy, Instant now) {
        if (e.rebootingSince() == null) {
            // Its new boot was seen before: what shows the old one again is an old look at the Node.
            return new Judgement.Keep(now, "its node shows the boot before the reboot");
        }
        Instant stuckAt = e.rebootingSince().plus(policy.stuckAfter());
        if (stuckAt.isAfter(now)) {
            return new Judgement.Keep(stuckAt, e.ready() ? "it was told to reboot and is still up" : "it is rebooting");
        }
        return e.ready()
                ? new Judgement.Stuck(
                        "it was told to reboot more than " + text(policy.stuckAfter()) + " ago and has not gone down",
                        Optional.empty())
                : new Judgement.Stuck(
                        "it was told to reboot more than " + text(policy.stuckAfter()) + " ago and has not come back",
                        Optional.of(Verdict.NeverCameBack));
    }

    /** The release that the machine went to, as far as it is known: the offered one, else what it came back with if that is newer. */
    public static Optional<String> release(Evidence e) {
        return e.offered() != null
                ? Optional.of(e.offered())
                : e.isNewBoot() && Move.of(e) == Move.ARRIVED
                        ? Optional.of(e.now().version())
                        : Optional.empty();
    }

    /** How the version after a reboot stands to the one before it, and to the one that was offered. */
    private enum Move {
        ARRIVED,
        OLD,
        OTHER,
        OLDER,
        UNREADABLE;

        static Move of(Evidence e) {
            String runs = e.now().version();
            if (e.offered() != null && runs != null) {
                return runs.equals(e.offered()) ? ARRIVED : runs.equals(e.told().version()) ? OLD : OTHER;
            }
            Optional<OsVersion> left = OsVersion.parse(e.told().version());
            Optional<OsVersion> now = OsVersion.parse(runs);
            if (left.isEmpty() || now.isEmpty()) {
                return UNREADABLE;
            }
            int order = now.get().compareTo(left.get());
            return order > 0 ? ARRIVED : order == 0 ? OLD : OLDER;
        }
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static String version(String version) {
        return version == null ? "an unknown version" : version;
    }

    private static String text(Duration duration) {
        return Sentences.span(duration);
    }
}
