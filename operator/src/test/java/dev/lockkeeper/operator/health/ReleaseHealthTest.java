package dev.lockkeeper.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.operator.health.ReleaseHealth.Proof;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseHealthTest {

    private static final Instant T0 = Instant.parse("2026-07-10T12:00:00Z");

    private static Proof proof(int token, Verdict verdict) {
        return new Proof(
                "token-" + token, "worker-" + token, verdict, Update.isFailure(verdict), false, T0.plusSeconds(token));
    }

    private static ReleaseHealth failures(int count) {
        ReleaseHealth health = ReleaseHealth.NONE;
        for (int i = 0; i < count; i++) {
            health = health.with(proof(i, Verdict.Failed));
        }
        return health;
    }

    @Test
    void asManyFailuresAsTheThresholdQuarantine() {
        assertThat(failures(2).judged(false, 3, T0).quarantinedSince()).isNull();
        assertThat(failures(3).judged(false, 3, T0).quarantinedSince()).isEqualTo(T0);
    }

    @Test
    void theSameUpdateCountsOnce() {
        ReleaseHealth once = failures(1);
        assertThat(once.with(proof(0, Verdict.Failed))).isSameAs(once);
        ReleaseHealth back =
                ReleaseHealth.NONE.with(proof(0, Verdict.NeverCameBack)).with(proof(0, Verdict.Failed));
        assertThat(back.failures()).as("another verdict replaces the first").isEqualTo(1);
        assertThat(back.evidence()).extracting(Proof::verdict).containsExactly(Verdict.Failed);
    }

    @Test
    void whatDoesNotCountQuarantinesNothing() {
        Proof uncounted = new Proof("t", "worker-1", Verdict.Failed, false, false, T0);
        ReleaseHealth health = ReleaseHealth.NONE.with(uncounted).judged(false, 1, T0);
        assertThat(health.quarantinedSince()).isNull();
        assertThat(health.failed()).as("it is told all the same").isEqualTo(1);
    }

    /** A machine that recovered late proves nothing for the others, and a threshold that is raised does not either. */
    @Test
    void aQuarantineStaysUntilAPersonLiftsIt() {
        ReleaseHealth quarantined = failures(1).judged(false, 1, T0);
        ReleaseHealth recovered = quarantined.with(proof(0, Verdict.Updated)).judged(false, 1, T0.plusSeconds(9));
        assertThat(recovered.failures()).isZero();
        assertThat(recovered.quarantinedSince()).isEqualTo(T0);
        assertThat(quarantined.judged(false, 20, T0.plusSeconds(9)).quarantinedSince())
                .isEqualTo(T0);
    }

    @Test
    void whatWasBeforeAPersonsWordCountsNoMore() {
        ReleaseHealth accepted = failures(2).judged(false, 1, T0).judged(true, 1, T0.plusSeconds(1));
        assertThat(accepted.quarantinedSince()).isNull();
        assertThat(accepted.failures()).isZero();
        assertThat(accepted.evidence()).as("kept").hasSize(2);
        assertThat(accepted.judged(false, 1, T0.plusSeconds(2)).quarantinedSince())
                .as("the word is taken back, and nothing new came")
                .isNull();
        assertThat(accepted.with(proof(7, Verdict.RolledBack))
                        .judged(false, 1, T0.plusSeconds(3))
                        .quarantinedSince())
                .as("something new came")
                .isEqualTo(T0.plusSeconds(3));
    }

    /** A crash may let the same verdict be recorded again. */
    @Test
    void whatIsRepeatedAfterAPersonsWordStaysAccepted() {
        ReleaseHealth accepted = failures(1).judged(false, 1, T0).judged(true, 1, T0);
        assertThat(accepted.with(proof(0, Verdict.Failed))).isSameAs(accepted);
    }

    @Test
    void anInconclusiveVerdictIsEvidenceOnlyWhereItReplacesAnother() {
        assertThat(ReleaseHealth.NONE.with(proof(1, Verdict.Inconclusive))).isSameAs(ReleaseHealth.NONE);
        ReleaseHealth lost = ReleaseHealth.NONE.with(proof(0, Verdict.NeverCameBack));
        assertThat(lost.with(proof(0, Verdict.Inconclusive)).failures()).isZero();
    }

    /** A leader that was frozen between its two writes wakes up with what it concluded before. */
    @Test
    void anOldLookUndoesNothing() {
        Proof uncounted = new Proof("token-0", "worker-0", Verdict.Failed, false, false, T0);
        ReleaseHealth counted = ReleaseHealth.NONE.with(uncounted).with(proof(0, Verdict.Failed));
        assertThat(counted.failures()).isEqualTo(1);
        assertThat(counted.with(uncounted)).isSameAs(counted);
        ReleaseHealth updated = counted.with(proof(0, Verdict.Updated));
        assertThat(updated.with(proof(0, Verdict.Failed))).isSameAs(updated);
    }

    @Test
    void whileItIsAcceptedNothingQuarantines() {
        ReleaseHealth health = failures(5).judged(true, 1, T0);
        assertThat(health.with(proof(9, Verdict.Failed)).judged(true, 1, T0).quarantinedSince())
                .isNull();
        assertThat(ReleaseHealth.NONE.judged(true, 1, T0)).isSameAs(ReleaseHealth.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        // blocked, accepted, quarantined, failures, known, offered, state
        "false, false, false, 0, 0, 0, New",
        "false, false, false, 0, 0, 2, Rolling",
        "false, false, false, 0, 3, 1, Rolling",
        "false, false, false, 0, 3, 0, Healthy",
        "false, false, false, 1, 3, 1, Suspect",
        "false, false, true,  1, 3, 1, Quarantined",
        "false, true,  true,  1, 3, 1, Accepted",
        "false, true,  false, 0, 0, 0, Accepted",
        "true,  true,  true,  1, 3, 1, Blocked",
        "true,  false, false, 0, 0, 0, Blocked",
    })
    void theMostUrgentStateShows(
            boolean blocked,
            boolean accepted,
            boolean quarantined,
            int failures,
            int known,
            int offered,
            ReleaseState state) {
        ReleaseHealth health =
                new ReleaseHealth(quarantined ? T0 : null, failures(failures).evidence());
        assertThat(health.state(blocked, accepted, known, offered)).isEqualTo(state);
    }

    @Test
    void failuresThatCountAreForgottenLast() {
        ReleaseHealth health = failures(1);
        for (int i = 100; i < 100 + 2 * FleetRelease.MOST_EVIDENCE; i++) {
            health = health.with(proof(i, Verdict.Updated));
        }
        assertThat(health.evidence()).hasSize(FleetRelease.MOST_EVIDENCE);
        assertThat(health.failures()).isEqualTo(1);
    }

    /** Against a model that keeps everything: a map from token to the last verdict. */
    @RepeatedTest(500)
    void anyOrderOfVerdictsComesToWhatTheLastOnesSay(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int threshold = 1 + random.nextInt(4);
        Map<Integer, Verdict> last = new HashMap<>();
        ReleaseHealth health = ReleaseHealth.NONE;
        boolean quarantined = false;
        for (int call = 0; call < 40; call++) {
            int token = random.nextInt(12);
            Verdict verdict = Verdict.values()[random.nextInt(Verdict.values().length)];
            last.merge(token, verdict, ReleaseHealthTest::stands);
            health = health.with(proof(token, verdict)).judged(false, threshold, T0);
            long failures = last.values().stream().filter(Update::isFailure).count();
            quarantined |= failures >= threshold;
            assertThat(health.failures()).isEqualTo((int) failures);
            assertThat(health.quarantinedSince() != null).isEqualTo(quarantined);
        }
    }

    /** Of two verdicts on one update, in the order in which they were said. */
    private static Verdict stands(Verdict first, Verdict then) {
        boolean open = first == Verdict.NeverCameBack || first == Verdict.Inconclusive;
        return open || then == Verdict.Updated ? then : first;
    }
}
