package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The control planes' folders, each named after the process that made it, so that those of dead ones can be cleared away. */
final class StaleFolders {

    private static final String PREFIX = "lockkeeper-testbed-";

    private StaleFolders() {}

    static Path create() throws IOException {
        Path base = Path.of(System.getProperty("java.io.tmpdir"));
        try (Stream<Path> all = Files.list(base)) {
            all.filter(StaleFolders::isStale).forEach(StaleFolders::delete);
        }
        return Files.createTempDirectory(base, PREFIX + ProcessHandle.current().pid() + "-");
    }

    private static boolean isStale(Path folder) {
        String name = folder.getFileName().toString();
        if (!name.matches(PREFIX + "\\d+-.*")) {
            return false;
        }
        long pid = Long.parseLong(name.substring(PREFIX.length()).split("-")[0]);
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
    }

    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Somebody else cleared it: that is what was wanted.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
