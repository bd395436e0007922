package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How a client of the cluster is had and run: Helm and kubectl, compiled once from one pinned Go module. */
final class Tool {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private Tool() {}

    /**
     * Its binary in the user's cache folder, where it is compiled first if it is missing.
     *
     * @throws IllegalStateException if Go is missing or too old, or the compiler fails
     */
    static Path ready(GoSources sources, Target target, PrintStream out) {
        Path folder = Binaries.cacheFolder().resolve(sources.helmKey());
        new Build("clients of the testbed", folder).compileMissing(List.of(target), sources, new GoCompiler("go"), out);
        return folder.resolve(target.binary());
    }

    /**
     * Runs one command to its end, for at most three minutes.
     *
     * @param home where it keeps what it remembers: nothing of the user's own is read or written
     */
    static ToolResult run(Path binary, Path home, Map<String, String> environment, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(arguments);
        try {
            Path out = Files.createTempFile(home, "out", ".log");
            Path err = Files.createTempFile(home, "err", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("HELM_") || name.startsWith("KUBE"));
            builder.environment().put("HOME", home.toString());
            builder.environment().putAll(environment);
            Process process = ChildProcesses.start(builder);
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(String.join(" ", command) + " did not end within " + LIMIT.toMinutes()
                        + " minutes:\n" + Files.readString(out) + Files.readString(err));
            }
            return new ToolResult(
                    binary.getFileName() + " " + String.join(" ", arguments),
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + binary, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + binary.getFileName() + " ran", e);
        }
    }
}
