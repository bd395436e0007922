package dev.lockkeeper.testbed.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.fleet.UpdateChoice.Failed;
import dev.lockkeeper.testbed.fleet.UpdateChoice.NoUpdate;
import dev.lockkeeper.testbed.fleet.UpdateChoice.Outcome;
import dev.lockkeeper.testbed.fleet.UpdateChoice.Update;
import dev.lockkeeper.testbed.fleet.UpdateChoice.Why;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateChoiceTest {
    private static final String OLD = TestingGraph.image('a');
    private static final String NEW = TestingGraph.image('b');
    private static final String NEWER = TestingGraph.image('c');

    private static TestingGraph three() {
        return new TestingGraph().image("1.0", OLD, "1").image("2.0", NEW, "2").image("3.0", NEWER, "3");
    }

    private static Outcome choose(String graph, String payload, String... denied) {
        return UpdateChoice.of(graph.getBytes(StandardCharsets.UTF_8), payload, Set.of(denied));
    }

    private static Outcome choose(TestingGraph graph, String... denied) {
        return choose(graph.json(), OLD, denied);
    }

    private static void assertKind(Outcome outcome, String kind) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.kind()).isEqualTo(kind));
    }

    private static void assertUnreadable(String graph) {
        assertKind(choose(graph, OLD), "client_failed_json_decoding");
    }

    private static void assertIllFormed(TestingGraph graph) {
        assertKind(choose(graph), "client_failed_node_parsing");
    }

    // ---- the booted node

    @Test
    void theEdgeFromTheBootedNodeIsFollowed() {
        assertThat(choose(three().edge(0, 1))).isEqualTo(new Update(1, OsRelease.of("2.0", NEW)));
    }

    @Test
    void edgesOfOtherNodesAreNot() {
        assertThat(choose(three().edge(1, 2).edge(2, 0))).isEqualTo(new NoUpdate(2, Why.NO_TARGET));
    }

    @Test
    void anEmptyGraphIsNoUpdateAndNoError() {
        assertThat(choose(new TestingGraph())).isEqualTo(new NoUpdate(0, Why.NOT_IN_GRAPH));
    }

    @Test
    void aPayloadThatDiffersInOneCharacterIsNotFoundWhateverTheVersionSays() {
        TestingGraph graph = three().edge(0, 1);
        assertThat(choose(graph.json(), OLD.replace("fedora-coreos@", "fedora-coreos2@")))
                .isEqualTo(new NoUpdate(1, Why.NOT_IN_GRAPH));
    }

    @Test
    void aNodeOfTheOtherSchemeIsNotTheBootedOne() {
        TestingGraph graph = new TestingGraph()
                .node("1.0", OLD, "checksum", "1")
                .image("2.0", NEW, "2")
                .edge(0, 1);
        assertThat(choose(graph)).isEqualTo(new NoUpdate(1, Why.NOT_IN_GRAPH));
    }

    @Test
    void commitsAreAScheme() {
        String commit = "f".repeat(64);
        TestingGraph graph = new TestingGraph()
                .node("1.0", commit, "checksum", "1")
                .node("2.0", "e".repeat(64), "checksum", "2")
                .edge(0, 1);
        assertThat(choose(graph.json(), commit)).isEqualTo(new Update(1, OsRelease.of("2.0", "e".repeat(64))));
    }

    @Test
    void ofTwoNodesWithThePayloadTheFirstIsTheBootedOne() {
        TestingGraph graph = three().image("1.0", OLD, "1");
        assertThat(choose(graph.edge(3, 1))).isEqualTo(new NoUpdate(1, Why.NO_TARGET));
        assertThat(choose(graph.edge(0, 2))).isEqualTo(new Update(2, OsRelease.of("3.0", NEWER)));
    }

    @Test
    void theBootedNodeMustBeWellFormedToo() {
        assertIllFormed(new TestingGraph()
                .image("1.0", OLD, "old")
                .image("2.0", NEW, "2")
                .edge(0, 1));
    }

    // ---- dead-ends

    @Test
    void aDeadEndStays() {
        TestingGraph graph = three().metadata(0, "updates.deadend", "true").edge(0, 1);
        assertThat(choose(graph)).isEqualTo(new NoUpdate(1, Why.DEAD_END));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "True", "1", ""})
    void onlyTrueIsADeadEnd(String value) {
        assertThat(choose(three().metadata(0, "updates.deadend", value).edge(0, 1)))
                .isInstanceOf(Update.class);
    }

    @Test
    void aDeadEndMayBeATarget() {
        assertThat(choose(three().metadata(1, "updates.deadend", "true").edge(0, 1)))
                .isInstanceOf(Update.class);
    }

    // ---- targets

    @Test
    void theHighestAgeIndexIsTakenWhateverTheOrderOfEdgesAndVersions() {
        TestingGraph graph = new TestingGraph()
                .image("2.0", NEWER, "10")
                .image("9.0", NEW, "9")
                .image("1.0", OLD, "1");
        assertThat(choose(graph.edge(2, 0).edge(2, 1))).isEqualTo(new Update(2, OsRelease.of("2.0", NEWER)));
    }

    @Test
    void tiesGoByVersionAsTextAndThenByPayload() {
        TestingGraph versions = new TestingGraph()
                .image("1.0", OLD, "1")
                .image("9.0", NEW, "5")
                .image("10.0", NEWER, "5")
                .edge(0, 1)
                .edge(0, 2);
        assertThat(choose(versions)).isEqualTo(new Update(2, OsRelease.of("9.0", NEW)));
        TestingGraph payloads = new TestingGraph()
                .image("1.0", OLD, "1")
                .image("2.0", NEWER, "5")
                .image("2.0", NEW, "5")
                .edge(0, 1)
                .edge(0, 2);
        assertThat(choose(payloads)).isEqualTo(new Update(2, OsRelease.of("2.0", NEWER)));
    }

    @Test
    void ageIndexesAreUnsignedOf64Bits() {
        TestingGraph graph = new TestingGraph()
                .image("1.0", OLD, "9223372036854775807")
                .image("2.0", NEW, "18446744073709551615")
                .image("3.0", NEWER, "+9223372036854775808")
                .edge(0, 1)
                .edge(0, 2);
        assertThat(choose(graph)).isEqualTo(new Update(2, OsRelease.of("2.0", NEW)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "-0", " 2", "2.0", "0x2", "two", "18446744073709551616"})
    void noOtherAgeIndexIsOne(String ageIndex) {
        assertIllFormed(new TestingGraph()
                .image("1.0", OLD, "1")
                .image("2.0", NEW, ageIndex)
                .edge(0, 1));
    }

    @Test
    void oneIllFormedTargetFailsTheWholeCheck() {
        assertIllFormed(
                three().image("", TestingGraph.image('d'), "4").edge(0, 1).edge(0, 3));
        assertIllFormed(three().image("4.0", "", "4").edge(0, 1).edge(0, 3));
        assertIllFormed(three().node("4.0", NEW, "other", "4").edge(0, 1).edge(0, 3));
        assertIllFormed(three().without(2, "scheme").edge(0, 1).edge(0, 2));
        assertIllFormed(three().without(2, "releases.age_index").edge(0, 1).edge(0, 2));
    }

    @Test
    void anIllFormedNodeThatIsNoTargetHarmsNobody() {
        assertThat(choose(three().image("", "", "x").edge(0, 1).edge(1, 3)))
                .isEqualTo(new Update(2, OsRelease.of("2.0", NEW)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quay.io/fedora/fedora-coreos:stable",
                "quay.io/fedora/fedora-coreos@sha256:abc",
                "quay.io/Fedora/fedora-coreos@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                "@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
            })
    void anImageMustBeByDigest(String payload) {
        assertIllFormed(new TestingGraph()
                .image("1.0", OLD, "1")
                .image("2.0", payload, "2")
                .edge(0, 1));
    }

    @Test
    void aTargetMayBeOfTheOtherScheme() {
        TestingGraph graph = new TestingGraph()
                .node("1.0", "f".repeat(64), "checksum", "1")
                .image("2.0", NEW, "2")
                .edge(0, 1);
        assertThat(choose(graph.json(), "f".repeat(64))).isEqualTo(new Update(1, OsRelease.of("2.0", NEW)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "4294967297", "18446744073709551615"})
    void anEdgeToNowhereFailsTheCheckIfItIsOnesOwn(String position) {
        String graph = three().edge(0, 1).json();
        assertKind(choose(graph.replace("[0,1]", "[0,1],[0," + position + "]"), OLD), "client_failed_node_lookup");
        assertThat(choose(graph.replace("[0,1]", "[0,1],[1," + position + "]"), OLD))
                .isEqualTo(new Update(2, OsRelease.of("2.0", NEW)));
    }

    // ---- denied and older ones

    @Test
    void deniedPayloadsAreLeftOut() {
        TestingGraph graph = three().edge(0, 1).edge(0, 2);
        assertThat(choose(graph, OLD, NEWER)).isEqualTo(new Update(2, OsRelease.of("2.0", NEW)));
        assertThat(choose(graph, OLD, NEW, NEWER)).isEqualTo(new NoUpdate(2, Why.NO_TARGET));
    }

    @Test
    void aDeniedVersionWithAnotherPayloadIsNotDenied() {
        TestingGraph graph = three().image("3.0", TestingGraph.image('d'), "3");
        assertThat(choose(graph.edge(0, 3), NEWER)).isInstanceOf(Update.class);
    }

    @Test
    void aDeniedTargetMustBeWellFormedToo() {
        assertIllFormed(
                new TestingGraph().image("1.0", OLD, "1").image("2.0", NEW, "-").edge(0, 1));
        assertKind(
                choose(
                        new TestingGraph()
                                .image("1.0", OLD, "1")
                                .image("2.0", NEW, "-")
                                .edge(0, 1),
                        NEW),
                "client_failed_node_parsing");
    }

    @ParameterizedTest
    @CsvSource({"0.9, 4", "2.0, 4", "0.9, 5"})
    void whatIsNotNewerIsRefused(String version, String ageIndex) {
        TestingGraph graph = new TestingGraph()
                .image("1.0", OLD, "5")
                .image(version, NEW, ageIndex)
                .edge(0, 1);
        assertThat(choose(graph)).isEqualTo(new NoUpdate(1, Why.NOT_NEWER));
    }

    @Test
    void atTheSameAgeAHigherVersionOrPayloadIsNewer() {
        assertThat(choose(new TestingGraph()
                        .image("1.0", OLD, "5")
                        .image("1.1", NEW, "5")
                        .edge(0, 1)))
                .isInstanceOf(Update.class);
        assertThat(choose(new TestingGraph()
                        .image("1.0", OLD, "5")
                        .image("1.0", NEW, "5")
                        .edge(0, 1)))
                .isInstanceOf(Update.class);
    }

    @Test
    void anEdgeToItselfIsNoUpdate() {
        assertThat(choose(three().edge(0, 0))).isEqualTo(new NoUpdate(1, Why.NOT_NEWER));
        assertThat(choose(three().edge(0, 0), OLD)).isEqualTo(new NoUpdate(1, Why.NO_TARGET));
    }

    // ---- the whole graph

    @ParameterizedTest
    @ValueSource(strings = {"2", "true", "null", "{}", "[]"})
    void oneMetadataValueThatIsNoTextAnywhereRejectsTheGraph(String value) {
        String graph =
                three().metadata(2, "updates.rollout", "VALUE").edge(0, 1).json();
        assertUnreadable(graph.replace("\"VALUE\"", value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no json",
                "null",
                "[]",
                "{}",
                "{\"nodes\":[]}",
                "{\"edges\":[]}",
                "{\"nodes\":{},\"edges\":[]}",
                "{\"nodes\":[],\"edges\":[]} x",
                "{\"nodes\":[],\"edges\":[]",
                "{\"nodes\":[{\"payload\":\"p\",\"metadata\":{}}],\"edges\":[]}",
                "{\"nodes\":[{\"version\":\"v\",\"metadata\":{}}],\"edges\":[]}",
                "{\"nodes\":[{\"version\":\"v\",\"payload\":\"p\"}],\"edges\":[]}",
                "{\"nodes\":[{\"version\":1,\"payload\":\"p\",\"metadata\":{}}],\"edges\":[]}",
                "{\"nodes\":[{\"version\":\"v\",\"payload\":\"p\",\"metadata\":[]}],\"edges\":[]}"
            })
    void whatIsNoGraphIsRejected(String body) {
        assertUnreadable(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[0]",
                "[0,1,2]",
                "[0,\"1\"]",
                "[0,1.0]",
                "[0,-1]",
                "[-1,1]",
                "[0,18446744073709551616]",
                "{}",
                "null"
            })
    void anEdgeThatIsNoPairOfPositionsRejectsTheGraphEvenIfTheBootedNodeIsNotInIt(String edge) {
        assertUnreadable("{\"nodes\":[],\"edges\":[" + edge + "]}");
    }

    @Test
    void bytesThatAreNoUtf8RejectTheGraph() {
        byte[] graph = three().edge(0, 1).json().getBytes(StandardCharsets.UTF_8);
        graph[new String(graph, StandardCharsets.UTF_8).indexOf("1.0")] = (byte) 0xFF;
        assertKind(UpdateChoice.of(graph, OLD, Set.of()), "client_failed_json_decoding");
    }

    @Test
    void fieldsThatItDoesNotKnowAreLetPass() {
        String graph = three().edge(0, 1).json().replace("{\"nodes\"", "{\"more\":[1],\"nodes\"");
        assertThat(choose(graph, OLD)).isInstanceOf(Update.class);
    }

    // ---- refusals

    @Test
    void aRefusalIsToldByItsKindOrByItsStatus() {
        assertThat(refused(503, "{\"kind\":\"no_graph\",\"value\":\"not yet\"}"))
                .isEqualTo(new Failed(0, "no_graph", "not yet"));
        for (String body : new String[] {"", "<html>", "[]", "{\"kind\":\"x\"}", "{\"kind\":1,\"value\":\"v\"}"}) {
            assertThat(refused(502, body).kind()).isEqualTo("generic_http_502");
        }
    }

    private static Failed refused(int status, String body) {
        return UpdateChoice.refused(status, body.getBytes(StandardCharsets.UTF_8));
    }
}
