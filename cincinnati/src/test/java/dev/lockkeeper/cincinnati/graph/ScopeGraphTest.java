package dev.lockkeeper.cincinnati.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScopeGraphTest {

    private final ScopeGraph graph = new ScopeGraph(
            new Fleet("1", "2 rollout").graph(), Map.of("1", Set.of("other", Fleet.payload("2")), "9", Set.of("x")));

    @Test
    void aReleaseIsKnownByEachOfItsPayloadsAndAnsweredWithTheOneThatWasSent() {
        assertThat(graph.booted(Fleet.payload("1")).orElseThrow().version()).isEqualTo("1");
        GraphNode other = graph.booted("other").orElseThrow();
        assertThat(other.version()).isEqualTo("1");
        assertThat(other.payload()).isEqualTo("other");
        assertThat(graph.booted("x")).as("of no release in this scope").isEmpty();
        assertThat(graph.booted("nobody's")).isEmpty();
    }

    @Test
    void whatTheIndexListsForOneReleaseIsNoOthers() {
        assertThat(graph.booted(Fleet.payload("2")).orElseThrow().version()).isEqualTo("2");
    }

    @Test
    void anAgentGetsItsReleaseAndAtMostOneEdge() {
        GraphNode booted = graph.booted("other").orElseThrow();
        GraphNode target = graph.graph().nodes().getLast();
        String all = new String(GraphJson.write(graph.graph(), booted, target), StandardCharsets.UTF_8);
        assertThat(all)
                .contains("\"payload\":\"other\"")
                .endsWith("\"edges\":[[0,1]]}")
                .contains(Fleet.payload("2"));
        String none = new String(GraphJson.write(graph.graph(), booted, null), StandardCharsets.UTF_8);
        assertThat(none)
                .contains("\"payload\":\"other\"")
                .endsWith("\"edges\":[]}")
                .doesNotContain(Fleet.payload("2"));
    }
}
