package dev.lockkeeper.crds.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps the committed CustomResourceDefinition equal to the Java model. */
class CrdTest {

    private static final Path COMMITTED = Path.of(RebootGroup.CRD_NAME + "-v1.yml");

    @Test
    void committedYamlIsTheModels() throws IOException {
        String generated = CrdYaml.generate();
        if (Boolean.getBoolean("crds.rewrite")) {
            Files.writeString(COMMITTED, generated);
        }
        assertThat(COMMITTED)
                .as("write it again with: mvn -pl crds test -Dcrds.rewrite=true")
                .hasContent(generated);
    }
}
