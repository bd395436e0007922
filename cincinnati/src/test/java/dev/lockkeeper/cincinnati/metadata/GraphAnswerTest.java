package dev.lockkeeper.cincinnati.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockkeeper.cincinnati.graph.Fleet;
import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphJson;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.metadata.GraphAnswer.Answered;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata.Entry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphAnswerTest {

    private static final Entry OPEN = new Entry(null, null, new Rollout(null, 1.0, null));

    private static GraphAnswer parse(String json) throws MetadataException {
        return GraphAnswer.parse(
                "graph", "x86_64", Scheme.OCI, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    /** Keys without their prefix. */
    private static String node(String version, String payload, String metadata) {
        return "{'version': '" + version + "', 'payload': '" + payload + "', 'metadata': {"
                + metadata.replace("=", "': '").replaceAll("([a-z_.]+)': '", "'org.fedoraproject.coreos.$1': '") + "}}";
    }

    @Test
    void whatWeAnswerOurselvesIsReadBack() throws Exception {
        Graph graph = new Fleet("1", "2 barrier", "3 deadend", "4 rollout", "5")
                .rollout("4", 1_000, 60)
                .graph();
        GraphAnswer answer = GraphAnswer.parse("graph", "x86_64", Scheme.OCI, GraphJson.write(graph));
        StreamMetadata stream = GraphAnswer.join("stable", List.of(answer));
        Graph read = Graph.of(Fleet.SCOPE, stream.index(), stream.updates());
        assertThat(read.nodes()).isEqualTo(graph.nodes());
        assertThat(read.edges()).isEqualTo(graph.edges());
    }

    @Test
    void whatAnotherServerOffersCountsAsOpenToAll() throws Exception {
        GraphAnswer answer = parse("{'nodes': [" + node("1", "p1", "scheme=oci', releases.age_index=4'") + ","
                + node("2", "p2", "scheme=oci', releases.age_index=7'") + ","
                + node("3", "p3", "scheme=oci', releases.age_index=8', updates.barrier=true'")
                + "], 'edges': [[0, 1], [0, 2]]}");
        assertThat(answer.releases())
                .containsOnly(
                        Map.entry(4, new Answered("1", "p1", UpdateMetadata.NONE)),
                        Map.entry(7, new Answered("2", "p2", OPEN)),
                        Map.entry(8, new Answered("3", "p3", new Entry("generic", null, null))));
    }

    @Test
    void theScopesOfAStreamAreJoinedByAge() throws Exception {
        GraphAnswer oci = new GraphAnswer(
                "x86_64", Scheme.OCI, Map.of(3, new Answered("3", "i3", OPEN), 5, new Answered("5", "i5", OPEN)));
        GraphAnswer old = new GraphAnswer(
                "s390x",
                Scheme.CHECKSUM,
                Map.of(1, new Answered("1", "c1", UpdateMetadata.NONE), 3, new Answered("3", "c3", OPEN)));
        StreamMetadata stream = GraphAnswer.join("stable", List.of(oci, old));
        assertThat(stream.index().releases()).extracting(Release::version).containsExactly("1", "3", "5");
        assertThat(stream.index().releases()).extracting(Release::ageIndex).containsExactly(1, 3, 5);
        Release middle = stream.index().releases().get(1);
        assertThat(middle.payload("x86_64", Scheme.OCI)).hasValue("i3");
        assertThat(middle.payload("s390x", Scheme.CHECKSUM)).hasValue("c3");
        assertThat(middle.payload("s390x", Scheme.OCI)).isEmpty();
        assertThat(Graph.of(new Scope("stable", "s390x", Scheme.CHECKSUM), stream.index(), stream.updates())
                        .nodes())
                .hasSize(2);
        GraphAnswer none = parse("{'nodes': [], 'edges': []}");
        assertThat(GraphAnswer.join("stable", List.of(oci, none, old))).isEqualTo(stream);
        assertThatExceptionOfType(MetadataException.class)
                .isThrownBy(() -> GraphAnswer.join("stable", List.of(none)))
                .withMessage("stream stable: no scope has a release");
        GraphAnswer wrong = new GraphAnswer("aarch64", Scheme.OCI, Map.of(3, new Answered("4", "i4", OPEN)));
        assertThatExceptionOfType(MetadataException.class)
                .isThrownBy(() -> GraphAnswer.join("stable", List.of(oci, wrong)))
                .withMessage("stream stable: age index 3 is of 3 in one scope and of 4 in another");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'nodes': []}                    | graph: edges: must be an array, is missing",
                "{'edges': []}                    | graph: nodes is missing",
                "{'nodes': [], 'edges': [[0, 1]]} | graph: an edge leads from 0 to 1, and there are 0 nodes",
                "{'nodes': [], 'edges': [[0]]}    | graph: edges: must be pairs of whole numbers, has [0]",
                "{'nodes': [], 'edges': [[0, 'a']]} | graph: edges: must be pairs of whole numbers, has",
                "{'nodes': [], 'edges': [0]}      | graph: edges: must be pairs of whole numbers, has 0",
                "{'edges': [], 'nodes': [{'version': '1', 'payload': 'p'}]} | graph: release 1: metadata is missing",
                "{'edges': [], 'nodes': [{'version': '1', 'payload': 'p', 'metadata': {'x': 1}}]} | graph: release 1: metadata: x: must be a text, is number",
                "{'edges': [], 'nodes': [{'version': '1', 'payload': 'p', 'metadata': {}}]} | graph: release 1: metadata: scheme must be oci, is null"
            })
    void everyErrorNamesItsPlace(String json, String message) {
        assertThatExceptionOfType(MetadataException.class)
                .isThrownBy(() -> parse(json))
                .withMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "scheme=oci'                          | releases.age_index is missing",
                "scheme=oci', releases.age_index=x'   | releases.age_index must be a number of at least 0, is 'x'",
                "scheme=oci', releases.age_index=-1'  | releases.age_index must be a number of at least 0, is '-1'",
                "scheme=oci', releases.age_index=1', updates.rollout=true', updates.start_value=NaN' | updates.start_value must be a number of at least 0, is 'NaN'",
                "scheme=oci', releases.age_index=1', updates.rollout=true', updates.start_value=Infinity' | updates.start_value must be a number",
                "scheme=oci', releases.age_index=1', updates.rollout=true', updates.start_epoch=1.5' | updates.start_epoch must be a number",
                "scheme=checksum', releases.age_index=1' | scheme must be oci, is checksum"
            })
    void everyValueThatMattersIsChecked(String metadata, String message) {
        assertThatExceptionOfType(MetadataException.class)
                .isThrownBy(() -> parse("{'nodes': [" + node("1", "p", metadata) + "], 'edges': []}"))
                .withMessageContaining("graph: release 1: metadata: " + message);
    }

    @Test
    void nothingIsThereTwice() {
        String first = node("1", "p1", "scheme=oci', releases.age_index=1'");
        for (String second : List.of(
                node("1", "p2", "scheme=oci', releases.age_index=2'"),
                node("2", "p1", "scheme=oci', releases.age_index=2'"),
                node("2", "p2", "scheme=oci', releases.age_index=1'"))) {
            assertThatExceptionOfType(MetadataException.class)
                    .isThrownBy(() -> parse("{'nodes': [" + first + "," + second + "], 'edges': []}"))
                    .withMessageEndingWith("its version, payload or age index is there twice");
        }
    }
}
