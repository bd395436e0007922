package dev.lockkeeper.testbed.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AgentIdTest {
    @Test
    void derivesWhatZincatiSends() {
        assertThat(AgentId.of("1c09ca98649c4c7abc779cd04c96812e")).isEqualTo("978a225b3d7b40e9acd7ce9b62f68444");
        assertThat(AgentId.of("3d4b4011908c44a780a9033a7336d354")).isEqualTo("9765cc552db7472b930408a8cff50c19");
    }

    @Test
    void derivesForAnotherApplication() {
        assertThat(AgentId.of("2e074e9b299c41a59923c51ae16f279b", "033b1b9b264441fcaa173e9e5bf35c5a"))
                .isEqualTo("4d4a86c9c6644a479560ded5d19a30c5");
    }

    @Test
    void dashesAndCaseDoNotMatter() {
        assertThat(AgentId.of("1C09CA98-649C-4C7A-BC77-9CD04C96812E")).isEqualTo("978a225b3d7b40e9acd7ce9b62f68444");
    }

    @Test
    void shortIdsAreRejected() {
        assertThatThrownBy(() -> AgentId.of("1c09")).hasMessageContaining("32 hex digits");
    }
}
