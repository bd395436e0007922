package dev.lockkeeper.testbed.monitor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end and tells what it said. */
public final class Command {

    private Command() {}

    /**
     * Returns what it wrote to its standard output and error.
     *
     * @throws IllegalStateException with the same, if it ends with another status than 0, or not in time
     * @throws IOException if it cannot be started
     */
    public static String run(Path folder, Duration limit, List<String> command) throws IOException {
        Path output = Files.createTempFile("lockkeeper-command", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String said = Files.readString(output).strip();
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command)
                        + (ended ? " ended with status " + process.exitValue() : " did not end within " + limit) + ":\n"
                        + said);
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + command.getFirst() + " ran", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
