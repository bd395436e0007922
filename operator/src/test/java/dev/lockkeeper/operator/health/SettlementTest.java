package dev.lockkeeper.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.crds.v1alpha1.UpdateQuestion;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SettlementTest {

    private static final Instant T0 = Instant.parse("2026-07-10T12:00:00Z");
    private static final String LEFT = "44.20260621.3.1";
    private static final String RELEASE = "44.20260707.3.1";
    private static final Update BACK = update(Verdict.Inconclusive, UpdateQuestion.Rollback);

    private static Update update(Verdict verdict, UpdateQuestion question) {
        return new Update("token", LEFT, RELEASE, LEFT, verdict, false, question, T0, "why");
    }

    private static Offer offer(String release, int polls) {
        return new Offer(release, T0, null, polls);
    }

    private static Optional<Update> settled(Update update, String version, Offer offer) {
        return Settlement.of(update, new Settlement.Word(version, offer), T0.plusSeconds(600));
    }

    // ---- came back on the old release

    @Test
    void offeredTwiceAndLookingAgainWithoutAskingIsARollbackAndCounts() {
        Update settled = settled(BACK, LEFT, offer(RELEASE, 3)).orElseThrow();
        assertThat(settled.verdict()).isEqualTo(Verdict.RolledBack);
        assertThat(settled.counts()).isTrue();
        assertThat(settled.question()).isNull();
        assertThat(settled.token()).isEqualTo("token");
        assertThat(settled.why())
                .contains("was offered " + RELEASE + " twice since it started, and asks for the graph again");
        assertThat(settled(settled, LEFT, offer(RELEASE, 3)))
                .as("once is enough")
                .isEmpty();
    }

    @Test
    void aSecondLookSaysNothingYet() {
        assertThat(settled(BACK, LEFT, offer(RELEASE, 2))).isEmpty();
        assertThat(settled(BACK, LEFT, null)).isEmpty();
    }

    @Test
    void whoAsksAgainHasRebootedForAnotherReason() {
        assertThat(settled(BACK, LEFT, offer(RELEASE, 3).asked(T0))).isEmpty();
    }

    @Test
    void whoRunsSomethingElseByNowHasNotRolledBackFromIt() {
        assertThat(settled(BACK, RELEASE, offer(RELEASE, 3))).isEmpty();
    }

    @Test
    void anotherReleaseIsNoAnswer() {
        assertThat(settled(BACK, LEFT, offer("44.20260714.3.0", 3))).isEmpty();
    }

    // ---- the kubelet did not come up

    @Test
    void aDeadKubeletCountsOnceTheAgentRunsTheRelease() {
        Update dead = update(Verdict.Failed, UpdateQuestion.Kubelet);
        assertThat(settled(dead, LEFT, null)).isEmpty();
        assertThat(settled(dead, null, null)).isEmpty();
        Update settled = settled(dead, RELEASE, null).orElseThrow();
        assertThat(settled.verdict()).isEqualTo(Verdict.Failed);
        assertThat(settled.counts()).isTrue();
        assertThat(settled.question()).isNull();
    }

    // ---- no node

    @Test
    void aMachineThatIsNoNodeIsJudgedByItsNextWord() {
        Update open = update(Verdict.Inconclusive, UpdateQuestion.Version);
        assertThat(settled(open, LEFT, offer(RELEASE, 2))).isEmpty();
        Update updated = settled(open, RELEASE, null).orElseThrow();
        assertThat(updated.verdict()).isEqualTo(Verdict.Updated);
        assertThat(updated.counts()).isFalse();
        assertThat(settled(open, LEFT, offer(RELEASE, 3)).orElseThrow().verdict())
                .isEqualTo(Verdict.RolledBack);
    }

    @Test
    void aMachineThatIsNoNodeAndRunsAThirdReleaseCountsAsNothing() {
        Update open = update(Verdict.Inconclusive, UpdateQuestion.Version);
        Update settled = settled(open, "44.20260714.3.0", null).orElseThrow();
        assertThat(settled.verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(settled.counts()).isFalse();
        assertThat(settled.version()).isEqualTo("44.20260714.3.0");
        assertThat(settled.question()).as("it is found out").isNull();
        assertThat(settled.why()).contains("it runs 44.20260714.3.0, and it went to " + RELEASE);
        assertThat(settled.mayReplace(open)).isTrue();
        assertThat(settled(open, null, null)).as("it has not said").isEmpty();
    }

    // ---- nothing to settle

    @ParameterizedTest
    @EnumSource
    void whatIsSettledStays(Verdict verdict) {
        assertThat(settled(update(verdict, null), RELEASE, offer(RELEASE, 3))).isEmpty();
    }

    @Test
    void anUnknownReleaseCannotBeSettled() {
        Update unknown =
                new Update("token", LEFT, null, LEFT, Verdict.Inconclusive, false, UpdateQuestion.Rollback, T0, "why");
        assertThat(settled(unknown, LEFT, offer(RELEASE, 3))).isEmpty();
    }
}
