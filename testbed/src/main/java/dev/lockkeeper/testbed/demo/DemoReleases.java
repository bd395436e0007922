package dev.lockkeeper.testbed.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The releases of the demo, in the two files that Fedora publishes for a stream: true versions and barriers, made-up digests. */
final class DemoReleases {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INDEX = "releases-stable.json";
    private static final String UPDATES = "updates-stable.json";

    private final ObjectNode index = read(INDEX);
    private final ObjectNode updates = read(UPDATES);

    private static ObjectNode read(String file) {
        try (InputStream in = DemoReleases.class.getResourceAsStream(file)) {
            return (ObjectNode) JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " is part of the testbed", e);
        }
    }

    /** As a ConfigMap that is the source of an UpdateGraph has them. */
    Map<String, String> files() {
        return Map.of(INDEX, index.toPrettyString(), UPDATES, updates.toPrettyString());
    }

    List<String> versions() {
        List<String> versions = new ArrayList<>();
        index.path("releases")
                .forEach(release -> versions.add(release.path("version").asText()));
        return versions;
    }

    List<String> barriers() {
        List<String> barriers = new ArrayList<>();
        for (JsonNode release : updates.path("releases")) {
            if (release.path("metadata").has("barrier")) {
                barriers.add(release.path("version").asText());
            }
        }
        return barriers;
    }

    /** The barriers that a step from one release to another leaves out. */
    List<String> jumped(String from, String to) {
        List<String> versions = versions();
        return barriers().stream()
                .filter(b -> versions.indexOf(b) > versions.indexOf(from) && versions.indexOf(b) < versions.indexOf(to))
                .toList();
    }

    /** One more release, which is out for all. */
    void add(String version) {
        ArrayNode images = ((ArrayNode) index.get("releases"))
                .addObject()
                .put("version", version)
                .putArray("oci-images");
        for (Architecture architecture : Architecture.values()) {
            images.addObject()
                    .put("architecture", architecture.coreosName())
                    .put("image", "quay.io/fedora/fedora-coreos")
                    .put("digest-ref", PublishedReleases.payload(version, architecture));
        }
        ((ArrayNode) updates.get("releases"))
                .addObject()
                .put("version", version)
                .putObject("metadata")
                .putObject("rollout")
                .put("start_epoch", Instant.EPOCH.getEpochSecond())
                .put("start_percentage", 1.0);
    }
}
