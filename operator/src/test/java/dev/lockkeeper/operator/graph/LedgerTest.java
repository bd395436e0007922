package dev.lockkeeper.operator.graph;

import static dev.lockkeeper.operator.graph.TestingState.T0;
import static dev.lockkeeper.operator.graph.TestingState.V1;
import static dev.lockkeeper.operator.graph.TestingState.V2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.cincinnati.metadata.MetadataException;
import dev.lockkeeper.cincinnati.metadata.Rollout;
import dev.lockkeeper.cincinnati.metadata.StreamMetadata;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final String NEW = "44.20260701.3.0";

    private static UpdateMetadata.Entry rollout(long start, double share, Long minutes) {
        return new UpdateMetadata.Entry(null, null, new Rollout(start, share, minutes));
    }

    @Test
    void atTheFirstLookWhatIsOutOrABarrierIsOldEnough() {
        StreamMetadata metadata = TestingState.usual()
                .entry("44.20260620.3.0", UpdateMetadata.NONE)
                .entry(NEW, rollout(T0.getEpochSecond() - 60, 0.1, 1_000L))
                .metadata();
        Ledger ledger = Ledger.EMPTY.after(metadata, T0);
        assertThat(ledger.firstSeen())
                .containsEntry(V1, Instant.EPOCH)
                .containsEntry(TestingState.BARRIER, Instant.EPOCH)
                .containsEntry("44.20260620.3.0", T0)
                .containsEntry(NEW, T0);
        assertThat(ledger.completed()).containsEntry(V2, T0).doesNotContainKeys(NEW, "44.20260620.3.0");
    }

    @Test
    void laterOnNothingIsForgottenAndNothingIsOldAtOnce() {
        Ledger first = Ledger.EMPTY.after(TestingState.usual().metadata(), T0);
        Instant later = T0.plusSeconds(60);
        StreamMetadata withdrawn =
                TestingState.usual().entry(V2, UpdateMetadata.NONE).out(NEW).metadata();
        Ledger second = first.after(withdrawn, later);
        assertThat(second.firstSeen()).containsEntry(NEW, later).containsEntry(V1, Instant.EPOCH);
        assertThat(second.completed()).containsEntry(V2, T0).containsEntry(NEW, later);
        assertThat(second.after(withdrawn, later.plusSeconds(60))).isEqualTo(second);
    }

    @Test
    void aStreamIsStoredAndReadBackAsItWas() throws Exception {
        StreamMetadata metadata = TestingState.usual().metadata();
        StreamData data = new StreamData(metadata, Ledger.EMPTY.after(metadata, T0));
        Map<String, String> files = StreamFiles.write(data);
        assertThat(StreamFiles.read("it", files)).isEqualTo(data);
        assertThat(StreamFiles.write(data))
                .as("the same data give the same texts")
                .isEqualTo(files);
    }

    @Test
    void whatSomebodySpoiltIsNotTakenForData() throws Exception {
        StreamMetadata metadata = TestingState.usual().metadata();
        Map<String, String> files = StreamFiles.write(new StreamData(metadata, Ledger.EMPTY));
        for (String key : files.keySet()) {
            for (String spoilt :
                    new String[] {null, "", "!", "bm9uc2Vuc2U=", files.get(key).substring(0, 40)}) {
                Map<String, String> broken = new HashMap<>(files);
                broken.put(key, spoilt);
                assertThatThrownBy(() -> StreamFiles.read("ConfigMap x/y", broken))
                        .isInstanceOf(MetadataException.class)
                        .hasMessageContaining("ConfigMap x/y");
            }
        }
        assertThatThrownBy(() -> StreamFiles.read("ConfigMap x/y", null)).isInstanceOf(MetadataException.class);
    }
}
