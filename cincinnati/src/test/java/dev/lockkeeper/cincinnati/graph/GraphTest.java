package dev.lockkeeper.cincinnati.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.metadata.Release;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.Rollout;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphTest {

    private static List<String> edges(Graph graph) {
        return graph.edges().stream()
                .map(e -> graph.nodes().get(e.from()).version() + ">"
                        + graph.nodes().get(e.to()).version())
                .sorted()
                .toList();
    }

    @Test
    void edgesLeadIntoRolloutsFromTheLastBarrierOn() {
        assertThat(edges(new Fleet("1", "2", "3 barrier", "4", "5 rollout").graph()))
                .containsExactly("1>3", "2>3", "3>5", "4>5");
        assertThat(edges(new Fleet("1", "2", "3").graph())).isEmpty();
        assertThat(edges(new Fleet("1 barrier", "2 rollout", "3 rollout").graph()))
                .containsExactly("1>2", "1>3", "2>3");
    }

    @Test
    void aBarrierThatIsBeingRolledOutBoundsThoseAfterIt() {
        Graph graph = new Fleet("1", "2 barrier rollout", "3 rollout")
                .rollout("2", 1_000, 10)
                .graph();
        assertThat(edges(graph)).containsExactly("1>2", "2>3");
        assertThat(edges(graph.throttled(Instant.EPOCH, 0.5))).containsExactly("2>3");
    }

    @Test
    void nothingLeadsOutOfADeadendButSomethingMayLeadIntoIt() {
        assertThat(edges(new Fleet("1", "2 deadend rollout", "3 rollout").graph()))
                .containsExactly("1>2", "1>3");
    }

    @Test
    void whatAnArchitectureLacksIsNoNodeAndNoBarrierThere() {
        Release elsewhere = new Release("2", 1, Map.of(), Map.of("aarch64", "p"));
        Release first = new Release("1", 0, Map.of(), Map.of("x86_64", "a"));
        Release last = new Release("3", 2, Map.of(), Map.of("x86_64", "c"));
        Graph graph = Graph.of(
                Fleet.SCOPE,
                new ReleaseIndex("stable", List.of(first, elsewhere, last)),
                new UpdateMetadata(
                        "stable", Map.of("2", new Entry("keys", null, null), "3", new Entry(null, null, Fleet.OPEN))));
        assertThat(graph.nodes()).extracting(GraphNode::ageIndex).containsExactly(0, 2);
        assertThat(edges(graph)).containsExactly("1>3");
    }

    @Test
    void aRolloutIsHiddenFromWhoComesLater() {
        Graph graph = new Fleet("1", "2 rollout").rollout("2", 1_000, 10).graph();
        Instant half = Instant.ofEpochSecond(1_300);
        assertThat(edges(graph.throttled(half, 0.5))).as("equality is visible").containsExactly("1>2");
        assertThat(edges(graph.throttled(half, 0.51))).isEmpty();
        assertThat(edges(graph.throttled(Instant.EPOCH, 0)))
                .as("as upstream has it")
                .containsExactly("1>2");
        assertThat(graph.throttled(half, 1).nodes()).hasSize(2);
    }

    @Test
    void metadataAreTextsInTheirShortestForm() {
        GraphNode node =
                new GraphNode("3", "p", 7, new Entry("keys", "broken", new Rollout(1_784_728_800L, 1e-7, 2_880L)));
        assertThat(node.metadata(Scheme.OCI))
                .containsOnly(
                        Map.entry("org.fedoraproject.coreos.scheme", "oci"),
                        Map.entry("org.fedoraproject.coreos.releases.age_index", "7"),
                        Map.entry("org.fedoraproject.coreos.updates.barrier", "true"),
                        Map.entry("org.fedoraproject.coreos.updates.barrier_reason", "keys"),
                        Map.entry("org.fedoraproject.coreos.updates.deadend", "true"),
                        Map.entry("org.fedoraproject.coreos.updates.deadend_reason", "broken"),
                        Map.entry("org.fedoraproject.coreos.updates.rollout", "true"),
                        Map.entry("org.fedoraproject.coreos.updates.start_epoch", "1784728800"),
                        Map.entry("org.fedoraproject.coreos.updates.start_value", "0.0000001"),
                        Map.entry("org.fedoraproject.coreos.updates.duration_minutes", "2880"));
        for (Map.Entry<Double, String> number :
                Map.of(0.0, "0", 1.0, "1", 0.5, "0.5", 100.0, "100").entrySet()) {
            GraphNode rollout =
                    new GraphNode("3", "p", 7, new Entry(null, null, new Rollout(null, number.getKey(), null)));
            assertThat(rollout.metadata(Scheme.CHECKSUM))
                    .containsEntry("org.fedoraproject.coreos.scheme", "checksum")
                    .containsEntry("org.fedoraproject.coreos.updates.start_value", number.getValue())
                    .doesNotContainKey("org.fedoraproject.coreos.updates.start_epoch");
        }
    }

    @Test
    void writesWhatTheProtocolAsksFor() {
        assertThat(new String(GraphJson.write(new Fleet("1", "2 barrier").graph()), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"nodes\":[{\"version\":\"1\",\"metadata\":{\"org.fedoraproject.coreos.releases.age_index\":\"0\","
                                + "\"org.fedoraproject.coreos.scheme\":\"oci\"},\"payload\":\"quay.io/fedora/fedora-coreos@sha256:1\"},"
                                + "{\"version\":\"2\",\"metadata\":{\"org.fedoraproject.coreos.releases.age_index\":\"1\","
                                + "\"org.fedoraproject.coreos.scheme\":\"oci\",\"org.fedoraproject.coreos.updates.barrier\":\"true\","
                                + "\"org.fedoraproject.coreos.updates.barrier_reason\":\"keys\"},"
                                + "\"payload\":\"quay.io/fedora/fedora-coreos@sha256:2\"}],\"edges\":[[0,1]]}");
    }
}
