package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.graph.Wariness;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.cincinnati.policy.NextHop;
import dev.lockkeeper.operator.lock.NodeView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where one machine may go, before it is looked at whether its turn has come: a function of what it says and of the state alone.
 *
 * @param pin the one that is for it; null: none
 * @param rival another pin of the same priority that is for it too; null: none
 * @param served the graph that it is decided on, or why there is none
 * @param booted the release that it runs, with the payload as it was sent; null where there is no graph
 * @param hop null where nothing is to be decided: there is no graph, its payload is not known, or it is denied
 * @param why what it is offered, or why it is offered nothing, in a sentence
 */
record Decision(PinView pin, PinView rival, Served served, GraphNode booted, NextHop hop, String why) {

    /**
     * What a machine says of itself.
     *
     * @param id the agent's; null where it has not spoken
     * @param wariness {@code rollout_wariness} as it was sent; null: not at all
     */
    record Subject(Scope scope, String id, String version, String payload, String agentGroup, String wariness) {}

    /**
     * @param node null for a machine that is no node
     * @param denial why it is offered nothing whatever the graph says; null: it may be offered something
     */
    static Decision of(GraphState state, Subject subject, NodeView node, String denial, Instant now) {
        List<PinView> pins = state.policies().pins(node, subject.agentGroup(), subject.scope().stream());
        PinView pin = pins.isEmpty() ? null : pins.getFirst();
        PinView rival = pins.size() > 1 && pins.get(1).priority() == pin.priority() ? pins.get(1) : null;
        return switch (Served.of(state, pin, subject.scope())) {
            case Served.Missing missing -> new Decision(pin, rival, missing, null, null, missing.sentence());
            case Served.Found found -> {
                Optional<GraphNode> booted = found.scope()
                        .booted(subject.payload())
                        .filter(node1 ->
                                subject.version() == null || node1.version().equals(subject.version()));
                if (denial != null) {
                    yield new Decision(
                            pin, rival, found, booted.orElseGet(() -> unknown(found, subject)), null, denial);
                }
                if (booted.isEmpty()) {
                    yield new Decision(pin, rival, found, unknown(found, subject), null, notKnown(subject));
                }
                double wariness = Wariness.of(subject.wariness(), subject.id());
                NextHop hop =
                        NextHop.of(state.question(found.stream(), found.scope(), booted.get(), pin, wariness, now));
                yield new Decision(pin, rival, found, booted.get(), hop, hop.why());
            }
        };
    }

    boolean isKnown() {
        return served instanceof Served.Found found
                && booted != null
                && found.scope().booted(booted.payload()).isPresent();
    }

    private static String notKnown(Subject subject) {
        return "The payload of the machine is none of release " + subject.version() + " in " + subject.scope()
                + ": it runs an image of its own, and is offered nothing.";
    }

    /** An agent must find its release in the graph, or logs an error at each poll. */
    private static GraphNode unknown(Served.Found found, Subject subject) {
        GraphNode listed = subject.version() == null
                ? null
                : found.scope().graph().release(subject.version()).orElse(null);
        return new GraphNode(
                subject.version() == null ? "unknown" : subject.version(),
                subject.payload() == null ? "unknown" : subject.payload(),
                listed == null ? 0 : listed.ageIndex(),
                UpdateMetadata.NONE);
    }
}
