package dev.lockkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.operator.lock.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeEventsTest {

    private static final NodeRef NODE = new NodeRef("worker-1", "5b1d");
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final Duration HOUR = Duration.ofHours(1);

    private final TestingClock clock = new TestingClock();
    private TestingApiServer api;
    private KubeEvents events;

    @BeforeEach
    void start() throws Exception {
        api = new TestingApiServer();
        events = events("replica-a");
    }

    private KubeEvents events(String replica) {
        return new KubeEvents(api.client, name -> "uid-of-" + name, replica, HOUR, clock);
    }

    @AfterEach
    void stop() {
        api.resume();
        events.close();
        api.close();
    }

    @Test
    void tellsTheGroupAndTheNodeWhereKubectlLooks() {
        events.groupAndNode(NODE, "workers", Reason.DrainBlocked, "held up by db/pg");
        awaitRequests(2);

        Event group = event(0);
        assertThat(api.requests.get(0).method()).isEqualTo("POST");
        assertThat(api.requests.get(0).path()).isEqualTo("/api/v1/namespaces/default/events");
        assertThat(group.getMetadata().getNamespace()).isEqualTo("default");
        assertThat(group.getMetadata().getName()).matches("workers\\.[0-9a-f]{20}");
        assertThat(group.getInvolvedObject().getKind()).isEqualTo("RebootGroup");
        assertThat(group.getInvolvedObject().getApiVersion()).isEqualTo("lockkeeper.dev/v1alpha1");
        assertThat(group.getInvolvedObject().getName()).isEqualTo("workers");
        assertThat(group.getInvolvedObject().getUid()).isEqualTo("uid-of-workers");
        assertThat(group.getInvolvedObject().getNamespace()).isNull();
        assertThat(group.getReason()).isEqualTo("DrainBlocked");
        assertThat(group.getType()).isEqualTo("Warning");
        assertThat(group.getAction()).isEqualTo("Drain");
        assertThat(group.getMessage()).isEqualTo("held up by db/pg");
        assertThat(group.getSource().getComponent()).isEqualTo("lockkeeper");
        assertThat(group.getFirstTimestamp()).isEqualTo("2026-07-10T12:00:00Z");
        assertThat(group.getLastTimestamp()).isEqualTo("2026-07-10T12:00:00Z");
        assertThat(group.getCount()).isEqualTo(1);
        assertThat(group.getReportingInstance()).isEqualTo("replica-a");

        Event node = event(1);
        assertThat(node.getInvolvedObject().getKind()).isEqualTo("Node");
        assertThat(node.getInvolvedObject().getName()).isEqualTo("worker-1");
        assertThat(node.getInvolvedObject().getUid()).isEqualTo("worker-1");
        assertThat(node.getInvolvedObject().getNamespace()).isNull();
    }

    @Test
    void aMachineThatIsNoNodeIsToldOfAtTheGroupAlone() {
        events.groupAndNode(null, "workers", Reason.SlotGranted, "a");
        events.group("workers", Reason.SlotFreed, "b");
        awaitRequests(2);
        assertThat(event(0).getMessage()).isEqualTo("a");
        assertThat(event(1).getMessage()).isEqualTo("b");
    }

    @Test
    void whatHappensLaterToAMachineHasANameThatSortsLater() {
        events.group("workers", Reason.SlotFreed, "a");
        events.group("workers", Reason.SlotGranted, "a");
        events.group("workers", Reason.Rebooted, "a");
        awaitRequests(3);
        assertThat(List.of(event(1), event(2), event(0)))
                .extracting(e -> e.getMetadata().getName())
                .isSorted();
    }

    @Test
    void aRefusalThatNoGroupIsToldOfIsToldAtTheNode() {
        events.refused(NODE, null, ID, new Refusal(Kind.UNKNOWN_GROUP, "No RebootGroup serves 'x'."));
        awaitRequests(1);
        assertThat(event(0).getInvolvedObject().getKind()).isEqualTo("Node");
    }

    @Test
    void aRepeatRaisesTheCountByOneRequest() {
        for (int i = 0; i < 3; i++) {
            events.group("workers", Reason.DrainBlocked, "held up by db/pg");
            clock.advance(Duration.ofSeconds(10));
            awaitRequests(i + 1);
        }
        String name = event(0).getMetadata().getName();
        for (int i = 1; i < 3; i++) {
            TestingApiServer.Request patch = api.requests.get(i);
            assertThat(patch.method()).isEqualTo("PATCH");
            assertThat(patch.path()).isEqualTo("/api/v1/namespaces/default/events/" + name);
            assertThat(patch.body()).contains("{\"count\":" + (i + 1) + ",\"lastTimestamp\":\"2026-07-10T12:00:");
        }
    }

    @Test
    void whatDiffersIsAnEventOfItsOwn() {
        events.group("workers", Reason.DrainBlocked, "a");
        events.group("workers", Reason.DrainBlocked, "b");
        events.group("workers", Reason.Stuck, "a");
        events.group("others", Reason.DrainBlocked, "a");
        awaitRequests(4);
        assertThat(api.requests).extracting(TestingApiServer.Request::method).containsOnly("POST");
        assertThat(List.of(event(0), event(1), event(2), event(3)))
                .extracting(e -> e.getMetadata().getName())
                .doesNotHaveDuplicates();
    }

    @Test
    void aRepeatAfterTenMinutesIsNew() {
        events.group("workers", Reason.DrainBlocked, "a");
        awaitRequests(1);
        clock.advance(Duration.ofMinutes(10));
        events.group("workers", Reason.DrainBlocked, "a");
        awaitRequests(2);
        assertThat(api.requests.get(1).method()).isEqualTo("POST");
        assertThat(event(1).getMetadata().getName())
                .isNotEqualTo(event(0).getMetadata().getName());
    }

    /** Whoever did not write the Event does not know its count, which must not go down. */
    @Test
    void aRepeatByAnotherReplicaLeavesTheFirstAsItIs() {
        events.group("workers", Reason.Stuck, "a");
        awaitRequests(1);
        try (KubeEvents other = events("replica-b")) {
            other.group("workers", Reason.Stuck, "a");
            other.group("workers", Reason.Stuck, "a");
            other.group("workers", Reason.Stuck, "b");
            awaitRequests(3);
        }
        assertThat(event(1).getMetadata().getName())
                .as("refused by the API server, as it is there")
                .isEqualTo(event(0).getMetadata().getName());
        assertThat(event(2).getMessage()).isEqualTo("b");
    }

    @Test
    void oneRefusalOfAKindPerMachineAndHourAtAllReplicasTogether() {
        events.refused(
                NODE, "workers", ID, new Refusal(Kind.LOCK_HELD, "worker-7 holds 1 of 1 slots, Draining for 4m."));
        events.refused(
                NODE, "workers", ID, new Refusal(Kind.LOCK_HELD, "worker-7 holds 1 of 1 slots, Draining for 9m."));
        awaitRequests(2);
        assertThat(event(0).getMessage())
                .isEqualTo("worker-1 got no slot (lock_held): worker-7 holds 1 of 1 slots, Draining for 4m.");
        assertThat(event(0).getReason()).isEqualTo("Refused");
        assertThat(event(0).getType()).isEqualTo("Normal");
        try (KubeEvents other = events("replica-b")) {
            other.refused(
                    NODE, "workers", ID, new Refusal(Kind.LOCK_HELD, "worker-7 holds 1 of 1 slots, Draining for 14m."));
            awaitRequests(4);
            other.refused(NODE, "workers", ID, new Refusal(Kind.PAUSED, "Paused."));
            awaitRequests(6);
        }
        assertThat(api.requests).extracting(TestingApiServer.Request::method).containsOnly("POST");
        assertThat(event(2).getMetadata().getName())
                .as("refused by the API server, as it is there")
                .isEqualTo(event(0).getMetadata().getName());
        assertThat(event(4).getMetadata().getName())
                .isNotEqualTo(event(0).getMetadata().getName());
    }

    @Test
    void neverWaitsForTheApiServerAndLosesWhatTheQueueCannotHold() {
        api.pause();
        events.group("workers", Reason.Stuck, "first");
        awaitRequests(1);
        long before = System.nanoTime();
        int more = KubeEvents.QUEUED + 500;
        for (int i = 0; i < more; i++) {
            events.group("workers", Reason.Stuck, "n" + i);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        assertThat(api.requests).hasSize(1);
        api.resume();
        awaitRequests(1 + KubeEvents.QUEUED);
        events.group("workers", Reason.Stuck, "after");
        await().untilAsserted(() -> assertThat(api.requests.getLast().body()).contains("\"message\":\"after\""));
        assertThat(api.requests).hasSize(2 + KubeEvents.QUEUED);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 429, 500, 503})
    void goesOnAfterAFailure(int status) {
        api.failWith(status);
        events.group("workers", Reason.Stuck, "lost");
        awaitRequests(1);
        api.failWith(0);
        events.group("workers", Reason.Stuck, "told");
        awaitRequests(2);
        assertThat(event(1).getMessage()).isEqualTo("told");
    }

    @Test
    void whatFailedIsNotTakenForTold() {
        api.failWith(500);
        events.group("workers", Reason.Stuck, "a");
        awaitRequests(1);
        api.failWith(0);
        events.group("workers", Reason.Stuck, "a");
        awaitRequests(2);
        assertThat(api.requests.get(1).method()).isEqualTo("POST");
    }

    @Test
    void writesWhatIsQueuedBeforeItEnds() {
        for (int i = 0; i < 20; i++) {
            events.group("workers", Reason.SlotFreed, "n" + i);
        }
        events.close();
        assertThat(api.requests).hasSize(20);
    }

    @Test
    void cutsNotesToWhatTheApiServerTakes() {
        assertThat(EventText.cut("x".repeat(1000))).isEqualTo("x".repeat(1000));
        assertThat(EventText.cut("x".repeat(1001))).isEqualTo("x".repeat(999) + "…");
        String umlauts = EventText.cut("ü".repeat(1000));
        assertThat(umlauts.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1024);
        assertThat(umlauts).hasSize(511).endsWith("ü…");
        String pairs = EventText.cut("😀".repeat(400));
        assertThat(pairs.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1020, 1024);
        assertThat(pairs.substring(0, pairs.length() - 1).codePoints().allMatch(c -> c == 0x1F600))
                .isTrue();
    }

    @Test
    void aLongNameStaysAName() {
        events.group("a".repeat(199) + "-" + "b".repeat(53), Reason.Stuck, "x");
        awaitRequests(1);
        assertThat(event(0).getMetadata().getName()).matches("a{199}\\.[0-9a-f]{20}");
    }

    private Event event(int request) {
        return Serialization.unmarshal(api.requests.get(request).body(), Event.class);
    }

    private void awaitRequests(int count) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(api.requests).hasSize(count));
    }
}
