package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.graph.ScopeGraph;
import dev.lockkeeper.cincinnati.protocol.GraphKind;
import dev.lockkeeper.operator.graph.GraphApi.Answer.Refused;
import java.util.List;
import java.util.Optional;

/** Which UpdateGraph's data serve a scope, or why none do. */
sealed interface Served {

    record Found(GraphView graph, StreamGraphs stream, ScopeGraph scope) implements Served {}

    record Missing(GraphKind kind, String sentence) implements Served {

        Refused answer() {
            return new Refused(kind, sentence);
        }
    }

    /** For a machine, as its pin says. */
    static Served of(GraphState state, PinView pin, Scope scope) {
        Optional<GraphView> graph = state.policies().graph(pin);
        if (graph.isEmpty()) {
            return new Missing(
                    GraphKind.NO_GRAPH,
                    pin == null
                            ? "There is no UpdateGraph: create one, so that it is known which releases exist."
                            : "StreamPin '" + pin.name() + "': "
                                    + state.policies().noGraph(pin).orElseThrow());
        }
        return of(state, graph.get(), scope);
    }

    /** For people: the oldest UpdateGraph that has the scope. */
    static Served ofAny(GraphState state, Scope scope) {
        List<GraphView> graphs = state.policies().graphs();
        return graphs.stream()
                .filter(graph -> graph.has(scope.stream(), scope.architecture()))
                .findFirst()
                .map(graph -> of(state, graph, scope))
                .orElseGet(() ->
                        graphs.isEmpty() ? of(state, (PinView) null, scope) : of(state, graphs.getFirst(), scope));
    }

    private static Served of(GraphState state, GraphView graph, Scope scope) {
        if (!graph.has(scope.stream(), scope.architecture())) {
            return new Missing(
                    GraphKind.UNKNOWN_SCOPE,
                    "UpdateGraph '" + graph.name() + "' has no stream '" + scope.stream() + "' for architecture '"
                            + scope.architecture() + "': it has the streams " + String.join(", ", graph.streams())
                            + " for " + String.join(", ", graph.architectures()) + ".");
        }
        return state.stream(graph, scope.stream())
                .<Served>map(stream -> new Found(graph, stream, stream.of(scope.architecture(), scope.scheme())))
                .orElseGet(() -> new Missing(
                        GraphKind.NO_GRAPH,
                        "The releases of stream '" + scope.stream() + "' were not loaded yet: see kubectl describe ug "
                                + graph.name() + "."));
    }
}
