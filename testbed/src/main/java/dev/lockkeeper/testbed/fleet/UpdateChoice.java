package dev.lockkeeper.testbed.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Chooses an update from a graph exactly as Zincati does.
 *
 * <ol>
 *   <li>Every value of every node's metadata must be a text, else the whole graph is rejected.
 *   <li>The booted node is the first one with the machine's scheme and exactly its payload. None, or a dead-end: no update.
 *   <li>All targets of its edges must be well-formed, else the check fails.
 *   <li>Of those that are not denied, the one with the highest age index is it, if that is newer than the booted one.
 * </ol>
 *
 * <p>Source: zincati, {@code src/cincinnati/}.
 */
final class UpdateChoice {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "org.fedoraproject.coreos.";
    private static final Pattern IMAGE = Pattern.compile("[^@ ]+@sha256:[0-9a-f]{64}");

    /** What came of a check. */
    sealed interface Outcome {}

    record Update(Release to) implements Outcome {}

    record NoUpdate(String why) implements Outcome {}

    /** The agent rejects the answer. */
    record Failed(String why) implements Outcome {}

    record Release(String version, String payload, long ageIndex) {}

    private UpdateChoice() {}

    static Outcome of(String body, boolean oci, String payload, Set<String> denied) {
        try {
            return choose(JSON.readTree(body), oci ? "oci" : "checksum", payload, denied);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return new Failed(e.getMessage());
        }
    }

    private static Outcome choose(JsonNode graph, String scheme, String payload, Set<String> denied) {
        JsonNode nodes = array(graph, "nodes");
        int booted = -1;
        for (int i = 0; i < nodes.size(); i++) {
            JsonNode node = nodes.get(i);
            text(node, "version");
            node.path("metadata").forEach(value -> {
                if (!value.isTextual()) {
                    throw new IllegalArgumentException("metadata value " + value + " is no text");
                }
            });
            if (!node.path("metadata").isObject()) {
                throw new IllegalArgumentException("node " + i + " has no metadata");
            }
            boolean own = scheme.equals(metadata(node, "scheme"))
                    && text(node, "payload").equals(payload);
            booted = booted < 0 && own ? i : booted;
        }
        if (booted < 0) {
            return new NoUpdate("the booted release was not found in the update graph");
        }
        JsonNode own = nodes.get(booted);
        if ("true".equals(metadata(own, "updates.deadend"))) {
            return new NoUpdate("the booted release is a dead-end");
        }
        Release from = release(own, scheme);
        List<Release> targets = new ArrayList<>();
        for (JsonNode edge : array(graph, "edges")) {
            if (edge.path(0).asInt(-1) == booted) {
                targets.add(release(nodes.path(edge.path(1).asInt(-1)), scheme));
            }
        }
        return targets.stream()
                .filter(target -> !denied.contains(target.version()))
                .max(Comparator.comparingLong(Release::ageIndex)
                        .thenComparing(Release::version)
                        .thenComparing(Release::payload))
                .filter(target -> target.ageIndex() > from.ageIndex())
                .<Outcome>map(Update::new)
                .orElseGet(() -> new NoUpdate("there is no newer release"));
    }

    private static Release release(JsonNode node, String scheme) {
        String own = metadata(node, "scheme");
        String age = metadata(node, "releases.age_index");
        String payload = text(node, "payload");
        if (!scheme.equals(own)) {
            throw new IllegalArgumentException("scheme is " + own + ", not " + scheme);
        }
        if (age == null || !age.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("age_index is " + age);
        }
        if (scheme.equals("oci") && !IMAGE.matcher(payload).matches()) {
            throw new IllegalArgumentException("payload " + payload + " is no image by digest");
        }
        return new Release(text(node, "version"), payload, Long.parseLong(age));
    }

    private static JsonNode array(JsonNode graph, String field) {
        if (!graph.path(field).isArray()) {
            throw new IllegalArgumentException(field + " is no array");
        }
        return graph.path(field);
    }

    private static String text(JsonNode node, String field) {
        if (!node.path(field).isTextual()) {
            throw new IllegalArgumentException(field + " is no text");
        }
        return node.path(field).asText();
    }

    private static String metadata(JsonNode node, String key) {
        JsonNode value = node.path("metadata").path(PREFIX + key);
        return value.isTextual() ? value.asText() : null;
    }
}
