package dev.lockkeeper.system;

import dev.lockkeeper.testbed.control.Binaries;
import dev.lockkeeper.testbed.monitor.Command;
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
import java.util.stream.Stream;

/** Ignition's own check of its configurations. */
record IgnitionValidate(Path binary) {

    private static final String NAME = "ignition-validate";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /**
     * The one on the PATH; else Debian's, fetched with apt-get (5 MB) once and kept in the testbed's cache folder.
     *
     * @throws IllegalStateException in a sentence, if it is neither there nor can be fetched
     */
    static IgnitionValidate find() {
        Path cached = Binaries.cacheFolder().resolve("ignition").resolve(NAME);
        return Stream.concat(
                        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                                .filter(folder -> !folder.isBlank())
                                .map(folder -> Path.of(folder, NAME)),
                        Stream.of(cached))
                .filter(Files::isExecutable)
                .findFirst()
                .map(IgnitionValidate::new)
                .orElseGet(() -> fetched(cached));
    }

    private static IgnitionValidate fetched(Path cached) {
        try {
            Path folder = Files.createDirectories(cached.getParent());
            Path unfinished = Files.createTempDirectory(folder, "unfinished-");
            try {
                Command.run(unfinished, LIMIT, List.of("apt-get", "download", "--quiet=2", "ignition"));
                Command.run(unfinished, LIMIT, List.of("sh", "-c", "dpkg-deb --extract ignition_*.deb unpacked"));
                Files.move(
                        unfinished.resolve("unpacked/usr/bin").resolve(NAME), cached, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(unfinished);
            }
            return new IgnitionValidate(cached);
        } catch (IOException | IllegalStateException e) {
            throw new IllegalStateException(
                    "There is no ignition-validate on the PATH, and Debian's package cannot be fetched ("
                            + e.getMessage().replace("\n", " ") + "): install the package ignition.",
                    e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /**
     * What it says of a configuration, warnings too; nothing if all is well.
     *
     * @throws IllegalStateException with what it says, if the configuration is not valid
     */
    String check(String json) {
        try {
            Path file = Files.createTempFile("lockkeeper-", ".ign");
            try {
                Files.writeString(file, json);
                return Command.run(file.getParent(), LIMIT, List.of(binary.toString(), file.toString()));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + binary, e);
        }
    }
}
