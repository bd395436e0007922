package dev.lockkeeper.operator.graph;

import static dev.lockkeeper.operator.graph.TestingMachines.running;
import static dev.lockkeeper.operator.graph.TestingState.T0;
import static dev.lockkeeper.operator.graph.TestingState.V2;
import static dev.lockkeeper.operator.graph.TestingState.V3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.UpdateQuestion;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.health.Update;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.TestingEvents;
import dev.lockkeeper.operator.lock.TestingGroup;
import dev.lockkeeper.operator.lock.Verdicts;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictBookTest {

    private static final NodeView NODE = TestingGroup.running("worker-1", V3);
    private static final Verdicts.Machine WHO = new Verdicts.Machine("worker-1", NODE, "workers");

    private final TestingMachines machines = new TestingMachines();
    private final TestingReleases releases = new TestingReleases();
    private final TestingEvents events = new TestingEvents();
    private final List<String> counted = new ArrayList<>();
    private GraphState state = TestingState.usual().state();
    private String crashAt;
    private final VerdictBook book = new VerdictBook(
            () -> state,
            machines,
            releases,
            events,
            new VerdictBook.Outside() {
                @Override
                public void judged(String pin, String architecture, Verdict verdict) {
                    counted.add(architecture + " " + verdict);
                }

                @Override
                public void crashPoint(String step) {
                    if (step.equals(crashAt)) {
                        throw new IllegalStateException("crash");
                    }
                }
            },
            Clock.fixed(T0, ZoneOffset.UTC));

    VerdictBookTest() {
        machines.put("worker-1", running("worker-1", V2));
    }

    private static Update update(String token, Verdict verdict, String release) {
        return new Update(token, V2, release, release, verdict, verdict == Verdict.Failed, null, T0, "a test says so");
    }

    private static final Update FAILED = update("token-1", Verdict.Failed, V3);

    private ReleaseView.OfArchitecture stored() {
        return releases.stored("stable-" + V3).status().architectures().get("x86_64");
    }

    @Test
    void aFailureIsKeptByMachineAndReleaseAndWithholdsIt() throws StoreException {
        assertThat(book.record(WHO, FAILED)).as("withheld").isTrue();
        assertThat(machines.named("worker-1").orElseThrow().updates()).containsExactly(FAILED);
        assertThat(stored().state()).isEqualTo(ReleaseState.Quarantined);
        assertThat(stored().health().evidence())
                .singleElement()
                .satisfies(p -> assertThat(p.machine()).isEqualTo("worker-1"));
        assertThat(counted).containsExactly("x86_64 Failed");
        assertThat(events.judged)
                .containsExactly("worker-1 is judged Failed on " + V3
                        + ": a test says so. It counts against the release on x86_64.");
        assertThat(events.atReleases)
                .singleElement()
                .satisfies(e -> assertThat(e)
                        .startsWith("stable-" + V3 + " Quarantined: " + V3
                                + " is withheld from x86_64: quarantined, because worker-1 failed on it."));
    }

    /** At the group, what went well is told once, when its slot is free. */
    @Test
    void whatWentWellIsToldAtTheNodeAlone() throws StoreException {
        book.record(WHO, update("token-1", Verdict.Updated, V3));
        book.record(WHO, update("token-2", Verdict.Failed, V3));
        assertThat(events.judgedAt).containsExactly("worker-1 null", "worker-1 workers");
    }

    @Test
    void theSameAgainCountsNothingTwice() throws StoreException {
        book.record(WHO, FAILED);
        int writes = machines.writes.get();
        assertThat(book.record(WHO, FAILED)).isTrue();
        assertThat(machines.writes.get()).isEqualTo(writes);
        assertThat(releases.writes).isEqualTo(1);
        assertThat(counted).hasSize(1);
        assertThat(events.atReleases).hasSize(1);
    }

    /** The release's record has it, the machine's has not: to record it again makes it whole. */
    @Test
    void aCrashBetweenTheTwoRecordsIsMended() throws StoreException {
        crashAt = "BETWEEN_RECORDS";
        assertThatThrownBy(() -> book.record(WHO, FAILED)).hasMessage("crash");
        assertThat(stored().health().failures()).isEqualTo(1);
        assertThat(machines.named("worker-1").orElseThrow().updates()).isEmpty();
        crashAt = null;
        assertThat(book.record(WHO, FAILED)).isTrue();
        assertThat(machines.named("worker-1").orElseThrow().updates()).hasSize(1);
        assertThat(stored().health().failures()).isEqualTo(1);
        assertThat(counted).hasSize(1);
        assertThat(events.atReleases).hasSize(1);
    }

    /** Nobody repeats what was settled: the question must stay open until both records have the answer. */
    @Test
    void aCrashWhileItIsSettledLosesNothing() throws StoreException {
        machines.put("worker-1", running("worker-1", V3));
        book.record(WHO, new Update("token-1", V2, V3, null, Verdict.Failed, false, UpdateQuestion.Kubelet, T0, "why"));
        crashAt = "BETWEEN_RECORDS";
        assertThatThrownBy(() -> book.settle(WHO)).hasMessage("crash");
        crashAt = null;
        book.settle(WHO);
        assertThat(stored().state()).isEqualTo(ReleaseState.Quarantined);
        assertThat(machines.named("worker-1").orElseThrow().updates())
                .singleElement()
                .satisfies(u -> assertThat(u.counts() && u.question() == null).isTrue());
    }

    /** A leader that was frozen wakes up and goes on with what it concluded before. */
    @Test
    void anOldLookUndoesNothing() throws StoreException {
        book.record(WHO, update("token-1", Verdict.Updated, V3));
        assertThat(book.record(WHO, FAILED)).isFalse();
        assertThat(machines.named("worker-1").orElseThrow().updates())
                .singleElement()
                .satisfies(u -> assertThat(u.verdict()).isEqualTo(Verdict.Updated));
        assertThat(stored().health().failures()).isZero();
        assertThat(counted).containsExactly("x86_64 Updated");
    }

    @Test
    void aMachineThatCameBackAfterAllIsJudgedAnew() throws StoreException {
        book.record(WHO, update("token-1", Verdict.NeverCameBack, V3));
        book.record(WHO, FAILED);
        assertThat(machines.named("worker-1").orElseThrow().updates())
                .singleElement()
                .satisfies(u -> assertThat(u.verdict()).isEqualTo(Verdict.Failed));
    }

    /** What is not known yet must not pass for what is not there. */
    @Test
    void aVerdictWaitsUntilTheReleasesAreLoaded() {
        state = TestingState.usual().notLoaded();
        assertThatThrownBy(() -> book.record(WHO, FAILED)).isInstanceOf(StoreException.class);
        assertThat(machines.named("worker-1").orElseThrow().updates()).isEmpty();
    }

    /** A cluster without a way to the source must not keep every slot for ever. */
    @Test
    void aGraphWhoseSourceWasNeverReadHoldsNoVerdictUp() throws StoreException {
        GraphView graph = TestingState.graph("fedora");
        GraphView unread = new GraphView(
                graph.name(),
                graph.uid(),
                "1",
                1,
                T0,
                graph.source(),
                graph.streams(),
                graph.architectures(),
                graph.refreshInterval(),
                1,
                null,
                null,
                null,
                Map.of());
        state = new GraphState(Policies.of(List.of(), List.of(), List.of(unread), T0), Map.of());
        assertThat(book.record(WHO, FAILED)).isFalse();
        assertThat(machines.named("worker-1").orElseThrow().updates()).hasSize(1);
        assertThat(releases.writes).isZero();
    }

    /** An agent may say anything. */
    @Test
    void anArchitectureThatIsMadeUpBecomesNoLabelAndNoRecord() throws StoreException {
        NodeView plain = TestingGroup.node("worker-1", "pool", "a", null);
        MachineView.Evidence said = running("worker-1", V2);
        machines.put("worker-1", TestingMachines.on(said, "pdp11"));
        assertThat(book.record(new Verdicts.Machine("worker-1", plain, "workers"), FAILED))
                .isFalse();
        assertThat(releases.writes).isZero();
        assertThat(counted).containsExactly("null Failed");
    }

    @Test
    void whileNoGraphSaysAThresholdNothingIsQuarantined() throws StoreException {
        state = new GraphState(
                Policies.of(List.of(), List.of(), List.of(), T0),
                TestingState.usual().state().streams());
        assertThat(book.record(WHO, FAILED)).isFalse();
        assertThat(stored().health().failures()).isEqualTo(1);
        assertThat(stored().health().quarantinedSince()).isNull();
    }

    @Test
    void whatCannotBeStoredIsNoVerdict() {
        releases.failure = new StoreException("away");
        assertThatThrownBy(() -> book.record(WHO, FAILED)).isInstanceOf(StoreException.class);
        assertThat(counted).isEmpty();
        assertThat(events.judged).isEmpty();
    }

    @Test
    void belowTheThresholdItIsSuspectAndNotWithheld() throws StoreException {
        state = TestingState.usual().failureThreshold(2).state();
        assertThat(book.record(WHO, FAILED)).isFalse();
        assertThat(stored().state()).isEqualTo(ReleaseState.Suspect);
        assertThat(book.record(WHO, update("token-2", Verdict.Failed, V3))).isTrue();
    }

    @Test
    void onlyItsOwnArchitectureIsConcerned() throws StoreException {
        book.record(WHO, FAILED);
        assertThat(releases.stored("stable-" + V3).withheld("s390x")).isEmpty();
    }

    @Test
    void aReleaseThatNoGraphHasIsRecordedAtTheMachineAlone() throws StoreException {
        assertThat(book.record(WHO, update("token-1", Verdict.Failed, "99.20990101.3.0")))
                .isFalse();
        assertThat(releases.writes).isZero();
        assertThat(machines.named("worker-1").orElseThrow().updates()).hasSize(1);
    }

    @Test
    void lateIsUpdatedAllTheSameAndLiftsNoQuarantine() throws StoreException {
        book.record(WHO, FAILED);
        book.recovered(WHO, new Parked("token-1", "worker-1", NODE.ref(), V3, "Failed", true, T0));
        assertThat(machines.named("worker-1").orElseThrow().updates())
                .singleElement()
                .satisfies(u -> assertThat(u.verdict()).isEqualTo(Verdict.Updated));
        assertThat(stored().health().failures()).isZero();
        assertThat(stored().state()).isEqualTo(ReleaseState.Quarantined);
    }

    @Test
    void readyOnAnotherReleaseIsNoLateUpdate() throws StoreException {
        book.record(WHO, FAILED);
        Verdicts.Machine repaired = new Verdicts.Machine("worker-1", TestingGroup.running("worker-1", V2), "workers");
        book.recovered(repaired, new Parked("token-1", "worker-1", NODE.ref(), V3, "Failed", true, T0));
        assertThat(machines.named("worker-1").orElseThrow().updates()).containsExactly(FAILED);
    }

    @Test
    void whetherAParkedMachinesReleaseIsWithheldFollowsPeoplesWord() throws StoreException {
        Parked parked = new Parked("token-1", "worker-1", NODE.ref(), V3, "Failed", true, T0);
        assertThat(book.isWithheld(WHO, parked, T0))
                .as("nothing is known of it")
                .isEmpty();
        book.record(WHO, FAILED);
        assertThat(book.isWithheld(WHO, parked, T0))
                .as("what was read last is older than its failure")
                .isEmpty();
        Instant later = T0.plusSeconds(1);
        state = TestingState.usual().readAt(later).quarantine(V3, "x86_64").state();
        assertThat(book.isWithheld(WHO, parked, T0)).hasValue(true);
        state = TestingState.usual().readAt(later).block(V3).state();
        assertThat(book.isWithheld(WHO, parked, T0)).hasValue(true);
        state = TestingState.usual().readAt(later).state();
        assertThat(book.isWithheld(WHO, parked, T0)).as("a person accepted it").hasValue(false);
    }

    /** Else it would be parked as answered, though nobody is kept from what it failed on. */
    @Test
    void aFailureThatDoesNotCountIsNotAnsweredByTheQuarantine() throws StoreException {
        book.record(WHO, FAILED);
        Update uncounted = new Update("token-2", V2, V3, V2, Verdict.Failed, false, null, T0, "a test says so");
        assertThat(book.record(WHO, uncounted)).isFalse();
    }

    @Test
    void whatIsSettledLaterIsCountedOncePerVerdict() throws StoreException {
        Update open = new Update("token-1", V2, V3, V2, Verdict.Failed, false, UpdateQuestion.Kubelet, T0, "why");
        book.record(WHO, open);
        book.record(WHO, open.settled(Verdict.Failed, true, V3, T0, "why"));
        assertThat(counted).containsExactly("x86_64 Failed");
        assertThat(stored().state()).isEqualTo(ReleaseState.Quarantined);
    }
}
