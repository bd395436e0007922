package dev.lockkeeper.operator.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockkeeper.cincinnati.metadata.MetadataException;
import dev.lockkeeper.cincinnati.metadata.StreamJson;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Writes and reads a stream's data as the binary data of a ConfigMap: compressed JSON, in Base64 as the API has it. The same data give
 * the same texts.
 */
public final class StreamFiles {

    public static final String METADATA = "metadata.json.gz";
    public static final String LEDGER = "ledger.json.gz";

    /** The API server takes objects of 1 MiB; the rest is for names. */
    static final int MOST_BYTES = 900 * 1024;

    /** No stream is that large when it is not compressed; a ConfigMap that is was not written here. */
    private static final int MOST_PLAIN_BYTES = 64 * 1024 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private StreamFiles() {}

    /** @throws MetadataException if they are too large for a ConfigMap */
    public static Map<String, String> write(StreamData data) throws MetadataException {
        byte[] metadata = packed(StreamJson.write(data.metadata()));
        byte[] ledger = packed(ledger(data.ledger()));
        if (metadata.length + ledger.length > MOST_BYTES) {
            throw new MetadataException("stream " + data.metadata().stream() + " takes "
                    + (metadata.length + ledger.length) + " bytes when compressed, and a ConfigMap holds "
                    + MOST_BYTES);
        }
        Base64.Encoder base64 = Base64.getEncoder();
        return Map.of(METADATA, base64.encodeToString(metadata), LEDGER, base64.encodeToString(ledger));
    }

    private static byte[] ledger(Ledger ledger) {
        ObjectNode json = JSON.createObjectNode();
        times(json.putObject("firstSeen"), ledger.firstSeen());
        times(json.putObject("completed"), ledger.completed());
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void times(ObjectNode json, Map<String, Instant> times) {
        new TreeMap<>(times).forEach((version, at) -> json.put(version, at.toString()));
    }

    /**
     * @param name what to call it in an error
     * @throws MetadataException if it was not written by {@link #write}
     */
    public static StreamData read(String name, Map<String, String> data) throws MetadataException {
        try {
            byte[] metadata = unpacked(name, METADATA, data);
            JsonNode ledger = JSON.readTree(unpacked(name, LEDGER, data));
            return new StreamData(
                    StreamJson.parse(name, metadata),
                    new Ledger(times(ledger.path("firstSeen")), times(ledger.path("completed"))));
        } catch (JsonProcessingException | DateTimeParseException e) {
            throw new MetadataException(name + ", key " + LEDGER + ": cannot be read: " + e.getMessage(), e);
        } catch (IOException | IllegalArgumentException e) {
            throw new MetadataException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, Instant> times(JsonNode json) {
        Map<String, Instant> times = new HashMap<>();
        json.properties()
                .forEach(p -> times.put(p.getKey(), Instant.parse(p.getValue().asText())));
        return times;
    }

    private static byte[] packed(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory does not fail", e);
        }
        return out.toByteArray();
    }

    private static byte[] unpacked(String name, String key, Map<String, String> data)
            throws IOException, MetadataException {
        String text = data == null ? null : data.get(key);
        if (text == null) {
            throw new MetadataException(name + ": key " + key + " is missing");
        }
        try (GZIPInputStream gzip =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
            byte[] plain = gzip.readNBytes(MOST_PLAIN_BYTES + 1);
            if (plain.length > MOST_PLAIN_BYTES) {
                throw new MetadataException(name + ": key " + key + " is larger than " + MOST_PLAIN_BYTES + " bytes");
            }
            return plain;
        }
    }
}
