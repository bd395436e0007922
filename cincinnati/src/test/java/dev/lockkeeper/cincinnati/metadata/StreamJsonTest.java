package dev.lockkeeper.cincinnati.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockkeeper.cincinnati.metadata.Takeover.Doubtful;
import dev.lockkeeper.cincinnati.metadata.Takeover.Same;
import dev.lockkeeper.cincinnati.metadata.Takeover.TakeOver;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata.Entry;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamJsonTest {

    private static StreamMetadata stream(String barrierOf) {
        Map<String, Entry> entries = new HashMap<>();
        entries.put("3", new Entry(null, "broken", new Rollout(1_784_728_800L, 0.25, 2_880L)));
        entries.put("5", new Entry(null, null, new Rollout(null, 1.0, null)));
        entries.put("7", new Entry(null, null, new Rollout(null, null, null)));
        if (barrierOf != null) {
            entries.put(barrierOf, new Entry("keys", null, null));
        }
        return new StreamMetadata(
                new ReleaseIndex(
                        "stable",
                        List.of(
                                new Release("1", 0, Map.of("x86_64", "c", "aarch64", "d"), Map.of()),
                                new Release("3", 3, Map.of(), Map.of("x86_64", "i@sha256:3")),
                                new Release("5", 4, Map.of("x86_64", "c5"), Map.of("s390x", "i@sha256:5")),
                                new Release("7", 9, Map.of(), Map.of()))),
                new UpdateMetadata("stable", entries));
    }

    private static StreamMetadata parse(String json) throws MetadataException {
        return StreamJson.parse("stored", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsWrittenIsReadBackAsItWas() throws Exception {
        StreamMetadata stream = stream("1");
        assertThat(StreamJson.parse("stored", StreamJson.write(stream))).isEqualTo(stream);
    }

    @Test
    void theSameMetadataHaveTheSameHashAndOthersAnother() {
        assertThat(StreamJson.hash(stream("1")))
                .isEqualTo(StreamJson.hash(stream("1")))
                .matches("[0-9a-f]{16}")
                .isNotEqualTo(StreamJson.hash(stream(null)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'releases': [{'version': '1'}]}                                     | stored: release 1: age is missing",
                "{'releases': [{'version': '1', 'age': 0}]}                           | stored: release 1: checksums is missing",
                "{'releases': [{'version': '1', 'age': 0, 'checksums': {}}]}          | stored: release 1: images is missing",
                "{'releases': []}                                                     | stored: stream: is missing or empty"
            })
    void whatIsNotOursIsRefused(String json, String message) {
        assertThatExceptionOfType(MetadataException.class)
                .isThrownBy(() -> parse(json))
                .withMessage(message);
    }

    // ---- taking over

    @Test
    void theFirstAndTheUndoubtedAreTakenOver() {
        StreamMetadata now = stream("1");
        assertThat(Takeover.of(null, now, null)).isEqualTo(new TakeOver(now));
        assertThat(Takeover.of(stream(null), now, null)).isEqualTo(new TakeOver(now));
        assertThat(Takeover.of(stream("1"), now, null)).isEqualTo(new Same());
    }

    @Test
    void theDoubtfulOnlyIfAPersonAcceptsExactlyThem() {
        StreamMetadata doubtful = stream(null);
        String hash = StreamJson.hash(doubtful);
        assertThat(Takeover.of(stream("1"), doubtful, null))
                .isEqualTo(new Doubtful(hash, List.of("Release 1 is no barrier any more.")));
        assertThat(Takeover.of(stream("1"), doubtful, "0123456789abcdef")).isInstanceOf(Doubtful.class);
        assertThat(Takeover.of(stream("1"), doubtful, hash)).isEqualTo(new TakeOver(doubtful));
    }
}
