package dev.lockkeeper.testbed.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Chooses an update from a server's answer as Zincati does.
 *
 * <ol>
 *   <li>The whole graph must be readable: see {@link AgentGraph}.
 *   <li>The booted node is the first one with the machine's scheme and exactly its payload. None: no update, and no error.
 *   <li>Neither is one if it is a dead-end. Zincati only warns there, and trusts its server to show no edge out of it.
 *   <li>All targets of its edges must be well-formed, the denied ones too, else the check fails.
 *   <li>Of those that are not denied, the newest is it, by age index, then by version and payload as texts.
 *   <li>It must be newer than the booted one in that same order.
 * </ol>
 *
 * <p>It shares no code with the server that it judges. Source: zincati, {@code src/cincinnati/} and
 * {@code src/rpm_ostree/mod.rs}.
 */
final class UpdateChoice {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "org.fedoraproject.coreos.";
    private static final Pattern IMAGE = Pattern.compile("[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}");
    private static final Comparator<Target> BY_AGE = Comparator.comparing(Target::ageIndex, Long::compareUnsigned)
            .thenComparing(Target::version)
            .thenComparing(Target::payload);

    /** What came of a check. */
    sealed interface Outcome {
        /** How many edges the whole graph has; 0 if there is none. */
        int edges();
    }

    record Update(int edges, OsRelease to) implements Outcome {}

    record NoUpdate(int edges, Why why) implements Outcome {}

    /** @param kind as Zincati labels its metric of failed checks */
    record Failed(int edges, String kind, String reason) implements Outcome {}

    enum Why {
        NOT_IN_GRAPH,
        DEAD_END,
        /** No edge leads out, or only such as lead to denied releases. */
        NO_TARGET,
        NOT_NEWER
    }

    private record Target(String version, String payload, long ageIndex) {}

    private UpdateChoice() {}

    /**
     * @param payload what the machine has booted
     * @param denied payloads that the agent found on its disk when it started
     */
    static Outcome of(byte[] graph, String payload, Set<String> denied) {
        AgentGraph read;
        try {
            read = AgentGraph.read(graph);
        } catch (IOException e) {
            return new Failed(0, "client_failed_json_decoding", String.valueOf(e.getMessage()));
        }
        return choose(read, payload, denied);
    }

    /** What an answer says whose status is no 2xx. */
    static Failed refused(int status, byte[] body) {
        try {
            JsonNode error = JSON.readTree(body);
            if (error.path("kind").isTextual() && error.path("value").isTextual()) {
                return new Failed(
                        0, error.get("kind").textValue(), error.get("value").textValue());
            }
        } catch (IOException e) {
            // No JSON: told by the status alone.
        }
        return new Failed(0, "generic_http_" + status, "(unknown/generic server error)");
    }

    private static Outcome choose(AgentGraph graph, String payload, Set<String> denied) {
        int edges = graph.edges().size();
        int booted = position(graph, payload);
        if (booted < 0) {
            return new NoUpdate(edges, Why.NOT_IN_GRAPH);
        }
        AgentGraph.Node own = graph.nodes().get(booted);
        List<Target> targets = new ArrayList<>();
        Target from;
        try {
            from = target(own);
            if ("true".equals(own.metadata().get(PREFIX + "updates.deadend"))) {
                return new NoUpdate(edges, Why.DEAD_END);
            }
            for (AgentGraph.Edge edge : graph.edges()) {
                if (edge.from() == booted) {
                    if (edge.to() < 0 || edge.to() >= graph.nodes().size()) {
                        return new Failed(
                                edges,
                                "client_failed_node_lookup",
                                "target node '" + Long.toUnsignedString(edge.to()) + "' not present in graph");
                    }
                    targets.add(target(graph.nodes().get((int) edge.to())));
                }
            }
        } catch (IllegalArgumentException e) {
            return new Failed(edges, "client_failed_node_parsing", e.getMessage());
        }
        Optional<Target> newest = targets.stream()
                .filter(target -> !denied.contains(target.payload()))
                .max(BY_AGE);
        if (newest.isEmpty()) {
            return new NoUpdate(edges, Why.NO_TARGET);
        }
        return BY_AGE.compare(newest.get(), from) > 0
                ? new Update(
                        edges, OsRelease.of(newest.get().version(), newest.get().payload()))
                : new NoUpdate(edges, Why.NOT_NEWER);
    }

    private static int position(AgentGraph graph, String payload) {
        String scheme = OsRelease.isImage(payload) ? "oci" : "checksum";
        for (int i = 0; i < graph.nodes().size(); i++) {
            AgentGraph.Node node = graph.nodes().get(i);
            if (scheme.equals(node.metadata().get(PREFIX + "scheme"))
                    && node.payload().equals(payload)) {
                return i;
            }
        }
        return -1;
    }

    /** @throws IllegalArgumentException if the node is not well-formed */
    private static Target target(AgentGraph.Node node) {
        String scheme = node.metadata().get(PREFIX + "scheme");
        String age = node.metadata().get(PREFIX + "releases.age_index");
        check(!node.version().isEmpty(), "empty version field");
        check(!node.payload().isEmpty(), "empty payload field");
        check("checksum".equals(scheme) || "oci".equals(scheme), "unexpected payload scheme: " + scheme);
        check(
                scheme.equals("checksum") || IMAGE.matcher(node.payload()).matches(),
                "payload " + node.payload() + " is no image by digest");
        check(age != null && age.matches("\\+?[0-9]+"), "invalid age_index value: " + age);
        return new Target(node.version(), node.payload(), Long.parseUnsignedLong(age));
    }

    private static void check(boolean good, String otherwise) {
        if (!good) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
