package dev.lockkeeper.testbed.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinariesTest {
    private static final String WHOLE = "printf ' whole' >> \"$out\"; chmod +x \"$out\"";
    private static final String[] ALL = {"kube-apiserver", "etcd", "kube-controller-manager", "kube-scheduler", "kwok"};

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    private GoSources sources;
    private Path cache;

    @BeforeEach
    void writeSources() throws IOException {
        sources = TestingGo.sources(Files.createDirectory(folder.resolve("sources")));
        cache = folder.resolve("cache");
    }

    @Test
    void whatIsMissingIsCompiledOnce() throws IOException {
        TestingGo go = TestingGo.script(folder, "go1.26.8", WHOLE);
        Binaries binaries = Binaries.build(sources, cache, go.compiler(), out);
        Binaries.build(sources, cache, go.compiler(), out);
        assertThat(go.builds()).containsExactly(ALL);
        assertThat(binaries.of(Part.KWOK)).hasContent("half whole").isExecutable();
        assertThat(said.toString(StandardCharsets.UTF_8))
                .containsPattern(
                        "(?m)^\\[1/5] kube-apiserver: compiling \\(about 4 minutes on 2 cores\\) \\.\\.\\. done in \\d+s$")
                .containsPattern("(?m)^\\[5/5] kwok: .* done in \\d+s$");
    }

    @Test
    void aBuildThatFailsLeavesNoBinaryAndTheNextOneGoesOnThere() throws IOException {
        TestingGo failing = TestingGo.script(
                folder, "go1.26.8", "chmod +x \"$out\"; case \"$out\" in *etcd*) echo no space left; exit 1;; esac");
        assertThatThrownBy(() -> Binaries.build(sources, cache, failing.compiler(), out))
                .hasMessageContaining("status 1")
                .hasMessageContaining("no space left");
        assertThat(cache.resolve("kube-apiserver")).exists();
        assertThat(cache.resolve("etcd")).doesNotExist();
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("[2/5] etcd").contains("failed after");

        Files.delete(failing.notes());
        TestingGo go = TestingGo.script(folder, "go1.26.8", WHOLE);
        Binaries binaries = Binaries.build(sources, cache, go.compiler(), out);
        assertThat(go.builds()).containsExactly("etcd", "kube-controller-manager", "kube-scheduler", "kwok");
        assertThat(binaries.of(Part.ETCD)).hasContent("half whole");
    }

    @Test
    void aHalfBinaryOfAKilledBuildIsNotTakenForAWholeOne() throws IOException {
        Files.createDirectories(cache);
        Path half = Files.writeString(cache.resolve("kube-apiserver.unfinished"), "half of a killed build");
        assertThat(half.toFile().setExecutable(true)).isTrue();
        TestingGo go = TestingGo.script(folder, "go1.26.8", WHOLE);
        Binaries binaries = Binaries.build(sources, cache, go.compiler(), out);
        assertThat(go.builds()).containsExactly(ALL);
        assertThat(binaries.of(Part.API_SERVER)).hasContent("half whole");
    }

    @Test
    void twoAtOnceCompileOnce() throws IOException {
        TestingGo go = TestingGo.script(folder, "go1.26.8", WHOLE);
        CompletableFuture<Binaries> other =
                CompletableFuture.supplyAsync(() -> Binaries.build(sources, cache, go.compiler(), out));
        Binaries mine = Binaries.build(sources, cache, go.compiler(), out);
        assertThat(other.join()).isEqualTo(mine);
        assertThat(go.builds()).containsExactly(ALL);
    }

    @Test
    void twoProcessesAtOnceCompileOnce() throws Exception {
        // The first build waits until both processes have come up to the lock.
        TestingGo go = TestingGo.script(
                folder,
                "go1.26.8",
                "while [ $(ls %s | grep -c started) -lt 2 ]; do sleep 0.05; done; ".formatted(folder) + WHOLE);
        List<Process> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            both.add(BuildChild.start(sources, cache, go, folder.resolve("started-" + i)));
        }
        for (Process build : both) {
            assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(build.exitValue()).isZero();
        }
        assertThat(go.builds()).containsExactly(ALL);
    }

    @Test
    void anOldGoIsNamedBeforeAnythingIsCompiled() throws IOException {
        TestingGo go = TestingGo.script(folder, "go1.22.1", WHOLE);
        assertThatThrownBy(() -> Binaries.build(sources, cache, go.compiler(), out))
                .hasMessageContaining("or later is missing (found go1.22.1)")
                .hasMessageContaining("LOCKKEEPER_TESTBED_BIN");
        assertThat(go.builds()).isEmpty();
        assertThat(cache).doesNotExist();
    }

    @Test
    void aMissingGoIsNamed() {
        GoCompiler none = new GoCompiler(folder.resolve("no-such-go").toString());
        assertThatThrownBy(() -> Binaries.build(sources, cache, none, out))
                .hasMessageStartingWith("Go 1.")
                .hasMessageContaining("or later is missing:");
    }

    @Test
    void noGoIsNeededOnceAllIsThere() throws IOException {
        Binaries.build(
                sources, cache, TestingGo.script(folder, "go1.26.8", WHOLE).compiler(), out);
        GoCompiler none = new GoCompiler(folder.resolve("no-such-go").toString());
        assertThat(Binaries.build(sources, cache, none, out).of(Part.ETCD)).exists();
    }

    @Test
    void aGivenFolderMustHaveAllFive() throws IOException {
        Binaries.build(
                sources, cache, TestingGo.script(folder, "go1.26.8", WHOLE).compiler(), out);
        assertThat(Binaries.given(cache).of(Part.ETCD)).exists();
        Files.delete(cache.resolve("kwok"));
        assertThatThrownBy(() -> Binaries.given(cache))
                .hasMessageContaining(cache.toString())
                .hasMessageContaining("lacks an executable kwok:");
    }
}
