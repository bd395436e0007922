package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.metadata.MetadataException;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.StreamMetadata;
import dev.lockkeeper.cincinnati.metadata.Takeover;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.RefreshStore.Doubtful;
import dev.lockkeeper.operator.graph.RefreshStore.Status;
import dev.lockkeeper.operator.graph.RefreshStore.Stored;
import dev.lockkeeper.operator.lock.GroupStatus.Condition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Refreshes one UpdateGraph: reads its source, stores what is good, and tells how it stands.
 *
 * <ol>
 *   <li>Each stream is read by itself: one that cannot be had leaves the others be.
 *   <li>What is doubtful is not taken over; a person may accept it by its hash.
 *   <li>With the metadata the {@link Ledger} is brought up to date and stored in the same write.
 *   <li>The status is told last: that the UpdateGraph changed makes all replicas read the data anew.
 * </ol>
 *
 * <p>A crash between any two steps is mended by the next refresh. Used by one thread at a time.
 */
final class Refresh implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Refresh.class);

    static final String READY = "Ready";
    static final String DEGRADED = "Degraded";

    /**
     * How a source is fetched.
     *
     * @param limit of one request
     * @param mostBytes of a body
     */
    record Fetching(Duration limit, int mostBytes) {}

    private final RefreshStore store;
    private final Fetching fetching;
    private final BiConsumer<String, String> results;
    private final Clock wall;
    private final Clock clock;
    private final Map<String, Instant> refreshed = new TreeMap<>();
    private GraphView reading;
    private Upstream upstream;
    private SourceReader reader;

    /**
     * @param results told the UpdateGraph's name and what came of each stream, for metrics
     * @param wall the true time
     * @param clock the time that decisions are made at
     */
    Refresh(RefreshStore store, Fetching fetching, BiConsumer<String, String> results, Clock wall, Clock clock) {
        this.store = store;
        this.fetching = fetching;
        this.results = results;
        this.wall = wall;
        this.clock = clock;
    }

    /** @return whether all streams could be read */
    boolean run(GraphView graph) throws InterruptedException {
        Map<String, String> failures = new LinkedHashMap<>();
        List<Doubtful> doubtful = new ArrayList<>();
        Map<String, StreamData> served = new LinkedHashMap<>();
        graph.refreshed().forEach(refreshed::putIfAbsent);
        for (String stream : graph.streams()) {
            String result;
            try {
                result = run(graph, stream, served, doubtful);
            } catch (FetchException | MetadataException | StoreException | RuntimeException e) {
                failures.put(stream, sentence(e));
                result = "failed";
            }
            results.accept(graph.name(), result);
        }
        tell(graph, served, failures, doubtful);
        return failures.isEmpty();
    }

    private static String sentence(Exception e) {
        return Objects.toString(e.getMessage(), e.getClass().getSimpleName());
    }

    private String run(GraphView graph, String stream, Map<String, StreamData> served, List<Doubtful> doubtful)
            throws FetchException, MetadataException, StoreException, InterruptedException {
        Stored stored = store.read(graph, stream).orElse(null);
        if (stored != null) {
            served.put(stream, stored.data());
        }
        StreamMetadata fetched = reader(graph).read(stream, graph.architectures());
        StreamMetadata before = stored == null ? null : stored.data().metadata();
        StreamMetadata good = switch (Takeover.of(before, fetched, graph.accepted())) {
            case Takeover.Same _ -> before;
            case Takeover.TakeOver(StreamMetadata metadata) -> metadata;
            case Takeover.Doubtful(String hash, List<String> reasons) -> {
                doubtful.add(new Doubtful(stream, hash, reasons));
                yield null;
            }
        };
        if (good == null) {
            return "doubtful";
        }
        Ledger ledger = (stored == null ? Ledger.EMPTY : stored.data().ledger()).after(good, clock.instant());
        StreamData next = new StreamData(good, ledger);
        refreshed.put(stream, wall.instant());
        served.put(stream, next);
        if (stored != null && next.equals(stored.data())) {
            return "unchanged";
        }
        store.write(graph, next, stored);
        if (!good.equals(before)) {
            LOG.infof(
                    "graph=%s stream=%s %d releases taken over",
                    graph.name(), stream, good.index().releases().size());
        }
        return "changed";
    }

    /** The same one as long as the source is the same: it knows which documents have not changed. */
    private SourceReader reader(GraphView graph) throws FetchException {
        boolean same = reader != null
                && graph.source().equals(reading.source())
                && Objects.equals(graph.caBundle(), reading.caBundle())
                && Objects.equals(graph.proxy(), reading.proxy());
        if (!same) {
            close();
            upstream = new Upstream(
                    fetching.limit(),
                    fetching.mostBytes(),
                    graph.caBundle() == null ? null : Trust.of(graph.caBundle()),
                    graph.proxy());
            reader = new SourceReader(graph.source(), upstream, store::configMap);
            reading = graph;
        }
        return reader;
    }

    // ---- status

    private void tell(
            GraphView graph, Map<String, StreamData> served, Map<String, String> failures, List<Doubtful> doubtful) {
        List<RefreshStore.Scope> scopes = new ArrayList<>();
        served.forEach((stream, data) -> scopes.addAll(scopes(graph, stream, new StreamGraphs(data))));
        Optional<Instant> all = graph.streams().stream().allMatch(refreshed::containsKey)
                ? graph.streams().stream().map(refreshed::get).min(Instant::compareTo)
                : Optional.empty();
        String summary = served.entrySet().stream()
                .map(e -> e.getKey() + " " + newest(e.getValue().metadata()).orElse("(none)"))
                .collect(Collectors.joining(", "));
        Status status = new Status(
                graph.generation(),
                summary.isEmpty() ? "nothing loaded yet" : summary,
                all.orElse(null),
                scopes,
                doubtful,
                List.of(ready(graph, served), degraded(failures, doubtful)));
        try {
            store.tell(graph, status);
        } catch (StoreException e) {
            LOG.warnf("graph=%s status not told now: %s", graph.name(), e.getMessage());
        }
    }

    private static Optional<String> newest(StreamMetadata metadata) {
        return metadata.index().releases().isEmpty()
                ? Optional.empty()
                : Optional.of(metadata.index().releases().getLast().version());
    }

    private List<RefreshStore.Scope> scopes(GraphView graph, String stream, StreamGraphs graphs) {
        List<RefreshStore.Scope> scopes = new ArrayList<>();
        for (String architecture : graph.architectures()) {
            for (Scheme scheme : Scheme.values()) {
                Graph scope = graphs.of(architecture, scheme).graph();
                if (!scope.nodes().isEmpty()) {
                    GraphNode newest = scope.nodes().getLast();
                    scopes.add(new RefreshStore.Scope(
                            stream,
                            architecture,
                            scheme.text(),
                            scope.nodes().size(),
                            scope.edges().size(),
                            newest.version(),
                            refreshed.get(stream)));
                }
            }
        }
        return scopes;
    }

    private static Condition ready(GraphView graph, Map<String, StreamData> served) {
        List<String> missing = graph.streams().stream()
                .filter(stream -> !served.containsKey(stream))
                .toList();
        return missing.isEmpty()
                ? new Condition(
                        READY, true, "Serving", "All streams are served: " + String.join(", ", graph.streams()) + ".")
                : new Condition(
                        READY,
                        false,
                        "NotLoaded",
                        "Nothing is known yet of " + String.join(", ", missing)
                                + ": machines of it are offered nothing.");
    }

    private static Condition degraded(Map<String, String> failures, List<Doubtful> doubtful) {
        List<String> sentences = new ArrayList<>();
        failures.forEach((stream, why) -> sentences.add("Stream '" + stream
                + "' cannot be refreshed, the graph from before is served: " + why.replaceFirst("\\.$", "") + "."));
        doubtful.forEach(d -> sentences.add("Stream '" + d.stream()
                + "' is not taken over, the graph from before is served: " + String.join(" ", d.reasons())
                + " If that is right, annotate the UpdateGraph with lockkeeper.dev/accept-source=" + d.hash() + "."));
        if (sentences.isEmpty()) {
            return new Condition(DEGRADED, false, "AsExpected", "The source is read and believed.");
        }
        return new Condition(
                DEGRADED, true, failures.isEmpty() ? "SourceDoubtful" : "SourceFailing", String.join(" ", sentences));
    }

    @Override
    public void close() {
        if (upstream != null) {
            upstream.close();
        }
        upstream = null;
        reader = null;
    }
}
