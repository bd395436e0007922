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

/**
 * The releases of the demo, in the two files that Fedora publishes for a stream. Versions and barriers are true. Digests are
 * made up, as {@link PublishedReleases} makes them, and so is the dead-end; every release has commits and images, so that
 * machines of both schemes can be shown.
 */
public final class DemoReleases {

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
    public Map<String, String> files() {
        return Map.of(INDEX, index.toPrettyString(), UPDATES, updates.toPrettyString());
    }

    /** The oldest first. */
    public List<String> versions() {
        List<String> versions = new ArrayList<>();
        index.path("releases")
                .forEach(release -> versions.add(release.path("version").asText()));
        return versions;
    }

    /** The oldest first. */
    public List<String> barriers() {
        return said("barrier");
    }

    public List<String> deadends() {
        return said("deadend");
    }

    private List<String> said(String what) {
        List<String> versions = new ArrayList<>();
        for (JsonNode release : updates.path("releases")) {
            if (release.path("metadata").has(what)) {
                versions.add(release.path("version").asText());
            }
        }
        return versions;
    }

    /**
     * What an agent says of the release that it runs, see {@code MachineSpec.withPayload}.
     *
     * @param scheme {@code oci} or {@code checksum}
     * @throws IllegalArgumentException if there is none
     */
    public String payload(String version, Architecture architecture, String scheme) {
        boolean image = scheme.equals("oci");
        for (JsonNode release : index.path("releases")) {
            if (release.path("version").asText().equals(version)) {
                for (JsonNode payload : release.path(image ? "oci-images" : "commits")) {
                    if (payload.path("architecture").asText().equals(architecture.coreosName())) {
                        return payload.path(image ? "digest-ref" : "checksum").asText();
                    }
                }
            }
        }
        throw new IllegalArgumentException("The demo has no release " + version + ": it has " + versions() + ".");
    }

    /** The barriers that a step from one release to another leaves out. */
    public List<String> jumped(String from, String to) {
        List<String> versions = versions();
        return barriers().stream()
                .filter(b -> versions.indexOf(b) > versions.indexOf(from) && versions.indexOf(b) < versions.indexOf(to))
                .toList();
    }

    /** One more release, which is out for all. */
    public void add(String version) {
        ObjectNode release = ((ArrayNode) index.get("releases")).addObject().put("version", version);
        ArrayNode commits = release.putArray("commits");
        ArrayNode images = release.putArray("oci-images");
        for (Architecture architecture : Architecture.values()) {
            commits.addObject()
                    .put("architecture", architecture.coreosName())
                    .put("checksum", PublishedReleases.commit(version, architecture));
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
