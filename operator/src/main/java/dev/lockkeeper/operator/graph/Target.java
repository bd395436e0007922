package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.policy.Pin;
import dev.lockkeeper.cincinnati.policy.Policy;
import dev.lockkeeper.cincinnati.policy.Question;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Decides where all machines of a scope end in the long run, whatever barriers and turns are on their way. */
final class Target {

    private Target() {}

    /** An exact pin's release even if it is withheld now, else the newest that the first machine may go to; empty if there is none. */
    static Optional<GraphNode> of(GraphState state, StreamGraphs stream, Graph graph, PinView pin, Instant now) {
        if (pin != null && pin.pin().version() != null) {
            return graph.release(pin.pin().version());
        }
        return newest(stream, graph, pin, withheld(state, graph), now);
    }

    /** Where they would end if no release were withheld. */
    static Optional<GraphNode> ifNothingWereWithheld(StreamGraphs stream, Graph graph, PinView pin, Instant now) {
        if (pin != null && pin.pin().version() != null) {
            return graph.release(pin.pin().version());
        }
        return newest(stream, graph, pin, Map.of(), now);
    }

    private static Map<String, String> withheld(GraphState state, Graph graph) {
        return state.policies().withheld(graph.scope().stream(), graph.scope().architecture());
    }

    /** The newest release that the first machine would be let to, were it not for the pin's ceiling. */
    static Optional<GraphNode> withoutCeiling(
            GraphState state, StreamGraphs stream, Graph graph, PinView pin, Instant now) {
        Pin free = new Pin(null, null, pin.pin().minimumAge(), pin.pin().followRollout());
        PinView without = new PinView(
                pin.name(),
                pin.uid(),
                pin.generation(),
                pin.createdAt(),
                pin.priority(),
                pin.nodeSelector(),
                pin.groups(),
                pin.graph(),
                pin.stream(),
                free);
        return newest(stream, graph, without, withheld(state, graph), now);
    }

    private static Optional<GraphNode> newest(
            StreamGraphs stream, Graph graph, PinView pin, Map<String, String> withheld, Instant now) {
        for (GraphNode release : graph.nodes().reversed()) {
            Question question =
                    new Question(graph, release, pin == null ? Pin.NONE : pin.pin(), stream.facts(withheld), 0, now);
            if (Arrays.stream(Policy.values())
                    .allMatch(policy -> policy.objection(release, question).isEmpty())) {
                return Optional.of(release);
            }
        }
        return Optional.empty();
    }
}
