package dev.lockkeeper.testbed.monitor;

import dev.lockkeeper.testbed.control.Binaries;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Prometheus and its promtool, of one and the same folder.
 *
 * @param folder has both
 */
public record PrometheusTools(Path folder) {

    private static final String SERVER = "prometheus";
    private static final String TOOL = "promtool";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /**
     * Those on the PATH; else Debian's, fetched with apt-get (20 MB) once and kept in the testbed's cache folder.
     *
     * @throws IllegalStateException in a sentence, if they are neither there nor can be fetched
     */
    public static PrometheusTools find() {
        return find(
                System.getenv().getOrDefault("PATH", ""), Binaries.cacheFolder().resolve("prometheus"), "apt-get");
    }

    static PrometheusTools find(String searchPath, Path cache, String aptGet) {
        return Arrays.stream(searchPath.split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(folder -> new PrometheusTools(Path.of(folder)))
                .filter(PrometheusTools::complete)
                .findFirst()
                .or(() -> Optional.of(new PrometheusTools(cache)).filter(PrometheusTools::complete))
                .orElseGet(() -> fetched(cache, aptGet));
    }

    private boolean complete() {
        return Files.isExecutable(server()) && Files.isExecutable(folder.resolve(TOOL));
    }

    Path server() {
        return folder.resolve(SERVER);
    }

    /**
     * Runs promtool in a folder, and returns what it said.
     *
     * @throws IllegalStateException with what it said, if it ends with another status than 0
     */
    public String promtool(Path in, String... arguments) {
        try {
            return Command.run(
                    in,
                    LIMIT,
                    Stream.concat(Stream.of(folder.resolve(TOOL).toString()), Arrays.stream(arguments))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run promtool", e);
        }
    }

    /** The folder appears with both in it, by one rename. Of several processes that fetch at once, the first one's stays. */
    private static PrometheusTools fetched(Path cache, String aptGet) {
        try {
            Path base = Files.createDirectories(cache.getParent());
            Path unfinished = Files.createTempDirectory(base, "prometheus-unfinished-");
            try {
                Command.run(unfinished, LIMIT, List.of(aptGet, "download", "--quiet=2", SERVER));
                Command.run(unfinished, LIMIT, List.of("sh", "-c", "dpkg-deb --extract prometheus_*.deb unpacked"));
                PrometheusTools tools = new PrometheusTools(unfinished.resolve("unpacked/usr/bin"));
                if (!tools.complete()) {
                    throw new IllegalStateException("the package has no /usr/bin/prometheus and promtool");
                }
                keep(tools.folder, cache);
            } finally {
                delete(unfinished);
            }
            return new PrometheusTools(cache);
        } catch (IOException | IllegalStateException e) {
            throw new IllegalStateException(
                    "There is no Prometheus with promtool on the PATH, and Debian's package cannot be fetched ("
                            + e.getMessage().replace("\n", " ") + "): install Prometheus 2.42 or later.",
                    e);
        }
    }

    private static void keep(Path made, Path cache) throws IOException {
        try {
            Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!new PrometheusTools(cache).complete()) {
                throw e;
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
