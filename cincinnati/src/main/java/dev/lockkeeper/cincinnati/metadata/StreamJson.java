package dev.lockkeeper.cincinnati.metadata;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps one stream's metadata as JSON of our own, whatever source they came from. The same metadata give the same bytes, so that a hash
 * of them names them.
 */
public final class StreamJson {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int HASH_BYTES = 8;

    private StreamJson() {}

    public static byte[] write(StreamMetadata metadata) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("stream", metadata.stream());
            json.writeArrayFieldStart("releases");
            for (Release release : metadata.index().releases()) {
                json.writeStartObject();
                json.writeStringField("version", release.version());
                json.writeNumberField("age", release.ageIndex());
                texts(json, "checksums", release.checksums());
                texts(json, "images", release.images());
                entry(json, metadata.updates().of(release.version()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory does not fail", e);
        }
        return out.toByteArray();
    }

    private static void texts(JsonGenerator json, String field, Map<String, String> texts) throws IOException {
        json.writeObjectFieldStart(field);
        for (Map.Entry<String, String> text : new TreeMap<>(texts).entrySet()) {
            json.writeStringField(text.getKey(), text.getValue());
        }
        json.writeEndObject();
    }

    private static void entry(JsonGenerator json, UpdateMetadata.Entry entry) throws IOException {
        if (entry.barrier() != null) {
            json.writeStringField("barrier", entry.barrier());
        }
        if (entry.deadend() != null) {
            json.writeStringField("deadend", entry.deadend());
        }
        if (entry.rollout() != null) {
            Rollout rollout = entry.rollout();
            json.writeObjectFieldStart("rollout");
            if (rollout.startEpoch() != null) {
                json.writeNumberField("start_epoch", rollout.startEpoch());
            }
            if (rollout.startValue() != null) {
                json.writeNumberField("start_value", rollout.startValue());
            }
            if (rollout.durationMinutes() != null) {
                json.writeNumberField("duration_minutes", rollout.durationMinutes());
            }
            json.writeEndObject();
        }
    }

    /** @throws MetadataException if it was not written by {@link #write} */
    public static StreamMetadata parse(String name, byte[] json) throws MetadataException {
        Place document = Place.document(name, json);
        List<Release> releases = new ArrayList<>();
        Map<String, UpdateMetadata.Entry> entries = new HashMap<>();
        for (Place place : document.objects("releases")) {
            String version = place.text("version");
            Place release = place.named(name + ": release " + version);
            long age = release.wholeNumber("age").orElseThrow(() -> release.wrong("age is missing"));
            releases.add(
                    new Release(version, Math.toIntExact(age), texts(release, "checksums"), texts(release, "images")));
            entries.put(version, entry(release));
        }
        String stream = document.text("stream");
        return new StreamMetadata(new ReleaseIndex(stream, releases), new UpdateMetadata(stream, entries));
    }

    private static Map<String, String> texts(Place release, String field) throws MetadataException {
        return release.object(field)
                .orElseThrow(() -> release.wrong(field + " is missing"))
                .texts();
    }

    private static UpdateMetadata.Entry entry(Place release) throws MetadataException {
        var place = release.object("rollout");
        Rollout rollout = place.isEmpty()
                ? null
                : new Rollout(
                        place.get().wholeNumber("start_epoch").orElse(null),
                        place.get().number("start_value").orElse(null),
                        place.get().wholeNumber("duration_minutes").orElse(null));
        return new UpdateMetadata.Entry(
                release.optionalText("barrier").orElse(null),
                release.optionalText("deadend").orElse(null),
                rollout);
    }

    /** A short name for exactly these metadata: 16 hexadecimal digits. */
    public static String hash(StreamMetadata metadata) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(write(metadata));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
