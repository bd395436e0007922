package dev.lockkeeper.cincinnati.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.cincinnati.policy.Facts;
import dev.lockkeeper.cincinnati.policy.NextHop;
import dev.lockkeeper.cincinnati.policy.Pin;
import dev.lockkeeper.cincinnati.policy.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Fedora's real releases: our graph against the rules of the reference, worked out a second time and in another way, straight from the
 * JSON. The data are not part of the project: where they are is said by {@code -Dfcos.data}, else {@code ../shared/fcos} beside the
 * checkout. Where they are absent this is skipped, and fails under {@code -Dfcos.required=true}.
 */
class FedoraTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> STREAMS = List.of("stable", "testing", "next");
    private static final List<String> ARCHITECTURES = List.of("x86_64", "aarch64", "ppc64le", "s390x");
    private static final List<Double> WARINESS = List.of(0.0, 0.001, 0.25, 0.5, 0.999, 1.0);

    private static Path data;

    @BeforeAll
    static void find() {
        String given = System.getProperty("fcos.data");
        data = given != null ? Path.of(given) : Path.of("..", "..", "shared", "fcos");
        boolean there = Files.isDirectory(data.resolve("releases"));
        if (Boolean.getBoolean("fcos.required")) {
            assertThat(there)
                    .as("%s has Fedora's release history (fcos.required is set)", data.toAbsolutePath())
                    .isTrue();
        }
        assumeTrue(there, data + " is absent: Fedora's real releases are not compared");
    }

    private static byte[] file(String folder, String stream) throws IOException {
        return Files.readAllBytes(data.resolve(folder).resolve(stream + ".json"));
    }

    // ---- the rules, worked out straight from the JSON

    private static String payload(JsonNode release, Scope scope) {
        String list = scope.scheme() == Scheme.OCI ? "oci-images" : "commits";
        String field = scope.scheme() == Scheme.OCI ? "digest-ref" : "checksum";
        String payload = "";
        for (JsonNode entry : release.path(list)) {
            if (entry.path("architecture").asText().equals(scope.architecture())) {
                payload = entry.path(field).asText();
            }
        }
        return payload;
    }

    /** What is said of each version: {@code barrier}, {@code deadend}, {@code rollout}. */
    private static Map<String, Map<String, JsonNode>> said(JsonNode updates) {
        Map<String, Map<String, JsonNode>> said = new HashMap<>();
        for (JsonNode release : updates.path("releases")) {
            Map<String, JsonNode> of =
                    said.computeIfAbsent(release.path("version").asText(), _ -> new HashMap<>());
            release.path("metadata").properties().forEach(e -> of.put(e.getKey(), e.getValue()));
        }
        return said;
    }

    private static boolean isHidden(JsonNode rollout, double now, double wariness) {
        double start = rollout.path("start_epoch").asDouble(0);
        double value = rollout.path("start_percentage").asDouble(0);
        double open;
        if (now < start) {
            open = 0;
        } else if (!rollout.has("duration_minutes")) {
            open = value;
        } else {
            double length = 60 * Math.max(1, rollout.path("duration_minutes").asDouble());
            open = now > start + length ? 1 : value + (1 - value) * (now - start) / length;
        }
        return wariness > open;
    }

    private static Set<String> expectedEdges(
            List<String> versions, Map<String, Map<String, JsonNode>> said, double now, double wariness) {
        Set<String> edges = new TreeSet<>();
        for (int to = 0; to < versions.size(); to++) {
            Map<String, JsonNode> target = said.getOrDefault(versions.get(to), Map.of());
            JsonNode rollout = target.get("rollout");
            if (rollout == null && !target.containsKey("barrier")
                    || rollout != null && isHidden(rollout, now, wariness)) {
                continue;
            }
            for (int from = to - 1; from >= 0; from--) {
                Map<String, JsonNode> source = said.getOrDefault(versions.get(from), Map.of());
                if (!source.containsKey("deadend")) {
                    edges.add(from + ">" + to);
                }
                if (source.containsKey("barrier")) {
                    break;
                }
            }
        }
        return edges;
    }

    private static Map<String, String> expectedMetadata(Map<String, JsonNode> said, int age, Scheme scheme) {
        String prefix = "org.fedoraproject.coreos.";
        Map<String, String> metadata = new HashMap<>();
        metadata.put(prefix + "scheme", scheme == Scheme.OCI ? "oci" : "checksum");
        metadata.put(prefix + "releases.age_index", "" + age);
        for (String flag : List.of("barrier", "deadend")) {
            if (said.containsKey(flag)) {
                String reason = said.get(flag).path("reason").asText();
                metadata.put(prefix + "updates." + flag, "true");
                metadata.put(prefix + "updates." + flag + "_reason", reason.isEmpty() ? "generic" : reason);
            }
        }
        JsonNode rollout = said.get("rollout");
        if (rollout != null) {
            metadata.put(prefix + "updates.rollout", "true");
            if (rollout.has("start_epoch")) {
                metadata.put(
                        prefix + "updates.start_epoch",
                        rollout.get("start_epoch").asText());
            }
            if (rollout.has("start_percentage")) {
                double value = rollout.get("start_percentage").asDouble();
                metadata.put(
                        prefix + "updates.start_value", value == Math.rint(value) ? "" + (long) value : "" + value);
            }
            if (rollout.has("duration_minutes")) {
                metadata.put(
                        prefix + "updates.duration_minutes",
                        rollout.get("duration_minutes").asText());
            }
        }
        return metadata;
    }

    /** Before, at and after each rollout's start, in its middle and at its end. */
    private static Set<Long> times(Map<String, Map<String, JsonNode>> said) {
        Set<Long> times = new TreeSet<>(Set.of(1_784_900_000L));
        said.values().forEach(of -> {
            JsonNode rollout = of.get("rollout");
            if (rollout != null && rollout.has("start_epoch")) {
                long start = rollout.get("start_epoch").asLong();
                long length = 60 * rollout.path("duration_minutes").asLong(0);
                times.addAll(List.of(start - 1, start, start + length / 2, start + length, start + length + 1));
            }
        });
        return times;
    }

    @Test
    void ourGraphsHaveFedorasNodesEdgesAndMetadata() throws Exception {
        Map<String, Long> compared = new LinkedHashMap<>();
        for (String stream : STREAMS) {
            JsonNode releases = JSON.readTree(file("releases", stream)).path("releases");
            JsonNode updates = JSON.readTree(file("updates", stream));
            Map<String, Map<String, JsonNode>> said = said(updates);
            ReleaseIndex index = ReleaseIndex.parse(stream + " releases.json", file("releases", stream));
            UpdateMetadata metadata = UpdateMetadata.parse(stream + ".json", stream, file("updates", stream));
            for (String architecture : ARCHITECTURES) {
                for (Scheme scheme : Scheme.values()) {
                    Scope scope = new Scope(stream, architecture, scheme);
                    compare(scope, Graph.of(scope, index, metadata), releases, said, compared);
                }
            }
        }
        System.out.println("compared with Fedora's rules: " + compared);
        assertThat(compared.get("nodes")).isGreaterThan(1_000);
        assertThat(compared.get("edges")).isGreaterThan(50_000);
    }

    private static void compare(
            Scope scope,
            Graph graph,
            JsonNode releases,
            Map<String, Map<String, JsonNode>> said,
            Map<String, Long> compared) {
        List<String> versions = new ArrayList<>();
        for (int age = 0; age < releases.size(); age++) {
            String payload = payload(releases.get(age), scope);
            if (!payload.isEmpty()) {
                String version = releases.get(age).path("version").asText();
                GraphNode node = graph.nodes().get(versions.size());
                assertThat(node.version()).isEqualTo(version);
                assertThat(node.payload()).isEqualTo(payload);
                assertThat(node.metadata(scope.scheme()))
                        .as("%s %s", scope, version)
                        .isEqualTo(expectedMetadata(said.getOrDefault(version, Map.of()), age, scope.scheme()));
                versions.add(version);
                compared.merge("metadata", (long) node.metadata(scope.scheme()).size(), Long::sum);
            }
        }
        assertThat(graph.nodes()).hasSameSizeAs(versions);
        compared.merge("graphs", 1L, Long::sum);
        compared.merge("nodes", (long) versions.size(), Long::sum);
        for (long now : times(said)) {
            for (double wariness : WARINESS) {
                Set<String> edges = new TreeSet<>();
                graph.throttled(Instant.ofEpochSecond(now), wariness)
                        .edges()
                        .forEach(e -> edges.add(e.from() + ">" + e.to()));
                assertThat(edges)
                        .as("%s at %d for %s", scope, now, wariness)
                        .isEqualTo(expectedEdges(versions, said, now, wariness));
                compared.merge("throttled graphs", 1L, Long::sum);
                compared.merge("edges", (long) edges.size(), Long::sum);
            }
        }
    }

    /** With every state of the metadata that there ever was: whoever follows its hops gets to a release that has none before it. */
    @Test
    void everyStateOfThePastLoadsAndStrandsNobody() throws Exception {
        Map<String, Integer> seen = new LinkedHashMap<>();
        for (String stream : STREAMS) {
            ReleaseIndex index = ReleaseIndex.parse(stream + " releases.json", file("releases", stream));
            List<String> lines =
                    Files.readAllLines(data.resolve("updates-history").resolve(stream + ".jsonl"));
            for (int i = 0; i < lines.size(); i++) {
                JsonNode line = JSON.readTree(lines.get(i));
                UpdateMetadata updates = UpdateMetadata.parse(
                        stream + " state " + i, stream, JSON.writeValueAsBytes(line.path("updates")));
                for (String architecture : ARCHITECTURES) {
                    for (Scheme scheme : Scheme.values()) {
                        Scope scope = new Scope(stream, architecture, scheme);
                        strandsNobody(
                                Graph.of(scope, index, updates),
                                line.path("epoch").asLong());
                    }
                }
                seen.merge(stream, 1, Integer::sum);
            }
        }
        System.out.println("states of Fedora's metadata that were walked through: " + seen);
        assertThat(seen.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThan(600);
    }

    /** At the end of all rollouts, for the last to be let in, following the rollout. */
    private static void strandsNobody(Graph graph, long epoch) {
        Instant end = Instant.ofEpochSecond(epoch).plusSeconds(400L * 86_400);
        Pin pin = new Pin(null, null, java.time.Duration.ZERO, true);
        Set<Integer> arrives = new HashSet<>();
        int last = -1;
        for (int i = 0; i < graph.nodes().size(); i++) {
            GraphNode node = graph.nodes().get(i);
            boolean open = node.isRollout() && node.entry().rollout().isComplete(end);
            if (open || node.isBarrier() && !node.isRollout()) {
                last = i;
            }
        }
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            GraphNode node = graph.nodes().get(i);
            if (i >= last || node.isDeadend()) {
                arrives.add(i);
                continue;
            }
            NextHop hop = NextHop.of(new Question(graph, node, pin, Facts.NONE, 1, end));
            assertThat(hop.release())
                    .as("%s %s: %s", graph.scope(), node.version(), hop.why())
                    .isNotNull();
            assertThat(arrives).contains(graph.nodes().indexOf(hop.release()));
            arrives.add(i);
        }
    }
}
