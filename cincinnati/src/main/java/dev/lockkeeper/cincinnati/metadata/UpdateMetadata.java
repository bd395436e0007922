package dev.lockkeeper.cincinnati.metadata;

import java.util.HashMap;
import java.util.Map;

/**
 * A stream's update metadata, {@code updates.json}: which releases are barriers, dead-ends or being rolled out.
 *
 * <p>Source: {@code https://builds.coreos.fedoraproject.org/updates/<stream>.json}; the first schema, of 2019, is read too.
 */
public record UpdateMetadata(String stream, Map<String, Entry> releases) {

    /**
     * What is said of one release.
     *
     * @param barrier why no update may pass it; null: it is none
     * @param deadend why no update leads out of it; null: it is none
     * @param rollout null: it is not being rolled out, nor was at last
     */
    public record Entry(String barrier, String deadend, Rollout rollout) {

        /** A later one wins, for each of the three by itself. */
        Entry with(Entry later) {
            return new Entry(
                    later.barrier == null ? barrier : later.barrier,
                    later.deadend == null ? deadend : later.deadend,
                    later.rollout == null ? rollout : later.rollout);
        }
    }

    /** Nothing is said of it. */
    public static final Entry NONE = new Entry(null, null, null);

    /** Where none is given. */
    static final String NO_REASON = "generic";

    /** An entry that says nothing is none. */
    public UpdateMetadata {
        Map<String, Entry> said = new HashMap<>(releases);
        said.values().removeIf(NONE::equals);
        releases = Map.copyOf(said);
    }

    public Entry of(String version) {
        return releases.getOrDefault(version, NONE);
    }

    /**
     * Reads the public format.
     *
     * @param file what to call the document in an error
     * @param stream which stream it must be for
     * @throws MetadataException if it is not such a document, or for another stream
     */
    public static UpdateMetadata parse(String file, String stream, byte[] json) throws MetadataException {
        Place document = Place.document(file, json);
        Map<String, Entry> releases = new HashMap<>();
        if (document.has("updates")) {
            firstSchema(document.object("updates").orElseThrow(), releases);
        } else {
            if (!document.text("stream").equals(stream)) {
                throw document.wrong("is for stream " + document.text("stream") + ", not " + stream);
            }
            if (!document.has("releases")) {
                throw document.wrong("releases is missing");
            }
            for (Place release : document.objects("releases")) {
                String version = release.text("version");
                Place metadata = release.object("metadata")
                        .orElseThrow(() -> release.wrong("metadata is missing"))
                        .named(file + ": release " + version + ": metadata");
                add(releases, version, entry(metadata));
            }
        }
        return new UpdateMetadata(stream, releases);
    }

    private static void add(Map<String, Entry> releases, String version, Entry entry) {
        releases.merge(version, entry, Entry::with);
    }

    private static Entry entry(Place metadata) throws MetadataException {
        var barrier = metadata.object("barrier");
        var deadend = metadata.object("deadend");
        var rollout = metadata.object("rollout");
        return new Entry(
                barrier.isPresent() ? reason(barrier.get()) : null,
                deadend.isPresent() ? reason(deadend.get()) : null,
                rollout.isPresent() ? rollout(rollout.get(), "start_percentage") : null);
    }

    private static String reason(Place place) throws MetadataException {
        return place.optionalText("reason").filter(r -> !r.isEmpty()).orElse(NO_REASON);
    }

    private static Rollout rollout(Place place, String startValue) throws MetadataException {
        return new Rollout(
                place.wholeNumber("start_epoch").orElse(null),
                place.number(startValue).orElse(null),
                place.wholeNumber("duration_minutes").orElse(null));
    }

    private static void firstSchema(Place updates, Map<String, Entry> releases) throws MetadataException {
        for (Place barrier : updates.objects("barriers")) {
            add(releases, barrier.text("version"), new Entry(reason(barrier), null, null));
        }
        for (Place deadend : updates.objects("deadends")) {
            add(releases, deadend.text("version"), new Entry(null, reason(deadend), null));
        }
        for (Place rollout : updates.objects("rollouts")) {
            add(releases, rollout.text("version"), new Entry(null, null, rollout(rollout, "start_value")));
        }
    }
}
