package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A folder with the control plane's five binaries, each of them whole. */
public record Binaries(Path folder) {
    private static final String GIVEN = "LOCKKEEPER_TESTBED_BIN";

    /**
     * The folder that the environment variable {@code LOCKKEEPER_TESTBED_BIN} names; else the one of the user's cache
     * folder, where what is missing is compiled first (about 9 minutes on 2 cores), with a line of progress per binary.
     *
     * @throws IllegalStateException if the named folder lacks one, or Go is missing or too old, or the compiler fails
     */
    public static Binaries ready(PrintStream out) {
        String given = System.getenv(GIVEN);
        if (given != null && !given.isBlank()) {
            return given(Path.of(given));
        }
        GoSources sources = GoSources.find();
        return build(sources, cacheFolder().resolve(sources.key()), new GoCompiler("go"), out);
    }

    /** Where everything is that outlives a run: {@code $XDG_CACHE_HOME/lockkeeper/testbed}, by default in ~/.cache. */
    public static Path cacheFolder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("lockkeeper").resolve("testbed");
    }

    /** The binary of one part. */
    public Path of(Part part) {
        return folder.resolve(part.binary());
    }

    static Binaries given(Path folder) {
        Binaries binaries = new Binaries(folder);
        List<Part> missing = binaries.missing();
        if (!missing.isEmpty()) {
            throw new IllegalStateException(GIVEN + " names " + folder + ", which lacks an executable "
                    + missing.stream().map(Part::binary).collect(Collectors.joining(", "))
                    + ": put all five there, or unset it to have them compiled.");
        }
        return binaries;
    }

    /**
     * Compiles what the folder lacks. A name in the folder is a whole binary: it is compiled under another name and
     * renamed at the end. Of several processes that call this at once, one compiles and the others wait.
     */
    static synchronized Binaries build(GoSources sources, Path folder, GoCompiler compiler, PrintStream out) {
        Binaries binaries = new Binaries(folder);
        if (binaries.missing().isEmpty()) {
            return binaries;
        }
        compiler.check();
        try {
            Files.createDirectories(folder);
            try (FileChannel file = FileChannel.open(
                            folder.resolve("build.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = lock(file, out)) {
                binaries.compileMissing(sources, compiler, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot put the testbed's binaries into " + folder, e);
        }
        return binaries;
    }

    private void compileMissing(GoSources sources, GoCompiler compiler, PrintStream out) throws IOException {
        List<Part> missing = missing();
        if (missing.isEmpty()) {
            return;
        }
        out.println("Compiling the testbed's control plane, once; it is kept in " + folder);
        Progress progress = new Progress(out, InstantSource.system(), missing.size());
        for (Part part : missing) {
            Path unfinished = folder.resolve(part.binary() + ".unfinished");
            Files.deleteIfExists(unfinished);
            progress.begin(part.binary() + ": compiling (about " + part.estimate() + " on 2 cores)");
            try {
                compiler.compile(part, sources, unfinished);
            } catch (IllegalStateException e) {
                progress.failed();
                throw e;
            }
            Files.move(unfinished, of(part), StandardCopyOption.ATOMIC_MOVE);
            progress.done();
        }
    }

    private static FileLock lock(FileChannel file, PrintStream out) throws IOException {
        FileLock lock = file.tryLock();
        if (lock != null) {
            return lock;
        }
        out.println("Another process compiles the testbed's control plane; waiting for it ...");
        return file.lock();
    }

    private List<Part> missing() {
        return Arrays.stream(Part.values())
                .filter(part -> !Files.isExecutable(of(part)))
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
