package dev.lockkeeper.testbed.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM that is killed leaves nothing behind. */
@Timeout(120)
class KilledJvmIT {

    @Test
    void noProcessAndNoFolderOutliveIt() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ControlPlaneChild.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = child.inputReader()) {
            String up = said.lines()
                    .filter(line -> line.startsWith(ControlPlaneChild.UP))
                    .findFirst()
                    .orElseThrow();
            String[] words = up.split(" ");
            Path folder = Path.of(words[1]);
            List<ProcessHandle> parts = Stream.of(words[2].split(","))
                    .map(Long::valueOf)
                    .map(pid -> ProcessHandle.of(pid).orElseThrow())
                    .toList();
            assertThat(parts).hasSize(5).allMatch(ProcessHandle::isAlive);
            assertThat(folder).isDirectory();

            child.destroyForcibly().waitFor();

            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(parts).noneMatch(ProcessHandle::isAlive));
            // The folder is cleared by whoever starts next.
            Path next = StaleFolders.create();
            assertThat(folder).doesNotExist();
            assertThat(Files.isDirectory(next)).isTrue();
            StaleFolders.delete(next);
        } finally {
            child.destroyForcibly();
        }
    }
}
