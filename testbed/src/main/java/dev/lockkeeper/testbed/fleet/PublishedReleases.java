package dev.lockkeeper.testbed.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Releases of one stream as Fedora would publish them, with made-up digests: what a graph is made from in a test. */
public final class PublishedReleases {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String IMAGE = "quay.io/fedora/fedora-coreos";

    private final String stream;
    private final Map<String, Set<Architecture>> releases = new LinkedHashMap<>();
    private final Map<String, ObjectNode> metadata = new LinkedHashMap<>();
    private boolean commits;

    public PublishedReleases(String stream) {
        this.stream = stream;
    }

    public String stream() {
        return stream;
    }

    /** The image that a release is, for an architecture: the same in every run. */
    public static String payload(String version, Architecture architecture) {
        return IMAGE + "@sha256:" + hash(version + " " + architecture.coreosName());
    }

    /** The OSTree commit that a release is, for an architecture: the same in every run. */
    public static String commit(String version, Architecture architecture) {
        return hash(version + " " + architecture.coreosName() + " commit");
    }

    private static String hash(String text) {
        try {
            byte[] bytes = ("lockkeeper testbed " + text).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256: use a complete JDK.", e);
        }
    }

    /** Adds a release that is newer than all before, for these architectures; none: for all. */
    public PublishedReleases release(String version, Architecture... architectures) {
        releases.put(version, Set.of(architectures.length == 0 ? Architecture.values() : architectures));
        return this;
    }

    /** Every release has OSTree commits besides its images. */
    public PublishedReleases withCommits() {
        commits = true;
        return this;
    }

    /** Adds a release whose rollout is over. */
    public PublishedReleases out(String version) {
        return release(version).rollout(version, Instant.EPOCH, 1, Duration.ZERO);
    }

    public PublishedReleases barrier(String version) {
        of(version).putObject("barrier").put("reason", "https://example.org/barrier");
        return this;
    }

    public PublishedReleases deadend(String version) {
        of(version).putObject("deadend").put("reason", "https://example.org/deadend");
        return this;
    }

    /**
     * Lets a release out over time.
     *
     * @param share at the start, from 0 to 1
     * @param duration zero: it stays at the share
     */
    public PublishedReleases rollout(String version, Instant start, double share, Duration duration) {
        ObjectNode rollout = of(version).putObject("rollout");
        rollout.put("start_epoch", start.getEpochSecond());
        rollout.put("start_percentage", share);
        if (!duration.isZero()) {
            rollout.put("duration_minutes", duration.toMinutes());
        }
        return this;
    }

    /** Takes the release's rollout back. */
    public PublishedReleases withdraw(String version) {
        of(version).remove("rollout");
        return this;
    }

    /** Removes a release from the index. */
    public PublishedReleases remove(String version) {
        releases.remove(version);
        return this;
    }

    private ObjectNode of(String version) {
        return metadata.computeIfAbsent(version, _ -> JSON.objectNode());
    }

    public List<String> versions() {
        return List.copyOf(releases.keySet());
    }

    public Set<String> barriers() {
        Set<String> barriers = new HashSet<>();
        metadata.forEach((version, said) -> {
            if (said.has("barrier")) {
                barriers.add(version);
            }
        });
        return barriers;
    }

    /** The release index, in the format of {@code releases.json}. */
    public String index() {
        ObjectNode json = JSON.objectNode();
        json.put("stream", stream);
        ArrayNode all = json.putArray("releases");
        releases.forEach((version, architectures) -> {
            ObjectNode release = all.addObject();
            release.put("version", version);
            if (commits) {
                ArrayNode listed = release.putArray("commits");
                Arrays.stream(Architecture.values())
                        .filter(architectures::contains)
                        .forEach(architecture -> listed.addObject()
                                .put("architecture", architecture.coreosName())
                                .put("checksum", commit(version, architecture)));
            }
            ArrayNode images = release.putArray("oci-images");
            Arrays.stream(Architecture.values())
                    .filter(architectures::contains)
                    .forEach(architecture -> images.addObject()
                            .put("architecture", architecture.coreosName())
                            .put("image", IMAGE)
                            .put("digest-ref", payload(version, architecture)));
        });
        return json.toPrettyString();
    }

    /** The update metadata, in the format of {@code updates/<stream>.json}. */
    public String updates() {
        ObjectNode json = JSON.objectNode();
        json.put("stream", stream);
        ArrayNode all = json.putArray("releases");
        metadata.forEach((version, said) -> {
            ObjectNode release = all.addObject();
            release.put("version", version);
            release.set("metadata", said.deepCopy());
        });
        return json.toPrettyString();
    }

    /** Both, as the keys of a ConfigMap that is the source of an UpdateGraph. */
    public Map<String, String> files() {
        return Map.of("releases-" + stream + ".json", index(), "updates-" + stream + ".json", updates());
    }
}
