package dev.lockkeeper.crds.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keeps the committed CustomResourceDefinitions equal to the Java model. */
class CrdTest {

    @ParameterizedTest
    @EnumSource
    void committedYamlIsTheModels(CrdKinds kind) throws IOException {
        Path committed = Path.of(kind.file());
        String generated = CrdYaml.generate(kind);
        if (Boolean.getBoolean("crds.rewrite")) {
            Files.writeString(committed, generated);
        }
        assertThat(committed)
                .as("write it again with: mvn -pl crds test -Dcrds.rewrite=true")
                .hasContent(generated);
    }

    @Test
    void everyKindIsAppliedAndNeeded() throws IOException {
        String listed = Files.readString(Path.of("Kustomization"));
        for (CrdKinds kind : CrdKinds.values()) {
            assertThat(listed).contains("- " + kind.file());
            assertThat(Crds.REVISIONS).containsKey(CustomResource.getCRDName(kind.model()));
        }
        assertThat(Crds.REVISIONS).hasSize(CrdKinds.values().length);
    }
}
