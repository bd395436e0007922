package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.graph.ScopeGraph;
import dev.lockkeeper.cincinnati.policy.Pin;
import dev.lockkeeper.cincinnati.policy.Question;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * All that decisions about releases are made on, at one moment: what people want, and which releases there are.
 *
 * @param streams the data that every replica serves from, by UpdateGraph and stream
 */
public record GraphState(Policies policies, Map<String, Map<String, StreamGraphs>> streams) {

    /** Nothing was read yet. */
    public static final GraphState NONE = new GraphState(Policies.NONE, Map.of());

    public Optional<StreamGraphs> stream(GraphView graph, String stream) {
        return Optional.ofNullable(streams.getOrDefault(graph.name(), Map.of()).get(stream));
    }

    /** Whether an UpdateGraph has stored releases of the stream that were not loaded here yet. One whose source was never read has none. */
    public boolean awaits(String stream) {
        return policies.graphs().stream()
                .anyMatch(graph -> graph.streams().contains(stream)
                        && graph.refreshed().containsKey(stream)
                        && stream(graph, stream).isEmpty());
    }

    /** Whether any UpdateGraph has the release, for whatever architecture. */
    public boolean hasRelease(String stream, String version) {
        return streams.values().stream()
                .map(graph -> graph.get(stream))
                .filter(Objects::nonNull)
                .anyMatch(data -> data.has(version));
    }

    /**
     * Where a machine may go.
     *
     * @param pin null: none is for it
     * @param wariness from 0 to 1: how late in a rollout it is let in
     */
    public Question question(
            StreamGraphs stream, ScopeGraph graph, GraphNode booted, PinView pin, double wariness, Instant now) {
        Scope scope = graph.graph().scope();
        return new Question(
                graph.graph(),
                booted,
                pin == null ? Pin.NONE : pin.pin(),
                stream.facts(policies.withheld(scope.stream(), scope.architecture())),
                wariness,
                now);
    }
}
