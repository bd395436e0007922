package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The control planes' folders, each named after the process that made it, so that those of dead ones can be cleared away. */
final class StaleFolders {

    private static final String PREFIX = "lockkeeper-testbed-";

    private StaleFolders() {}

    static Path create() throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static Path create(Path base) throws IOException {
        List<Path> stale;
        try (Stream<Path> all = Files.list(base)) {
            stale = all.filter(StaleFolders::isStale).toList();
        }
        for (Path folder : stale) {
            try {
                delete(folder);
            } catch (UncheckedIOException e) {
                // Another start clears it too, or its processes are just ending: the next start finds what is left.
            }
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

    /** @throws UncheckedIOException if something in it cannot be deleted, or vanishes meanwhile */
    static void delete(Path folder) {
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
