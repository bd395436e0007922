package dev.lockkeeper.testbed.control;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
        List<String> missing = Arrays.stream(Part.values())
                .map(Part::binary)
                .filter(binary -> !Files.isExecutable(folder.resolve(binary)))
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException(GIVEN + " names " + folder + ", which lacks an executable "
                    + missing.stream().collect(Collectors.joining(", "))
                    + ": put all five there, or unset it to have them compiled.");
        }
        return new Binaries(folder);
    }

    /** Compiles what the folder lacks. */
    static Binaries build(GoSources sources, Path folder, GoCompiler compiler, PrintStream out) {
        String version = sources.kubernetesVersion();
        new Build("the testbed's control plane", folder)
                .compileMissing(
                        Arrays.stream(Part.values())
                                .map(part -> part.target(version))
                                .toList(),
                        sources,
                        compiler,
                        out);
        return new Binaries(folder);
    }
}
