package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One running part, with its log. */
final class PartProcess {
    private static final int TAIL_LINES = 20;
    private static final Duration PAUSE_LIMIT = Duration.ofSeconds(10);

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

    /** SIGSTOP; returns when none of its threads runs any more, which the kernel may do a while after it took the signal. */
    void pause() {
        signal("STOP");
        long deadline = System.nanoTime() + PAUSE_LIMIT.toNanos();
        while (!allThreadsStopped()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(part.binary() + " did not stop within " + PAUSE_LIMIT + ".");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean allThreadsStopped() {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            return threads.allMatch(PartProcess::isStopped);
        } catch (IOException e) {
            throw new UncheckedIOException(part.binary() + " runs no more", e);
        }
    }

    /** The state follows the name, which is in parentheses and may hold any character. */
    private static boolean isStopped(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return stat.startsWith(") T", stat.lastIndexOf(')'));
        } catch (IOException threadEnded) {
            return true;
        }
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
