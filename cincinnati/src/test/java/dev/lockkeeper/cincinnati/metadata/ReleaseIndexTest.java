package dev.lockkeeper.cincinnati.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseIndexTest {

    private static ReleaseIndex parse(String json) throws MetadataException {
        return ReleaseIndex.parse(
                "releases-stable.json", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsVersionsInTheirOrderWithTheirPayloads() throws Exception {
        ReleaseIndex index = parse("""
                {'stream': 'stable', 'note': 'whatever', 'releases': [
                  {'version': '43.1', 'metadata': 'https://x/', 'commits': [{'architecture': 'x86_64', 'checksum': 'c1'}]},
                  {'version': '44.1', 'oci-images': [
                    {'architecture': 'x86_64', 'image': 'i', 'digest-ref': 'i@sha256:a'},
                    {'architecture': 's390x', 'image': 'i', 'digest-ref': 'i@sha256:b'}]}]}""");
        assertThat(index.stream()).isEqualTo("stable");
        assertThat(index.releases()).extracting(Release::version).containsExactly("43.1", "44.1");
        assertThat(index.releases()).extracting(Release::ageIndex).containsExactly(0, 1);
        Release old = index.releases().getFirst();
        assertThat(old.payload("x86_64", Scheme.CHECKSUM)).hasValue("c1");
        assertThat(old.payload("x86_64", Scheme.OCI)).isEmpty();
        assertThat(old.payload("aarch64", Scheme.CHECKSUM)).isEmpty();
        assertThat(index.releases().getLast().payload("s390x", Scheme.OCI)).hasValue("i@sha256:b");
    }

    @Test
    void ofAnArchitectureThatIsListedTwiceTheLastCountsAndAnEmptyPayloadIsNone() throws Exception {
        Release release = parse("""
                {'stream': 'stable', 'releases': [{'version': '43.1', 'commits': [
                  {'architecture': 'x86_64', 'checksum': 'c1'}, {'architecture': 'x86_64', 'checksum': 'c2'},
                  {'architecture': 'aarch64', 'checksum': ''}, {'architecture': 's390x', 'checksum': 'c3'},
                  {'architecture': 's390x'}]}]}""").releases().getFirst();
        assertThat(release.checksums()).containsOnly(java.util.Map.entry("x86_64", "c2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                        | releases-stable.json: must be an object, is array",
                "{'stream': 'stable'                       | releases-stable.json: is not JSON:",
                "{'stream': 'stable'} {}                   | releases-stable.json: is not JSON:",
                "{'stream': 'a', 'stream': 'b'}            | releases-stable.json: is not JSON:",
                "{'releases': []}                          | releases-stable.json: stream: is missing or empty",
                "{'stream': 'stable'}                      | releases-stable.json: releases is missing or empty",
                "{'stream': 'stable', 'releases': []}      | releases-stable.json: releases is missing or empty",
                "{'stream': 'stable', 'releases': 'x'}     | releases-stable.json: releases: must be an array, is string",
                "{'stream': 'stable', 'releases': [1]}     | releases-stable.json: releases[0]: must be an object, is number",
                "{'stream': 'stable', 'releases': [{}]}    | releases-stable.json: releases[0]: version: is missing or empty",
                "{'stream': 's', 'releases': [{'version': 1}]} | releases-stable.json: releases[0]: version: must be a text, is number",
                "{'stream': 's', 'releases': [{'version': 'a b'}]} | releases-stable.json: release a b: version must be of letters",
                "{'stream': 's', 'releases': [{'version': '1'}, {'version': '1'}]} | releases-stable.json: release 1: is listed twice",
                "{'stream': 's', 'releases': [{'version': '1', 'commits': {}}]} | releases-stable.json: release 1: commits: must be an array, is object",
                "{'stream': 's', 'releases': [{'version': '1', 'commits': [{'checksum': 'c'}]}]} | releases-stable.json: release 1: commits[0]: architecture: is missing or empty",
                "{'stream': 's', 'releases': [{'version': '1', 'oci-images': [{'architecture': 'x', 'digest-ref': 7}]}]} | releases-stable.json: release 1: oci-images[0]: digest-ref: must be a text, is number"
            })
    void everyErrorNamesFileReleaseAndField(String json, String message) {
        assertThatExceptionOfType(MetadataException.class)
                .isThrownBy(() -> parse(json))
                .withMessageStartingWith(message);
    }
}
