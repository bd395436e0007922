package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs the Go tool chain.
 *
 * @param command its name or path
 */
record GoCompiler(String command) {
    private static final int OLDEST_MINOR = 26;
    private static final Pattern VERSION = Pattern.compile("go1\\.(\\d+)");

    /** @throws IllegalStateException in one sentence, if there is no Go or it is too old */
    void check() {
        String version;
        try {
            // Else Go would fetch the version that some go.mod asks for before it answers.
            version = run(List.of(command, "env", "GOVERSION"), Path.of(""), Map.of("GOTOOLCHAIN", "local"));
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new IllegalStateException(needed("is missing"), e);
        }
        Matcher found = VERSION.matcher(version);
        if (!found.find() || Integer.parseInt(found.group(1)) < OLDEST_MINOR) {
            throw new IllegalStateException(needed("is missing (found " + version.strip() + ")"));
        }
    }

    /**
     * Writes one binary.
     *
     * @throws IllegalStateException with what the compiler said, if it fails; the file may then be there in part
     */
    void compile(Target target, GoSources sources, Path binary) {
        run(
                List.of(
                        command,
                        "build",
                        "-trimpath",
                        "-buildvcs=false",
                        "-ldflags=-s -w"
                                + target.variables().stream()
                                        .map(variable -> " -X " + variable)
                                        .collect(Collectors.joining()),
                        "-o",
                        binary.toAbsolutePath().toString(),
                        target.goPackage()),
                sources.module(target),
                Map.of());
    }

    private static String needed(String problem) {
        return "Go 1." + OLDEST_MINOR + " or later " + problem
                + ": the testbed compiles Kubernetes' own servers with it. Install Go, or set LOCKKEEPER_TESTBED_BIN to a"
                + " folder that has them.";
    }

    private static String run(List<String> command, Path folder, Map<String, String> environment) {
        try {
            Path output = Files.createTempFile("lockkeeper-go", ".log");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .directory(folder.toAbsolutePath().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                int status = builder.start().waitFor();
                String said = Files.readString(output);
                if (status != 0) {
                    throw new IllegalStateException(String.join(" ", command) + " in " + folder + " ended with status "
                            + status + ":\n" + said);
                }
                return said;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + command.getFirst() + " ran", e);
        }
    }
}
