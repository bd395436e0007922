package dev.lockkeeper.operator.health;

import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * How one release does on one architecture, by what its machines came back with: decides when it is withheld.
 *
 * <ol>
 *   <li>Each update counts once, by its token; a verdict that says more replaces the earlier one.
 *   <li>As many failures that count as the threshold says quarantine it.
 *   <li>A quarantine stays, whatever machines do later and whatever the threshold is then: only a person's word lifts it. What was
 *       against the release before that word is kept, and does not count any more.
 * </ol>
 *
 * @param quarantinedSince null: it is not
 * @param evidence the latest verdicts, in the order in which they were made; of more than are kept, failures that count go last
 */
public record ReleaseHealth(Instant quarantinedSince, List<Proof> evidence) {

    /** Nothing happened yet. */
    public static final ReleaseHealth NONE = new ReleaseHealth(null, List.of());

    /** The threshold while no UpdateGraph says one. */
    public static final int UNKNOWN = Integer.MAX_VALUE;

    /**
     * One verdict on one update.
     *
     * @param accepted whether a person has let the release through since: it counts no more, however often the verdict is repeated
     */
    public record Proof(String token, String machine, Verdict verdict, boolean counts, boolean accepted, Instant at) {

        public boolean isFailure() {
            return Update.isFailure(verdict);
        }

        /** Whether it counts towards a quarantine. */
        public boolean isAgainst() {
            return counts && !accepted && isFailure();
        }

        /**
         * Whether another verdict on the same update may stand in its place ({@link Update#mayReplace} says why): a leader that was frozen
         * between its two writes must not undo here what it could not undo there.
         */
        private boolean givesWayTo(Proof other) {
            return switch (verdict) {
                case Updated -> false;
                case NeverCameBack -> verdict != other.verdict;
                case Failed -> other.verdict == Verdict.Updated || other.verdict == verdict && other.counts && !counts;
                case RolledBack -> other.verdict == Verdict.Updated;
                case Inconclusive -> other.verdict != verdict;
            };
        }
    }

    public ReleaseHealth {
        evidence = List.copyOf(evidence);
    }

    /** With one more verdict; the very same health if it says nothing new, or nothing of the release. */
    public ReleaseHealth with(Proof proof) {
        Proof before = evidence.stream()
                .filter(p -> p.token().equals(proof.token()))
                .findFirst()
                .orElse(null);
        if (before == null ? proof.verdict() == Verdict.Inconclusive : !before.givesWayTo(proof)) {
            return this;
        }
        List<Proof> next = new ArrayList<>(evidence);
        next.remove(before);
        next.add(proof);
        if (next.size() > FleetRelease.MOST_EVIDENCE) {
            next.remove(next.stream().min(WORTH).orElseThrow());
        }
        return new ReleaseHealth(quarantinedSince, next);
    }

    /** What is forgotten first: what is no failure, then failures that do not count, the oldest of each first. */
    private static final Comparator<Proof> WORTH = Comparator.comparing(
                    (Proof p) -> p.isAgainst() ? 2 : p.isFailure() ? 1 : 0)
            .thenComparing(Proof::at);

    /**
     * What follows from the verdicts, and from people's word.
     *
     * @param accepted whether a person lets the release through on this architecture
     * @param threshold as many failures quarantine it, at least 1; {@link #UNKNOWN}: as long as it is not known, none do
     */
    public ReleaseHealth judged(boolean accepted, int threshold, Instant now) {
        if (accepted) {
            boolean changes = quarantinedSince != null || failures() > 0;
            return changes
                    ? new ReleaseHealth(
                            null,
                            evidence.stream()
                                    .map(p -> new Proof(p.token(), p.machine(), p.verdict(), p.counts(), true, p.at()))
                                    .toList())
                    : this;
        }
        return quarantinedSince == null && failures() >= threshold ? new ReleaseHealth(now, evidence) : this;
    }

    /** Failures that count against it. */
    public int failures() {
        return count(Proof::isAgainst);
    }

    /** Failures, whether they count or not. */
    public int failed() {
        return count(Proof::isFailure);
    }

    private int count(Predicate<Proof> which) {
        return (int) evidence.stream().filter(which).count();
    }

    /**
     * @param blocked whether a person withholds it
     * @param accepted whether a person lets it through
     * @param known machines that run it, or came back healthy with it
     * @param offered machines that were offered it and do not run it
     */
    public ReleaseState state(boolean blocked, boolean accepted, int known, int offered) {
        if (blocked) {
            return ReleaseState.Blocked;
        }
        if (accepted) {
            return ReleaseState.Accepted;
        }
        if (quarantinedSince != null) {
            return ReleaseState.Quarantined;
        }
        if (failures() > 0) {
            return ReleaseState.Suspect;
        }
        return offered > 0 ? ReleaseState.Rolling : known > 0 ? ReleaseState.Healthy : ReleaseState.New;
    }
}
