package dev.lockkeeper.cincinnati.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockkeeper.cincinnati.metadata.UpdateMetadata.Entry;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateMetadataTest {

    private static UpdateMetadata parse(String json) throws MetadataException {
        return UpdateMetadata.parse(
                "stable.json", "stable", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsBarriersDeadendsAndRollouts() throws Exception {
        UpdateMetadata updates = parse("""
                {'stream': 'stable', 'metadata': {'last-modified': 'x'}, 'releases': [
                  {'version': '1', 'metadata': {'barrier': {'reason': 'keys'}, 'other': 1}},
                  {'version': '2', 'metadata': {'deadend': {}}},
                  {'version': '3', 'metadata': {'rollout': {'start_epoch': 100, 'start_percentage': 0.5, 'duration_minutes': 60}}},
                  {'version': '4', 'metadata': {'rollout': {'start_percentage': 1.0}}},
                  {'version': '5', 'metadata': {}}]}""");
        assertThat(updates.of("1")).isEqualTo(new Entry("keys", null, null));
        assertThat(updates.of("2")).isEqualTo(new Entry(null, "generic", null));
        assertThat(updates.of("3")).isEqualTo(new Entry(null, null, new Rollout(100L, 0.5, 60L)));
        assertThat(updates.of("4")).isEqualTo(new Entry(null, null, new Rollout(null, 1.0, null)));
        assertThat(updates.of("5")).isEqualTo(UpdateMetadata.NONE);
        assertThat(updates.of("6")).isEqualTo(UpdateMetadata.NONE);
    }

    @Test
    void entriesOfOneReleaseAddUpAndTheLaterWins() throws Exception {
        UpdateMetadata updates = parse("""
                {'stream': 'stable', 'releases': [
                  {'version': '1', 'metadata': {'barrier': {'reason': 'a'}, 'deadend': {'reason': 'd'}}},
                  {'version': '1', 'metadata': {'barrier': {'reason': 'b'}, 'rollout': {}}}]}""");
        assertThat(updates.of("1")).isEqualTo(new Entry("b", "d", new Rollout(null, null, null)));
    }

    @Test
    void readsTheFirstSchema() throws Exception {
        UpdateMetadata updates = parse("""
                {'updates': {'barriers': [{'version': '1', 'reason': 'b'}], 'deadends': [{'version': '2', 'reason': 'd'}],
                 'rollouts': [{'version': '3', 'start_epoch': '7', 'start_value': '0.5', 'duration_minutes': '120'}]}}""");
        assertThat(updates.of("1")).isEqualTo(new Entry("b", null, null));
        assertThat(updates.of("2")).isEqualTo(new Entry(null, "d", null));
        assertThat(updates.of("3")).isEqualTo(new Entry(null, null, new Rollout(7L, 0.5, 120L)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                     | stable.json: stream: is missing or empty",
                "{'stream': 'next'}                     | stable.json: is for stream next, not stable",
                "{'stream': 'stable'}                   | stable.json: releases is missing",
                "{'stream': 'stable', 'releases': [{'version': '1'}]} | stable.json: releases[0]: metadata is missing",
                "{'stream': 'stable', 'releases': [{'version': '1', 'metadata': {'barrier': true}}]} | stable.json: release 1: metadata: barrier: must be an object, is boolean",
                "{'stream': 'stable', 'releases': [{'version': '1', 'metadata': {'rollout': {'start_epoch': 1.5}}}]} | stable.json: release 1: metadata: rollout: start_epoch: must be a whole number of at least 0, is 1.5",
                "{'stream': 'stable', 'releases': [{'version': '1', 'metadata': {'rollout': {'start_epoch': -1}}}]} | stable.json: release 1: metadata: rollout: start_epoch: must be a whole number",
                "{'stream': 'stable', 'releases': [{'version': '1', 'metadata': {'rollout': {'start_percentage': 'x'}}}]} | stable.json: release 1: metadata: rollout: start_percentage: must be a number of at least 0",
                "{'stream': 'stable', 'releases': [{'version': '1', 'metadata': {'rollout': {'start_percentage': -0.1}}}]} | stable.json: release 1: metadata: rollout: start_percentage: must be a number of at least 0",
                "{'stream': 'stable', 'releases': [{'version': '1', 'metadata': {'rollout': {'duration_minutes': true}}}]} | stable.json: release 1: metadata: rollout: duration_minutes: must be a whole number",
                "{'updates': {'rollouts': [{'start_epoch': '7'}]}} | stable.json: updates: rollouts[0]: version: is missing or empty"
            })
    void everyErrorNamesFileReleaseAndField(String json, String message) {
        assertThatExceptionOfType(MetadataException.class)
                .isThrownBy(() -> parse(json))
                .withMessageStartingWith(message);
    }
}
