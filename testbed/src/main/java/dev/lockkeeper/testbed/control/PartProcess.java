package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One running part, with its log. */
final class PartProcess {
    private static final int TAIL_LINES = 20;

    private final Part part;
    private final Path log;
    private final Process process;

    private PartProcess(Part part, Path log, Process process) {
        this.part = part;
        this.log = log;
        this.process = process;
    }

    /** Its log goes on where the part's former process ended. */
    static PartProcess start(Part part, List<String> command, Path folder) {
        Path log = folder.resolve(part.binary() + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // kwok reads a configuration of the user's, too.
        builder.environment().put("HOME", folder.toString());
        return new PartProcess(part, log, ChildProcesses.start(builder));
    }

    boolean alive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    Path log() {
        return log;
    }

    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** SIGKILL, which a paused process gets too; returns when it is gone. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
            if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException(part.binary() + " got no SIG" + name + ": it runs no more.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run kill (of util-linux)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling " + part.binary(), e);
        }
    }

    boolean foundItsPortTaken() {
        return tail().contains("address already in use");
    }

    /** The end of its log, under a line that says whose. */
    String tail() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return "The end of " + log + ":\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "No log of " + part.binary() + ": " + e.getMessage();
        }
    }
}
