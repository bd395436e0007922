package dev.lockkeeper.testbed.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrometheusToolsTest {

    @TempDir
    Path folder;

    private Path script(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private PrometheusTools find(String aptGet) {
        return PrometheusTools.find(
                folder.resolve("half") + ":" + folder.resolve("whole"), folder.resolve("cache/prometheus"), aptGet);
    }

    @Test
    void theFirstFolderOfThePathThatHasBothIsTaken() throws IOException {
        script("half/prometheus", "");
        script("whole/prometheus", "");
        script("whole/promtool", "echo it was told $*");
        PrometheusTools tools = find("no-apt-get");
        assertThat(tools.server()).isEqualTo(folder.resolve("whole/prometheus"));
        assertThat(tools.promtool(folder, "check", "rules")).isEqualTo("it was told check rules");
    }

    @Test
    void whatPromtoolSaysOfAFaultIsTold() throws IOException {
        script("whole/prometheus", "");
        script("whole/promtool", "echo FAILED; exit 1");
        PrometheusTools tools = find("no-apt-get");
        assertThatThrownBy(() -> tools.promtool(folder, "check", "rules"))
                .hasMessageContaining("ended with status 1")
                .hasMessageEndingWith("FAILED");
    }

    @Test
    void elseWhatWasFetchedBeforeIsTaken() throws IOException {
        script("cache/prometheus/prometheus", "");
        script("cache/prometheus/promtool", "");
        assertThat(find("no-apt-get").folder()).isEqualTo(folder.resolve("cache/prometheus"));
    }

    @Test
    void whatCannotBeFetchedIsToldAndLeavesNothing() throws IOException {
        Path noLists = script("apt-get", "echo 'E: Unable to locate package prometheus' >&2; exit 100");
        assertThatThrownBy(() -> find(noLists.toString()))
                .hasMessageStartingWith("There is no Prometheus with promtool on the PATH")
                .hasMessageContaining("E: Unable to locate package prometheus")
                .hasMessageEndingWith("install Prometheus 2.42 or later.");
        assertThat(folder.resolve("cache")).isEmptyDirectory();
        assertThatThrownBy(() -> find("no-apt-get")).hasMessageContaining("No such file or directory");
    }
}
