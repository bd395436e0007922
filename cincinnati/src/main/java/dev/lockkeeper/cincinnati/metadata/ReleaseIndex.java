package dev.lockkeeper.cincinnati.metadata;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A stream's release index, {@code releases.json}: every release there ever was, the oldest build first.
 *
 * <p>Source: {@code https://builds.coreos.fedoraproject.org/prod/streams/<stream>/releases.json}.
 */
public record ReleaseIndex(String stream, List<Release> releases) {

    private static final int LONGEST_VERSION = 100;

    public ReleaseIndex {
        releases = List.copyOf(releases);
    }

    /**
     * Reads the public format.
     *
     * @param file what to call the document in an error
     * @throws MetadataException if it is not such a document: it is no JSON object, has no release, lists one twice, or a field that
     *     matters is missing or of the wrong type
     */
    public static ReleaseIndex parse(String file, byte[] json) throws MetadataException {
        Place document = Place.document(file, json);
        String stream = document.text("stream");
        List<Release> releases = new ArrayList<>();
        Set<String> versions = new HashSet<>();
        for (Place entry : document.objects("releases")) {
            String version = entry.text("version");
            Place release = entry.named(file + ": release " + version);
            if (version.length() > LONGEST_VERSION || !version.matches("[0-9A-Za-z.-]+")) {
                throw release.wrong("version must be of letters, digits, dots and dashes, at most " + LONGEST_VERSION);
            }
            if (!versions.add(version)) {
                throw release.wrong("is listed twice");
            }
            releases.add(new Release(
                    version,
                    releases.size(),
                    payloads(release, "commits", "checksum"),
                    payloads(release, "oci-images", "digest-ref")));
        }
        if (releases.isEmpty()) {
            throw document.wrong("releases is missing or empty");
        }
        return new ReleaseIndex(stream, releases);
    }

    /** Of an architecture that is listed twice the last counts; an empty payload is none. */
    private static Map<String, String> payloads(Place release, String list, String field) throws MetadataException {
        Map<String, String> payloads = new HashMap<>();
        for (Place payload : release.objects(list)) {
            String architecture = payload.text("architecture");
            String value = payload.optionalText(field).orElse("");
            if (value.isEmpty()) {
                payloads.remove(architecture);
            } else {
                payloads.put(architecture, value);
            }
        }
        return payloads;
    }
}
