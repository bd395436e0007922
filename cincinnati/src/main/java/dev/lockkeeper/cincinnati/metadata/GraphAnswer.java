package dev.lockkeeper.cincinnati.metadata;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One scope's graph as another Cincinnati server answers it, read back into what it was made from.
 *
 * <p>It should be asked for with {@code rollout_wariness=0}, so that no rollout is hidden. A release that edges lead into is offered by
 * that server: one that is neither barrier nor rollout counts as a rollout that is open to all.
 *
 * @param architecture by Fedora's name
 * @param releases by age index
 */
public record GraphAnswer(String architecture, Scheme scheme, Map<Integer, Answered> releases) {

    /** One release in it. */
    public record Answered(String version, String payload, UpdateMetadata.Entry entry) {}

    private static final Rollout OPEN = new Rollout(null, 1.0, null);

    public GraphAnswer {
        releases = Map.copyOf(releases);
    }

    /**
     * Reads an answer.
     *
     * @param file what to call it in an error
     * @throws MetadataException if it is no such answer: a field that matters is missing or of the wrong type, a release, payload or age
     *     index is there twice, an edge leads nowhere, or a node is of another scheme
     */
    public static GraphAnswer parse(String file, String architecture, Scheme scheme, byte[] json)
            throws MetadataException {
        Place document = Place.document(file, json);
        Set<Integer> targets = new HashSet<>();
        if (!document.has("nodes")) {
            throw document.wrong("nodes is missing");
        }
        List<Place> nodes = document.objects("nodes");
        for (int[] edge : document.pairs("edges")) {
            if (edge[0] < 0 || edge[1] < 0 || edge[0] >= nodes.size() || edge[1] >= nodes.size()) {
                throw document.wrong("an edge leads from " + edge[0] + " to " + edge[1] + ", and there are "
                        + nodes.size() + " nodes");
            }
            targets.add(edge[1]);
        }
        Map<Integer, Answered> releases = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            String version = nodes.get(i).text("version");
            Place release = nodes.get(i).named(file + ": release " + version);
            String payload = release.text("payload");
            Place place = release.object("metadata").orElseThrow(() -> release.wrong("metadata is missing"));
            Map<String, String> metadata = place.texts();
            NodeMetadata.checkScheme(place, metadata, scheme);
            int age = NodeMetadata.ageIndex(place, metadata);
            boolean twice = !names.add("version " + version) | !names.add("payload " + payload);
            if (twice
                    || releases.put(age, new Answered(version, payload, entry(place, metadata, targets.contains(i))))
                            != null) {
                throw release.wrong("its version, payload or age index is there twice");
            }
        }
        return new GraphAnswer(architecture, scheme, releases);
    }

    private static UpdateMetadata.Entry entry(Place place, Map<String, String> metadata, boolean offered)
            throws MetadataException {
        UpdateMetadata.Entry entry = NodeMetadata.entry(place, metadata);
        boolean open = offered && entry.barrier() == null && entry.rollout() == null;
        return open ? new UpdateMetadata.Entry(null, entry.deadend(), OPEN) : entry;
    }

    /**
     * A stream from the answers of all its scopes.
     *
     * @throws MetadataException if two of them do not fit together, or all are empty: so a server answers before it has loaded anything
     */
    public static StreamMetadata join(String stream, List<GraphAnswer> answers) throws MetadataException {
        Map<Integer, String> versions = new TreeMap<>();
        Map<Integer, Map<String, String>> checksums = new HashMap<>();
        Map<Integer, Map<String, String>> images = new HashMap<>();
        Map<String, UpdateMetadata.Entry> entries = new HashMap<>();
        for (GraphAnswer answer : answers) {
            for (Map.Entry<Integer, Answered> each : answer.releases().entrySet()) {
                int age = each.getKey();
                Answered release = each.getValue();
                String other = versions.putIfAbsent(age, release.version());
                if (other != null && !other.equals(release.version())) {
                    throw new MetadataException("stream " + stream + ": age index " + age + " is of " + other
                            + " in one scope and of " + release.version() + " in another");
                }
                (answer.scheme() == Scheme.OCI ? images : checksums)
                        .computeIfAbsent(age, _ -> new HashMap<>())
                        .put(answer.architecture(), release.payload());
                entries.merge(release.version(), release.entry(), UpdateMetadata.Entry::with);
            }
        }
        if (versions.isEmpty()) {
            throw new MetadataException("stream " + stream + ": no scope has a release");
        }
        List<Release> releases = versions.entrySet().stream()
                .map(v -> new Release(
                        v.getValue(),
                        v.getKey(),
                        checksums.getOrDefault(v.getKey(), Map.of()),
                        images.getOrDefault(v.getKey(), Map.of())))
                .toList();
        return new StreamMetadata(new ReleaseIndex(stream, releases), new UpdateMetadata(stream, entries));
    }
}
