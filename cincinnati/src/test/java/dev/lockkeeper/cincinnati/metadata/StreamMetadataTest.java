package dev.lockkeeper.cincinnati.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.metadata.UpdateMetadata.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamMetadataTest {

    private static final Map<String, String> BOTH = Map.of("x86_64", "x", "s390x", "s");

    /** Releases 0 to count-1, of which 2 is a barrier. */
    private static StreamMetadata releases(int count, Map<String, String> images, Map<String, Entry> entries) {
        List<Release> releases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            releases.add(new Release("" + i, i, Map.of(), images));
        }
        return new StreamMetadata(new ReleaseIndex("stable", releases), new UpdateMetadata("stable", entries));
    }

    private static final Map<String, Entry> BARRIER = Map.of("2", new Entry("keys", null, null));
    private final StreamMetadata before = releases(9, BOTH, BARRIER);

    @Test
    void moreReleasesAndBarriersAreAsTheyShouldBe() {
        Map<String, Entry> more = new HashMap<>(BARRIER);
        more.put("7", new Entry("again", null, null));
        assertThat(releases(12, BOTH, more).doubts(before)).isEmpty();
        assertThat(before.doubts(before)).isEmpty();
        assertThat(before.stream()).isEqualTo("stable");
    }

    @Test
    void lessThanHalfOfTheReleasesIsDoubtful() {
        assertThat(releases(5, BOTH, BARRIER).doubts(before)).isEmpty();
        assertThat(releases(4, BOTH, BARRIER).doubts(before)).containsExactly("Only 4 of 9 releases are left.");
        assertThat(releases(4, BOTH, BARRIER).doubts(releases(8, BOTH, BARRIER)))
                .isEmpty();
    }

    @Test
    void aBarrierThatGoesIsDoubtful() {
        assertThat(releases(9, BOTH, Map.of()).doubts(before)).containsExactly("Release 2 is no barrier any more.");
        assertThat(releases(2, BOTH, BARRIER).doubts(before))
                .containsExactly("Only 2 of 9 releases are left.", "The barrier 2 is gone from the index.");
        assertThat(releases(9, Map.of("x86_64", "x"), BARRIER).doubts(before))
                .containsExactly("The barrier 2 has lost its oci payload for s390x.");
    }
}
