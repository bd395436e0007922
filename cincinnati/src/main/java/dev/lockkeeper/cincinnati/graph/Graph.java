package dev.lockkeeper.cincinnati.graph;

import dev.lockkeeper.cincinnati.metadata.Release;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A scope's whole graph by Fedora's own rules.
 *
 * <ol>
 *   <li>Nodes: the releases that have a payload in this scope, in the index's order.
 *   <li>Into each rollout, and into each barrier that is none: edges from the last barrier before it (else from the first node) and
 *       from all after that.
 *   <li>No edges leave a dead-end.
 *   <li>For somebody of a given wariness, no edges lead into a rollout that is not yet open to it.
 * </ol>
 *
 * <p>Source: fedora-coreos-cincinnati, {@code commons/src/graph.rs} and {@code policy.rs}.
 */
public final class Graph {

    /** Positions in the list of nodes. */
    public record Edge(int from, int to) {}

    private final Scope scope;
    private final List<GraphNode> nodes;
    private final List<Edge> edges;
    private final Map<String, GraphNode> byVersion;
    private final Map<String, byte[]> heads;

    private Graph(
            Scope scope,
            List<GraphNode> nodes,
            List<Edge> edges,
            Map<String, GraphNode> byVersion,
            Map<String, byte[]> heads) {
        this.scope = scope;
        this.nodes = List.copyOf(nodes);
        this.edges = List.copyOf(edges);
        this.byVersion = byVersion;
        this.heads = heads;
    }

    public static Graph of(Scope scope, ReleaseIndex index, UpdateMetadata updates) {
        List<GraphNode> nodes = new ArrayList<>();
        for (Release release : index.releases()) {
            release.payload(scope.architecture(), scope.scheme())
                    .ifPresent(payload -> nodes.add(new GraphNode(
                            release.version(), payload, release.ageIndex(), updates.of(release.version()))));
        }
        Map<String, GraphNode> byVersion = new HashMap<>();
        nodes.forEach(node -> byVersion.put(node.version(), node));
        return new Graph(scope, nodes, edges(nodes), byVersion, new ConcurrentHashMap<>());
    }

    private static List<Edge> edges(List<GraphNode> nodes) {
        List<Edge> edges = new ArrayList<>();
        int lastBarrier = 0;
        for (int to = 0; to < nodes.size(); to++) {
            GraphNode target = nodes.get(to);
            if (target.isRollout() || target.isBarrier()) {
                for (int from = lastBarrier; from < to; from++) {
                    if (!nodes.get(from).isDeadend()) {
                        edges.add(new Edge(from, to));
                    }
                }
            }
            if (target.isBarrier()) {
                lastBarrier = to;
            }
        }
        return edges;
    }

    public Scope scope() {
        return scope;
    }

    /** The oldest first. */
    public List<GraphNode> nodes() {
        return nodes;
    }

    public List<Edge> edges() {
        return edges;
    }

    /** The beginning of a node in JSON, see {@link GraphJson}; that of a listed release is made once. */
    byte[] head(GraphNode node) {
        GraphNode listed = byVersion.get(node.version());
        boolean same = listed != null && listed.ageIndex() == node.ageIndex() && listed.entry() == node.entry();
        return same
                ? heads.computeIfAbsent(node.version(), _ -> GraphJson.head(scope.scheme(), listed))
                : GraphJson.head(scope.scheme(), node);
    }

    public Optional<GraphNode> release(String version) {
        return Optional.ofNullable(byVersion.get(version));
    }

    /**
     * The graph that somebody sees.
     *
     * @param wariness from 0 (the first) to 1 (the last to be let in)
     */
    public Graph throttled(Instant now, double wariness) {
        List<Edge> open = edges.stream()
                .filter(edge -> {
                    GraphNode target = nodes.get(edge.to());
                    return !target.isRollout()
                            || wariness <= target.entry().rollout().openTo(now);
                })
                .toList();
        return new Graph(scope, nodes, open, byVersion, heads);
    }
}
