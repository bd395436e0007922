package dev.lockkeeper.testbed.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoSourcesTest {
    @TempDir
    Path folder;

    private GoSources sources;

    @BeforeEach
    void writeSources() throws IOException {
        sources = TestingGo.sources(folder);
    }

    @Test
    void keyNamesTheVersions() {
        assertThat(sources.key()).startsWith("kubernetes-v1.34.4-kwok-v0.8.0-");
    }

    @Test
    void keyOfTheSameContentIsTheSameElsewhere(@TempDir Path elsewhere) throws IOException {
        assertThat(TestingGo.sources(elsewhere).key()).isEqualTo(sources.key());
    }

    @Test
    void keyChangesWithEachSourceFile() throws IOException {
        for (String file :
                new String[] {"kubernetes/go.mod", "kubernetes/go.sum", "kubernetes/etcd/main.go", "kwok/go.mod"}) {
            String before = sources.key();
            Files.writeString(folder.resolve(file), Files.readString(folder.resolve(file)) + "// more\n");
            assertThat(sources.key()).as(file).isNotEqualTo(before);
        }
    }

    @Test
    void helmHasAKeyOfItsOwn() throws IOException {
        String plane = sources.key();
        String helm = sources.helmKey();
        assertThat(helm).startsWith("helm-v3.19.5-");
        Files.writeString(folder.resolve("helm/go.sum"), "sums\n");
        assertThat(sources.helmKey()).isNotEqualTo(helm);
        assertThat(sources.key()).as("Helm is no part of the control plane").isEqualTo(plane);
        helm = sources.helmKey();
        Files.writeString(folder.resolve("kubernetes/go.sum"), "other sums\n");
        assertThat(sources.helmKey()).isEqualTo(helm);
    }

    @Test
    void helmIsToldItsVersionAndThatOfKubernetes() {
        assertThat(Helm.target(sources).variables())
                .contains(
                        "helm.sh/helm/v3/internal/version.version=v3.19.5",
                        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=34");
    }

    @Test
    void keyChangesWhenAFileMoves() throws IOException {
        String before = sources.key();
        Files.move(folder.resolve("kubernetes/etcd/main.go"), folder.resolve("kubernetes/main.go"));
        assertThat(sources.key()).isNotEqualTo(before);
    }

    @Test
    void keyIgnoresWhatIsNotCompiled() throws IOException {
        String before = sources.key();
        Files.writeString(folder.resolve("README.md"), "words");
        assertThat(sources.key()).isEqualTo(before);
    }

    @Test
    void aModuleWithoutItsVersionIsNamed() throws IOException {
        Path file = folder.resolve("kwok/go.mod");
        Files.writeString(file, "module kwok\n");
        assertThatThrownBy(sources::key).hasMessageContaining(file.toString()).hasMessageContaining("sigs.k8s.io/kwok");
    }

    @Test
    void theTreeIsFoundFromAFolderInIt() {
        assertThat(GoSources.find().kubernetesVersion()).isEqualTo("v1.34.4");
    }
}
