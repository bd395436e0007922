package dev.lockkeeper.cincinnati.graph;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A scope's graph, ready to be asked for the release that a machine runs.
 *
 * <p>A release may have payloads that the index does not list: some boot images carry another digest (fedora-coreos-tracker issue 2066).
 * A release is known by any of them, and answered with the one that was sent.
 */
public final class ScopeGraph {

    private final Graph graph;
    private final Map<String, GraphNode> byPayload = new HashMap<>();

    /** @param otherPayloads of releases, by version, besides the index's */
    public ScopeGraph(Graph graph, Map<String, Set<String>> otherPayloads) {
        this.graph = graph;
        for (GraphNode node : graph.nodes()) {
            otherPayloads.getOrDefault(node.version(), Set.of()).forEach(payload -> byPayload.put(payload, node));
        }
        // The index's own last: what it lists for one release is no other's.
        graph.nodes().forEach(node -> byPayload.put(node.payload(), node));
    }

    public Graph graph() {
        return graph;
    }

    /** The release that has the payload, with exactly that payload; empty if none has. */
    public Optional<GraphNode> booted(String payload) {
        return Optional.ofNullable(byPayload.get(payload)).map(node -> node.paying(payload));
    }
}
