package dev.lockkeeper.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.UpdateQuestion;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.semaphore.Boot;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the table of verdicts, in both orders of the agent's steady-state and the kubelet's heartbeat. */
class JudgeTest {

    private static final Instant TOLD = Instant.parse("2026-07-10T12:00:00Z");
    private static final VerifyPolicy POLICY =
            new VerifyPolicy(Duration.ofMinutes(15), Duration.ofSeconds(30), Duration.ofHours(1));
    private static final String LEFT = "44.20260621.3.1";
    private static final String NEWER = "44.20260707.3.1";
    private static final String OLDER = "43.20260101.3.0";

    /** One machine's evidence, put together in the words of the table. Instants are seconds after telling. */
    private static final class Machine {
        private String bootId = "old";
        private String toldVersion = LEFT;
        private String version = LEFT;
        private String offered;
        private boolean ready;
        private Instant readySince;
        private Instant steadyAt;
        private Instant verifyingSince;
        private String heartbeatAtSteady;
        private String heartbeat = "h1";
        private CheckResult checks;
        private boolean wanted;

        static Machine onTheOldBoot() {
            return new Machine();
        }

        static Machine onANewBoot(String version, int seenAt) {
            Machine machine = new Machine();
            machine.bootId = "new";
            machine.version = version;
            machine.heartbeat = "h2";
            machine.verifyingSince = at(seenAt);
            return machine;
        }

        Machine readySince(int seconds) {
            ready = true;
            readySince = at(seconds);
            return this;
        }

        /** Ready as the API shows it, of which the leader has no time. */
        Machine showsReady() {
            ready = true;
            return this;
        }

        Machine steadyAt(int seconds) {
            steadyAt = at(seconds);
            heartbeatAtSteady = "h1";
            if (verifyingSince == null || verifyingSince.isAfter(steadyAt)) {
                verifyingSince = steadyAt;
            }
            return this;
        }

        Machine withHeartbeat() {
            heartbeat = "h2";
            return this;
        }

        Machine told(String version) {
            toldVersion = version;
            return this;
        }

        Machine offered(String release) {
            offered = release;
            return this;
        }

        Judgement judgedAt(int seconds) {
            Evidence evidence = evidence();
            wanted = Judge.wantsChecks(evidence, POLICY, at(seconds));
            return Judge.judge(wanted ? evidence.with(checks) : evidence, POLICY, at(seconds));
        }

        Evidence evidence() {
            return new Evidence(
                    new Boot("old", toldVersion),
                    offered,
                    new Boot(bootId, version),
                    ready,
                    readySince,
                    heartbeatAtSteady,
                    heartbeat,
                    steadyAt,
                    verifyingSince,
                    TOLD,
                    null);
        }

        Machine checked(CheckResult result) {
            checks = result;
            return this;
        }

        boolean isCheckedAt(int seconds) {
            judgedAt(seconds);
            return wanted;
        }
    }

    private static Instant at(int seconds) {
        return TOLD.plusSeconds(seconds);
    }

    // ---- row 1: new boot, newer version, Ready, steady

    @Test
    void updatedWhenTheSteadyStateComesAfterTheKubelet() {
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(100);
        keeps(machine.judgedAt(129), at(130));
        keeps(machine.judgedAt(130), at(1000));
        assertThat(machine.steadyAt(140).judgedAt(140))
                .isEqualTo(new Judgement.Updated(
                        "it runs 44.20260707.3.1 and is Ready; before its reboot it ran 44.20260621.3.1"));
    }

    @Test
    void updatedWhenTheSteadyStateComesBeforeTheKubelet() {
        keeps(Machine.onTheOldBoot().showsReady().steadyAt(90).judgedAt(95), at(990));
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(110).steadyAt(90);
        keeps(machine.judgedAt(139), at(140));
        assertThat(machine.judgedAt(140)).isInstanceOf(Judgement.Updated.class);
    }

    @Test
    void updatedLongAfterTheTimeOutIsStillUpdated() {
        assertThat(Machine.onANewBoot(NEWER, 100)
                        .readySince(100)
                        .steadyAt(90_000)
                        .judgedAt(90_000))
                .isInstanceOf(Judgement.Updated.class);
    }

    @Test
    void theFirstSightOfANewBootIsNoVerdictYet() {
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(0);
        machine.verifyingSince = null;
        keeps(machine.judgedAt(5_000), at(5_000));
    }

    @Test
    void readyThatTheLeaderHasNoTimeOfCountsFromNow() {
        keeps(Machine.onANewBoot(NEWER, 100).showsReady().steadyAt(100).judgedAt(200), at(230));
    }

    @Test
    void theStoredTimeOfANodeThatIsNotReadyNowProvesNothing() {
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(100).steadyAt(100);
        machine.ready = false;
        keeps(machine.judgedAt(500), at(1000));
    }

    // ---- row 2: new boot, Ready, no steady-state past the time-out

    @ParameterizedTest
    @ValueSource(strings = {NEWER, LEFT, OLDER})
    void aSilentAgentKeepsItsSlotAndCountsAsNothing(String version) {
        Machine machine = Machine.onANewBoot(version, 100).readySince(100);
        keeps(machine.judgedAt(999), at(1000));
        assertThat(machine.judgedAt(1000))
                .isEqualTo(new Judgement.Stuck(
                        "it has rebooted and its node is Ready, but its agent has not reported steady-state within 15m",
                        Optional.empty()));
    }

    // ---- rows 3 and 5: new boot, not Ready past the time-out

    private enum Steady {
        NEVER,
        BEFORE_THE_KUBELET,
        AFTER_THE_KUBELET;

        /** The time-out begins with Verifying, at whichever sign comes first. */
        Machine on(Machine machine) {
            return switch (this) {
                case NEVER -> machine;
                case BEFORE_THE_KUBELET -> machine.steadyAt(90);
                case AFTER_THE_KUBELET -> machine.steadyAt(110);
            };
        }

        int deadline() {
            return (this == BEFORE_THE_KUBELET ? 90 : 100) + 900;
        }
    }

    @ParameterizedTest
    @EnumSource
    void notReadyOnANewerVersionFailsAndCounts(Steady steady) {
        Machine machine = steady.on(Machine.onANewBoot(NEWER, 100));
        keeps(machine.judgedAt(steady.deadline() - 1), at(steady.deadline()));
        assertThat(machine.judgedAt(steady.deadline()))
                .isEqualTo(new Judgement.Failed(
                        "it came back on 44.20260707.3.1 and its node was not Ready for 30s within 15m", true, null));
    }

    @ParameterizedTest
    @EnumSource
    void notReadyOnTheOldVersionFailsAndCountsAsNothing(Steady steady) {
        assertThat(steady.on(Machine.onANewBoot(LEFT, 100)).judgedAt(steady.deadline()))
                .isEqualTo(new Judgement.Failed(
                        "it came back on 44.20260621.3.1 and its node was not Ready for 30s within 15m", false, null));
    }

    @ParameterizedTest
    @EnumSource
    void notReadyOnAThirdVersionFailsAndCountsAsNothing(Steady steady) {
        assertThat(steady.on(Machine.onANewBoot(OLDER, 100)).judgedAt(steady.deadline()))
                .isEqualTo(new Judgement.Failed(
                        "it came back on 43.20260101.3.0 and its node was not Ready for 30s within 15m", false, null));
        assertThat(steady.on(Machine.onANewBoot(null, 100)).judgedAt(steady.deadline()))
                .isEqualTo(new Judgement.Failed(
                        "it came back on an unknown version and its node was not Ready for 30s within 15m",
                        false,
                        null));
    }

    @Test
    void readyTooLateInTheTimeOutIsNotReady() {
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(980).steadyAt(110);
        keeps(machine.judgedAt(999), at(1000));
        assertThat(machine.judgedAt(1000)).isInstanceOf(Judgement.Failed.class);
        assertThat(machine.judgedAt(1010)).isInstanceOf(Judgement.Updated.class);
    }

    // ---- row 4: new boot, old version, Ready, steady

    @ParameterizedTest
    @ValueSource(ints = {90, 110})
    void backOnTheVersionThatItLeftSaysNothing(int steadyAt) {
        assertThat(Machine.onANewBoot(LEFT, 100)
                        .readySince(100)
                        .steadyAt(steadyAt)
                        .judgedAt(140))
                .isEqualTo(new Judgement.Inconclusive("it came back on the version it left, 44.20260621.3.1", null));
    }

    // ---- row 6: new boot, third version, Ready, steady

    @ParameterizedTest
    @ValueSource(ints = {90, 110})
    void aThirdVersionSaysNothingInASentenceOfItsOwn(int steadyAt) {
        assertThat(Machine.onANewBoot(OLDER, 100)
                        .readySince(100)
                        .steadyAt(steadyAt)
                        .judgedAt(140))
                .isEqualTo(new Judgement.Inconclusive(
                        "it came back on 43.20260101.3.0, which is older than the version it left, 44.20260621.3.1",
                        null));
        assertThat(Machine.onANewBoot(null, 100)
                        .readySince(100)
                        .steadyAt(steadyAt)
                        .judgedAt(140))
                .isEqualTo(new Judgement.Inconclusive(
                        "it came back on an unknown version, which cannot be compared with the version it left, 44.20260621.3.1",
                        null));
    }

    @Test
    void whatWasNotReadableAtTellingCannotBeUpdated() {
        Machine machine =
                Machine.onANewBoot(NEWER, 100).told(null).readySince(100).steadyAt(110);
        assertThat(machine.judgedAt(140))
                .isEqualTo(new Judgement.Inconclusive(
                        "it came back on 44.20260707.3.1, which cannot be compared with the version it left, an unknown version",
                        null));
    }

    // ---- row 7: same boot, Ready with a heartbeat, steady

    @Test
    void anAgentThatOnlyStartedAnewSaysNothing() {
        Machine machine = Machine.onTheOldBoot().readySince(20).steadyAt(10);
        keeps(machine.judgedAt(300), at(910));
        machine.withHeartbeat();
        keeps(machine.judgedAt(49), at(50));
        assertThat(machine.judgedAt(50))
                .isEqualTo(new Judgement.Inconclusive("its agent started anew before the reboot", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {NEWER, OLDER})
    void theVersionIsNotReadBeforeTheBootIdChanged(String version) {
        Machine machine = Machine.onTheOldBoot().readySince(20).steadyAt(10).withHeartbeat();
        machine.version = version;
        assertThat(machine.judgedAt(50))
                .isEqualTo(new Judgement.Inconclusive("its agent started anew before the reboot", null));
    }

    @Test
    void aHeartbeatOfANodeThatIsNotReadyProvesNothing() {
        keeps(Machine.onTheOldBoot().steadyAt(10).withHeartbeat().judgedAt(100), at(910));
    }

    @Test
    void aHeartbeatCountsOnlyOnceOneWasStoredAtSteadyState() {
        Machine machine = Machine.onTheOldBoot().readySince(20).steadyAt(10).withHeartbeat();
        machine.heartbeatAtSteady = null;
        keeps(machine.judgedAt(100), at(910));
    }

    // ---- row 8: same boot, steady, NotReady or no heartbeat past the time-out

    @ParameterizedTest
    @CsvSource({"true, false", "false, false", "false, true"})
    void aKubeletThatDoesNotComeUpFailsAndCountsAsNothing(boolean ready, boolean heartbeat) {
        Machine machine = Machine.onTheOldBoot().steadyAt(90);
        if (ready) {
            machine.readySince(90);
        }
        if (heartbeat) {
            machine.withHeartbeat();
        }
        keeps(machine.judgedAt(989), at(990));
        assertThat(machine.judgedAt(990))
                .isEqualTo(new Judgement.Failed(
                        "its agent reported steady-state, but its kubelet did not come up within 15m", false, null));
    }

    // ---- rows 9 and 10: same boot, no steady-state

    @Test
    void toldButStillUpIsStuckAndCountsAsNothing() {
        Machine machine = Machine.onTheOldBoot().showsReady();
        keeps(machine.judgedAt(3599), at(3600));
        assertThat(machine.judgedAt(3600))
                .isEqualTo(new Judgement.Stuck(
                        "it was told to reboot more than 1h ago and has not gone down", Optional.empty()));
    }

    @Test
    void downForTooLongNeverCameBack() {
        Machine machine = Machine.onTheOldBoot();
        keeps(machine.judgedAt(3599), at(3600));
        assertThat(machine.judgedAt(3600))
                .isEqualTo(new Judgement.Stuck(
                        "it was told to reboot more than 1h ago and has not come back",
                        Optional.of(Verdict.NeverCameBack)));
    }

    @Test
    void aHeartbeatAloneIsNoSignOfAReboot() {
        keeps(Machine.onTheOldBoot().showsReady().withHeartbeat().judgedAt(600), at(3600));
    }

    @Test
    void aMachineThatCameBackAfterItWasStuckIsVerifiedAnew() {
        keeps(Machine.onANewBoot(NEWER, 8_000).readySince(8_000).judgedAt(8_010), at(8_030));
    }

    @Test
    void aNodeThatShowsNoBootIdIsNotBackYet() {
        Machine machine = Machine.onTheOldBoot();
        machine.bootId = null;
        keeps(machine.judgedAt(600), at(3600));
    }

    @Test
    void noTimeAloneEverFreesASilentMachine() {
        for (boolean ready : new boolean[] {true, false}) {
            Machine machine = Machine.onTheOldBoot();
            machine.ready = ready;
            assertThat(machine.judgedAt(365 * 24 * 3600)).isInstanceOf(Judgement.Stuck.class);
        }
    }

    // ---- by the release that was offered

    private static final String THIRD = "44.20260714.3.0";

    @Test
    void theOfferedReleaseIsUpdated() {
        Machine machine =
                Machine.onANewBoot(NEWER, 100).offered(NEWER).readySince(100).steadyAt(110);
        assertThat(machine.judgedAt(140)).isInstanceOf(Judgement.Updated.class);
        assertThat(machine.told(null).judgedAt(140))
                .as("what it ran before is not needed for that")
                .isInstanceOf(Judgement.Updated.class);
    }

    @Test
    void aNewerReleaseThanTheOfferedOneIsAThirdOne() {
        Machine machine = Machine.onANewBoot(THIRD, 100).offered(NEWER);
        assertThat(machine.judgedAt(1000))
                .isEqualTo(new Judgement.Failed(
                        "it came back on 44.20260714.3.0 and its node was not Ready for 30s within 15m", false, null));
        assertThat(machine.readySince(100).steadyAt(110).judgedAt(140))
                .isEqualTo(new Judgement.Inconclusive(
                        "it came back on 44.20260714.3.0, which is not the release that it was offered, 44.20260707.3.1",
                        null));
    }

    @Test
    void backOnTheOldOneMayTurnOutToBeARollback() {
        assertThat(Machine.onANewBoot(LEFT, 100)
                        .offered(NEWER)
                        .readySince(100)
                        .steadyAt(110)
                        .judgedAt(140))
                .isEqualTo(new Judgement.Inconclusive(
                        "it came back on the version it left, 44.20260621.3.1", UpdateQuestion.Rollback));
    }

    @Test
    void aDeadKubeletMayTurnOutToBeTheReleasesFault() {
        assertThat(Machine.onTheOldBoot().offered(NEWER).steadyAt(90).judgedAt(990))
                .isEqualTo(new Judgement.Failed(
                        "its agent reported steady-state, but its kubelet did not come up within 15m",
                        false,
                        UpdateQuestion.Kubelet));
    }

    @Test
    void notReadyOnTheOfferedReleaseCountsWhateverItLeft() {
        assertThat(Machine.onANewBoot(NEWER, 100).offered(NEWER).told(null).judgedAt(1000))
                .isInstanceOfSatisfying(
                        Judgement.Failed.class,
                        f -> assertThat(f.countsAgainstRelease()).isTrue());
    }

    @Test
    void theReleaseIsTheOfferedOneElseTheNewerOneThatItRuns() {
        assertThat(Judge.release(Machine.onTheOldBoot().offered(NEWER).evidence()))
                .hasValue(NEWER);
        assertThat(Judge.release(Machine.onANewBoot(NEWER, 1).evidence())).hasValue(NEWER);
        assertThat(Judge.release(Machine.onANewBoot(LEFT, 1).evidence())).isEmpty();
        Machine oldBoot = Machine.onTheOldBoot();
        oldBoot.version = NEWER;
        assertThat(Judge.release(oldBoot.evidence()))
                .as("before the reboot no version means anything")
                .isEmpty();
    }

    // ---- special cases

    /** Ready was lost within minReady: its time begins anew with each Ready. */
    @Test
    void flappingBeginsItsTimeAnew() {
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(100).steadyAt(110);
        machine.ready = false;
        machine.readySince = null;
        keeps(machine.judgedAt(125), at(1000));
        machine.readySince(130);
        keeps(machine.judgedAt(159), at(160));
        assertThat(machine.judgedAt(160)).isInstanceOf(Judgement.Updated.class);
    }

    @Test
    void aNodeThatFlapsPastTheTimeOutHasFailed() {
        Machine machine = Machine.onANewBoot(NEWER, 100).steadyAt(110);
        for (int since = 120; since < 980; since += 20) {
            keeps(machine.readySince(since).judgedAt(since + 10), at(Math.min(since + 30, 1000)));
        }
        assertThat(machine.readySince(990).judgedAt(1000)).isInstanceOf(Judgement.Failed.class);
    }

    /** It is judged by what it runs then: another boot than the one before the reboot is a new one, however many there were. */
    @Test
    void aSecondRebootDuringVerificationIsJudgedByWhatRunsThen() {
        Machine machine = Machine.onANewBoot(NEWER, 100).offered(NEWER).steadyAt(110);
        machine.bootId = "newer-still";
        machine.version = LEFT;
        assertThat(machine.readySince(200).judgedAt(230))
                .isInstanceOfSatisfying(
                        Judgement.Inconclusive.class,
                        i -> assertThat(i.question()).isEqualTo(UpdateQuestion.Rollback));
    }

    /** Only the leader's own times are compared: the replica's time of the steady-state may be years off. */
    @ParameterizedTest
    @ValueSource(ints = {-100_000_000, 100_000_000})
    void skewBetweenClocksDecidesNothing(int seconds) {
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(100);
        machine.steadyAt = at(seconds);
        machine.heartbeatAtSteady = "h1";
        assertThat(machine.judgedAt(140)).isInstanceOf(Judgement.Updated.class);
    }

    // ---- checks

    private static final CheckResult PASSED = new CheckResult.Passed();
    private static final CheckResult NOT_YET = new CheckResult.NotYet("check up is not passed: its query returned 0");
    private static final CheckResult UNANSWERABLE =
            new CheckResult.Unanswerable("check up cannot be asked: http://p answered 503");

    @Test
    void checksAreAskedOnceTheNodeIsReadyForLongEnough() {
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(100);
        assertThat(machine.isCheckedAt(129)).isFalse();
        assertThat(machine.isCheckedAt(130)).isTrue();
        assertThat(machine.isCheckedAt(5_000)).isTrue();
        machine.ready = false;
        assertThat(machine.isCheckedAt(130)).isFalse();
        assertThat(Machine.onANewBoot(NEWER, 100).isCheckedAt(200)).isFalse();
        Machine firstSight = Machine.onANewBoot(NEWER, 100).readySince(0);
        firstSight.verifyingSince = null;
        assertThat(firstSight.isCheckedAt(5_000)).isFalse();
    }

    @Test
    void onTheOldBootChecksAreAskedOnceTheKubeletIsKnownToLive() {
        Machine machine = Machine.onTheOldBoot().readySince(20).steadyAt(10);
        assertThat(machine.isCheckedAt(60)).isFalse();
        machine.withHeartbeat();
        assertThat(machine.isCheckedAt(49)).isFalse();
        assertThat(machine.isCheckedAt(50)).isTrue();
        assertThat(Machine.onTheOldBoot().showsReady().withHeartbeat().isCheckedAt(600))
                .isFalse();
    }

    @Test
    void passedChecksAreInNobodysWay() {
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(100).checked(PASSED);
        keeps(machine.judgedAt(130), at(1000));
        assertThat(machine.judgedAt(1000)).isInstanceOf(Judgement.Stuck.class);
        assertThat(machine.steadyAt(140).judgedAt(140)).isInstanceOf(Judgement.Updated.class);
        assertThat(Machine.onANewBoot(LEFT, 100)
                        .readySince(100)
                        .steadyAt(110)
                        .checked(PASSED)
                        .judgedAt(140))
                .isInstanceOf(Judgement.Inconclusive.class);
    }

    @ParameterizedTest
    @EnumSource
    void aCheckThatIsNotPassedInTimeFailsTheMachine(Steady steady) {
        Machine machine =
                steady.on(Machine.onANewBoot(NEWER, 100)).readySince(100).checked(NOT_YET);
        keeps(machine.judgedAt(130), at(135));
        keeps(machine.judgedAt(steady.deadline() - 2), at(steady.deadline()));
        assertThat(machine.judgedAt(130).why())
                .isEqualTo("it is Ready, and check up is not passed: its query returned 0");
        assertThat(machine.judgedAt(steady.deadline()))
                .isEqualTo(new Judgement.Failed(
                        "it came back on 44.20260707.3.1, and 15m later check up is not passed: its query returned 0",
                        true,
                        null));
    }

    @ParameterizedTest
    @ValueSource(strings = {LEFT, OLDER})
    void aCheckThatIsNotPassedOnAnotherVersionCountsAsNothing(String version) {
        assertThat(Machine.onANewBoot(version, 100)
                        .readySince(100)
                        .steadyAt(110)
                        .checked(NOT_YET)
                        .judgedAt(1000))
                .isInstanceOfSatisfying(
                        Judgement.Failed.class,
                        f -> assertThat(f.countsAgainstRelease()).isFalse());
    }

    @ParameterizedTest
    @EnumSource
    void aCheckThatCannotBeAskedKeepsTheSlotWithoutAVerdict(Steady steady) {
        Machine machine =
                steady.on(Machine.onANewBoot(NEWER, 100)).readySince(100).checked(UNANSWERABLE);
        keeps(machine.judgedAt(130), at(135));
        keeps(machine.judgedAt(steady.deadline() - 1), at(steady.deadline()));
        for (int seconds : new int[] {steady.deadline(), 365 * 24 * 3600}) {
            assertThat(machine.judgedAt(seconds))
                    .isEqualTo(new Judgement.Stuck(
                            "it has rebooted and its node is Ready, but check up cannot be asked: http://p answered 503",
                            Optional.empty()));
        }
    }

    @Test
    void onceItIsAnsweredAStuckCheckDecides() {
        Machine machine = Machine.onANewBoot(NEWER, 100).readySince(100).steadyAt(110);
        assertThat(machine.checked(UNANSWERABLE).judgedAt(2000)).isInstanceOf(Judgement.Stuck.class);
        assertThat(machine.checked(PASSED).judgedAt(2010)).isInstanceOf(Judgement.Updated.class);
        assertThat(machine.checked(NOT_YET).judgedAt(2010)).isInstanceOf(Judgement.Failed.class);
    }

    /** Nothing was asked of it, so that nothing but the node is to blame. */
    @Test
    void aNodeThatIsNotReadyFailsByItself() {
        assertThat(Machine.onANewBoot(NEWER, 100)
                        .steadyAt(110)
                        .checked(UNANSWERABLE)
                        .judgedAt(1000))
                .isInstanceOf(Judgement.Failed.class);
    }

    @Test
    void anAgentThatOnlyStartedAnewIsCheckedToo() {
        Machine machine = Machine.onTheOldBoot()
                .readySince(20)
                .steadyAt(10)
                .withHeartbeat()
                .checked(NOT_YET);
        keeps(machine.judgedAt(50), at(55));
        assertThat(machine.judgedAt(910))
                .isEqualTo(new Judgement.Failed(
                        "its agent started anew before the reboot, and 15m later check up is not passed: its query returned 0",
                        false,
                        null));
        machine.checked(UNANSWERABLE);
        keeps(machine.judgedAt(909), at(910));
        assertThat(machine.judgedAt(910))
                .isEqualTo(new Judgement.Stuck(
                        "its agent started anew before the reboot, but check up cannot be asked: http://p answered 503",
                        Optional.empty()));
        assertThat(machine.checked(PASSED).judgedAt(910)).isInstanceOf(Judgement.Inconclusive.class);
    }

    private static void keeps(Judgement judgement, Instant lookAgainAt) {
        assertThat(judgement).isInstanceOfSatisfying(Judgement.Keep.class, k -> {
            assertThat(k.lookAgainAt()).isEqualTo(lookAgainAt);
            assertThat(k.why()).isNotBlank();
        });
    }
}
