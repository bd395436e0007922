package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.graph.ScopeGraph;
import dev.lockkeeper.cincinnati.metadata.KnownDigests;
import dev.lockkeeper.cincinnati.metadata.Release;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.policy.Facts;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The graphs of one stream's scopes, each made when it is first asked for. */
public final class StreamGraphs {

    private final StreamData data;
    private final Set<String> completed;
    private final Set<String> versions;
    private final Map<Scope, ScopeGraph> graphs = new ConcurrentHashMap<>();

    public StreamGraphs(StreamData data) {
        this.data = data;
        this.completed = Set.copyOf(data.ledger().completed().keySet());
        this.versions = data.metadata().index().releases().stream()
                .map(Release::version)
                .collect(Collectors.toUnmodifiableSet());
    }

    public StreamData data() {
        return data;
    }

    /** Whether it has the release, for whatever architecture. */
    boolean has(String version) {
        return versions.contains(version);
    }

    public ScopeGraph of(String architecture, Scheme scheme) {
        Scope scope = new Scope(data.metadata().stream(), architecture, scheme);
        return graphs.computeIfAbsent(scope, this::graph);
    }

    private ScopeGraph graph(Scope scope) {
        Graph graph = Graph.of(scope, data.metadata().index(), data.metadata().updates());
        return new ScopeGraph(graph, scope.scheme() == Scheme.OCI ? otherPayloads(graph) : Map.of());
    }

    /** In the repository of the one that the index lists: another name is another image. */
    private static Map<String, Set<String>> otherPayloads(Graph graph) {
        Map<String, Set<String>> known = KnownDigests.of(graph.scope().architecture());
        Map<String, Set<String>> payloads = new HashMap<>();
        for (GraphNode node : graph.nodes()) {
            int at = node.payload().indexOf('@');
            if (at > 0 && known.containsKey(node.version())) {
                String repository = node.payload().substring(0, at + 1);
                payloads.put(
                        node.version(),
                        known.get(node.version()).stream()
                                .map(repository::concat)
                                .collect(Collectors.toSet()));
            }
        }
        return payloads;
    }

    /** @param blocked releases that people withhold from the architecture, by version, each with the reason */
    public Facts facts(Map<String, String> blocked) {
        return new Facts(data.ledger().firstSeen(), completed, blocked);
    }
}
