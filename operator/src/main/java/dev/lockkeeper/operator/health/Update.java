package dev.lockkeeper.operator.health;

import dev.lockkeeper.crds.v1alpha1.UpdateQuestion;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import java.time.Instant;

/**
 * What became of one update of one machine. It is known by the token of the holding that it was made with: the same update counts once,
 * and a later verdict on it replaces the earlier one.
 *
 * @param from the release that the machine left; null: not known
 * @param release the one that it went to; null: not known
 * @param version what it came back with; null: not known
 * @param counts whether it counts against the release on the machine's architecture
 * @param question what a later word of its agent may still show; null: nothing
 * @param why a clause without a full stop
 */
public record Update(
        String token,
        String from,
        String release,
        String version,
        Verdict verdict,
        boolean counts,
        UpdateQuestion question,
        Instant at,
        String why) {

    /** Whether it says that the machine is worse off than before. */
    public boolean isFailure() {
        return isFailure(verdict);
    }

    static boolean isFailure(Verdict verdict) {
        return switch (verdict) {
            case Failed, RolledBack, NeverCameBack -> true;
            case Updated, Inconclusive -> false;
        };
    }

    public Update at(Instant time) {
        return new Update(token, from, release, version, verdict, counts, question, time, why);
    }

    /** Another verdict on the same update, with nothing left to ask. */
    public Update settled(Verdict verdict, boolean counts, String version, Instant at, String why) {
        return new Update(token, from, release, version, verdict, counts, null, at, why);
    }

    /**
     * Whether it may stand in the place of what was said of the same update before. Whoever judged by an old look, because it led no more
     * or a crash made it repeat itself, must not undo what was found out since: Updated stays, and what is settled gives way to that alone.
     */
    public boolean mayReplace(Update before) {
        return switch (before.verdict()) {
            case Updated -> false;
            case NeverCameBack -> true;
            case Failed, RolledBack, Inconclusive ->
                verdict == Verdict.Updated || before.question() != null && question == null;
        };
    }

    /** Whether the other says the same of the same update, whenever it was said. */
    public boolean saysTheSameAs(Update other) {
        return token.equals(other.token)
                && verdict == other.verdict
                && counts == other.counts
                && question == other.question;
    }
}
