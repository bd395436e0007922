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
import java.util.List;

/**
 * Fills a folder with binaries. A name in the folder is a whole binary: it is compiled under another name and renamed at the end.
 *
 * @param what what the binaries are, in the lines of progress
 * @param folder where they are kept
 */
record Build(String what, Path folder) {

    /**
     * Compiles what is missing. Of several processes that call this at once, one compiles and the others wait.
     *
     * @throws IllegalStateException if Go is missing or too old, or the compiler fails
     */
    void compileMissing(List<Target> wanted, GoSources sources, GoCompiler compiler, PrintStream out) {
        // A process has but one lock on a file.
        synchronized (Build.class) {
            if (missing(wanted).isEmpty()) {
                return;
            }
            compiler.check();
            try {
                Files.createDirectories(folder);
                try (FileChannel file = FileChannel.open(
                                folder.resolve("build.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock _ = lock(file, out)) {
                    compile(missing(wanted), sources, compiler, out);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot put binaries into " + folder, e);
            }
        }
    }

    private void compile(List<Target> targets, GoSources sources, GoCompiler compiler, PrintStream out)
            throws IOException {
        if (targets.isEmpty()) {
            return;
        }
        out.println("Compiling " + what + ", once; it is kept in " + folder);
        Progress progress = new Progress(out, InstantSource.system(), targets.size());
        for (Target target : targets) {
            Path unfinished = folder.resolve(target.binary() + ".unfinished");
            Files.deleteIfExists(unfinished);
            progress.begin(target.binary() + ": compiling (about " + target.estimate() + " on 2 cores)");
            try {
                compiler.compile(target, sources, unfinished);
            } catch (IllegalStateException e) {
                progress.failed();
                throw e;
            }
            Files.move(unfinished, folder.resolve(target.binary()), StandardCopyOption.ATOMIC_MOVE);
            progress.done();
        }
    }

    private FileLock lock(FileChannel file, PrintStream out) throws IOException {
        FileLock lock = file.tryLock();
        if (lock != null) {
            return lock;
        }
        out.println("Another process compiles " + what + "; waiting for it ...");
        return file.lock();
    }

    List<Target> missing(List<Target> wanted) {
        return wanted.stream()
                .filter(target -> !Files.isExecutable(folder.resolve(target.binary())))
                .toList();
    }
}
