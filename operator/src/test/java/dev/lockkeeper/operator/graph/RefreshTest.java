package dev.lockkeeper.operator.graph;

import static dev.lockkeeper.operator.graph.TestingState.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.GroupStatus.Condition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Refreshes from a ConfigMap into a store in memory. */
class RefreshTest {

    private static final String INDEX = """
            {"stream": "stable", "releases": [
             {"version": "44.20260501.3.0", "oci-images": [{"architecture": "x86_64", "image": "q", "digest-ref": "q@sha256:1"}]},
             {"version": "44.20260601.3.0", "oci-images": [{"architecture": "x86_64", "image": "q", "digest-ref": "q@sha256:2"}]}]}""";
    private static final String UPDATES = """
            {"stream": "stable", "releases": [
             {"version": "44.20260501.3.0", "metadata": {"barrier": {"reason": "keys"}}},
             {"version": "44.20260601.3.0", "metadata": {"rollout": {"start_epoch": 1, "start_percentage": 1}}}]}""";

    private static final class Store implements RefreshStore {
        final Map<String, Stored> stored = new HashMap<>();
        final List<Status> told = new ArrayList<>();
        final Map<String, String> source = new HashMap<>();
        int writes;
        StoreException failure;

        @Override
        public Optional<Stored> read(GraphView graph, String stream) {
            return Optional.ofNullable(stored.get(stream));
        }

        @Override
        public void write(GraphView graph, StreamData data, Stored before) throws StoreException {
            if (failure != null) {
                throw failure;
            }
            assertThat(before).as("compare-and-swap").isSameAs(stored.get(data.metadata().stream()));
            stored.put(data.metadata().stream(), new Stored(data, Integer.toString(++writes)));
        }

        @Override
        public Map<String, String> configMap(String namespace, String name) throws FetchException {
            if (source.isEmpty()) {
                throw new FetchException("ConfigMap " + namespace + "/" + name + " does not exist");
            }
            return source;
        }

        @Override
        public void tell(GraphView graph, Status status) {
            told.add(status);
        }

        Condition last(String type) {
            return told.getLast().conditions().stream()
                    .filter(c -> c.type().equals(type))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static final class Time extends Clock {
        Instant now = T0;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final Store store = new Store();
    private final Time time = new Time();
    private final List<String> results = new ArrayList<>();
    private final Refresh refresh = new Refresh(
            store,
            new Refresh.Fetching(Duration.ofSeconds(1), 1_000_000),
            (_, result) -> results.add(result),
            time,
            time);

    private static GraphView accepting(String hash) {
        GraphView g = TestingState.graph("fedora");
        return new GraphView(
                g.name(),
                g.uid(),
                "2",
                1,
                T0,
                g.source(),
                g.streams(),
                List.of("x86_64"),
                g.refreshInterval(),
                g.failureThreshold(),
                null,
                null,
                hash,
                Map.of());
    }

    private boolean run(String hash) throws InterruptedException {
        return refresh.run(accepting(hash));
    }

    private void publish(String index, String updates) {
        store.source.put("releases-stable.json", index);
        store.source.put("updates-stable.json", updates);
    }

    @Test
    void whatIsGoodIsStoredOnceAndTold() throws Exception {
        publish(INDEX, UPDATES);
        assertThat(run(null)).isTrue();
        assertThat(run(null)).isTrue();
        assertThat(results).containsExactly("changed", "unchanged");
        assertThat(store.writes).isEqualTo(1);
        RefreshStore.Status status = store.told.getLast();
        assertThat(status.summary()).isEqualTo("stable 44.20260601.3.0");
        assertThat(status.lastRefresh()).isEqualTo(T0);
        assertThat(status.scopes())
                .containsExactly(new RefreshStore.Scope("stable", "x86_64", "oci", 2, 1, "44.20260601.3.0", T0));
        assertThat(store.last("Ready").status()).isTrue();
        assertThat(store.last("Degraded").status()).isFalse();
        assertThat(store.stored.get("stable").data().ledger().completed()).containsKey("44.20260601.3.0");
    }

    @Test
    void aSourceThatCannotBeReadLeavesWhatIsServed() throws Exception {
        publish(INDEX, UPDATES);
        run(null);
        store.source.clear();
        time.now = T0.plusSeconds(600);
        assertThat(run(null)).isFalse();
        assertThat(store.last("Ready").status()).isTrue();
        assertThat(store.last("Degraded").reason()).isEqualTo("SourceFailing");
        assertThat(store.last("Degraded").message())
                .contains(
                        "Stream 'stable' cannot be refreshed, the graph from before is served: ConfigMap lockkeeper/source");
        assertThat(store.told.getLast().lastRefresh()).as("its age is shown").isEqualTo(T0);
    }

    @Test
    void withoutAnyDataItIsNotReady() throws Exception {
        assertThat(run(null)).isFalse();
        assertThat(store.last("Ready").message()).startsWith("Nothing is known yet of stable");
        assertThat(store.told.getLast().summary()).isEqualTo("nothing loaded yet");
        assertThat(store.told.getLast().lastRefresh()).isNull();
    }

    @Test
    void whatIsDoubtfulStaysOutUntilExactlyThatIsAccepted() throws Exception {
        publish(INDEX, UPDATES);
        run(null);
        publish(INDEX, UPDATES.replace("\"barrier\": {\"reason\": \"keys\"}", ""));
        run("another hash");
        assertThat(results).containsExactly("changed", "doubtful");
        assertThat(store.last("Degraded").reason()).isEqualTo("SourceDoubtful");
        RefreshStore.Doubtful doubtful = store.told.getLast().doubtful().getFirst();
        assertThat(doubtful.reasons()).containsExactly("Release 44.20260501.3.0 is no barrier any more.");
        assertThat(store.last("Degraded").message()).contains("lockkeeper.dev/accept-source=" + doubtful.hash());
        assertThat(store.writes).isEqualTo(1);

        run(doubtful.hash());
        assertThat(store.writes).isEqualTo(2);
        assertThat(store.told.getLast().doubtful()).isEmpty();
    }

    @Test
    void whatAPersonMeantForOtherDataIsNotTakenOver() throws Exception {
        publish(INDEX, UPDATES);
        run(null);
        String empty = INDEX.substring(0, INDEX.indexOf("[") + 1) + "]}";
        publish(empty, UPDATES);
        run("0123456789abcdef");
        assertThat(store.stored.get("stable").data().metadata().index().releases())
                .hasSize(2);
    }

    @Test
    void aStoreThatFailsIsToldAndTriedAgain() throws Exception {
        publish(INDEX, UPDATES);
        store.failure = new StoreException("ConfigMap lockkeeper/x cannot be written: conflict");
        assertThat(run(null)).isFalse();
        assertThat(store.last("Degraded").message()).contains("cannot be written: conflict");
        store.failure = null;
        assertThat(run(null)).isTrue();
    }

    // ---- when

    @Test
    void eachGraphIsRefreshedWhenItIsDueAndNeverTwiceAtATime() {
        publish(INDEX, UPDATES);
        List<Runnable> running = new ArrayList<>();
        Executor later = running::add;
        Refresher refresher = new Refresher(
                store, Duration.ofSeconds(1), 1_000_000, (_, r) -> results.add(r), later, time, time, new Random(1));
        Policies policies = Policies.of(List.of(), List.of(), List.of(accepting(null)), T0);
        refresher.look(policies);
        refresher.look(policies);
        time.now = T0.plusSeconds(3_600);
        refresher.look(policies);
        assertThat(running).as("the first one runs still").hasSize(1);
        running.removeFirst().run();
        refresher.look(policies);
        assertThat(running).as("it was done a moment ago").isEmpty();
        time.now = time.now.plus(Duration.ofMinutes(4).plusSeconds(29));
        refresher.look(policies);
        assertThat(running).as("five minutes, and up to a tenth less").isEmpty();
        time.now = time.now.plusSeconds(62);
        refresher.look(policies);
        assertThat(running).as("and up to a tenth more").hasSize(1);
        running.removeFirst().run();

        refresher.look(Policies.of(List.of(), List.of(), List.of(accepting("a person's word")), T0));
        assertThat(running).as("what a person wrote is looked at once").hasSize(1);
        running.removeFirst().run();

        store.source.clear();
        time.now = time.now.plus(Duration.ofMinutes(6));
        refresher.look(policies);
        running.removeFirst().run();
        time.now = time.now.plusSeconds(34);
        refresher.look(policies);
        assertThat(running).as("sooner after a failure").hasSize(1);
    }
}
