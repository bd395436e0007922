package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/** The testbed's command: {@code binaries} compiles what is missing, {@code up} runs a control plane, {@code down} ends it. */
public final class Main {

    // The process that is up holds the lock for as long as it lives, so its number in the other file is never stale.
    private static final Path LOCK = Binaries.cacheFolder().resolve("up.lock");
    private static final Path PID = Binaries.cacheFolder().resolve("up.pid");

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        try {
            switch (arguments.length == 1 ? arguments[0] : "") {
                case "binaries" -> Binaries.ready(System.out);
                case "up" -> up();
                case "down" -> down();
                default -> throw new IllegalStateException("usage: binaries | up | down");
            }
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void up() throws IOException, InterruptedException {
        try (FileChannel file = lockFile();
                FileLock lock = file.tryLock()) {
            if (lock == null) {
                throw new IllegalStateException("A control plane of make up runs already: make down ends it.");
            }
            Files.deleteIfExists(PID);
            ControlPlane plane = ControlPlane.start();
            Runtime.getRuntime().addShutdownHook(new Thread(plane::close));
            Files.writeString(PID, Long.toString(ProcessHandle.current().pid()));
            System.out.println("The control plane runs until you press Ctrl-C here or type make down elsewhere. Try:");
            System.out.println("  export KUBECONFIG=" + plane.adminKubeconfig());
            System.out.println("  kubectl create namespace lockkeeper; kubectl apply -f crds/");
            System.out.println("  make run");
            System.out.println("It has no nodes: for machines, make demo KEEP=1.");
            new CountDownLatch(1).await();
        }
    }

    private static void down() throws IOException {
        try (FileChannel file = lockFile();
                FileLock lock = file.tryLock()) {
            if (lock != null) {
                System.out.println("No control plane of make up runs.");
                return;
            }
        }
        if (Files.notExists(PID)) {
            throw new IllegalStateException("The control plane of make up is just starting: try again in a minute.");
        }
        ProcessHandle.of(Long.parseLong(Files.readString(PID))).ifPresent(running -> {
            running.destroy();
            running.onExit().join();
        });
        System.out.println("The control plane has ended.");
    }

    private static FileChannel lockFile() throws IOException {
        Files.createDirectories(LOCK.getParent());
        return FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
