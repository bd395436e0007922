package dev.lockkeeper.cincinnati.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnownDigestsTest {

    @Test
    void knowsTheDigestsOfBootImagesThatTheIndexDoesNotList() {
        assertThat(KnownDigests.of("s390x").keySet())
                .containsExactlyInAnyOrder(
                        "43.20251024.1.0",
                        "43.20251024.2.0",
                        "43.20251024.3.0",
                        "43.20251027.1.0",
                        "43.20251110.1.0",
                        "43.20251110.2.0");
        assertThat(KnownDigests.of("x86_64").get("43.20251024.3.0"))
                .hasSize(2)
                .allMatch(digest -> digest.matches("sha256:[0-9a-f]{64}"));
        assertThat(KnownDigests.of("riscv64")).isEmpty();
    }
}
