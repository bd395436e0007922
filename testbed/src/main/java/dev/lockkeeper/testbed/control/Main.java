package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The testbed's command: {@code binaries} compiles what is missing, {@code up} runs a control plane, {@code down} ends it. */
public final class Main {

    private static final Path PID = Binaries.cacheFolder().resolve("up.pid");

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments.length == 1 ? arguments[0] : "") {
            case "binaries" -> Binaries.ready(System.out);
            case "up" -> up();
            case "down" -> down();
            default -> {
                System.err.println("usage: binaries | up | down");
                System.exit(2);
            }
        }
    }

    private static void up() throws IOException, InterruptedException {
        ControlPlane plane = ControlPlane.start();
        Files.writeString(PID, Long.toString(ProcessHandle.current().pid()));
        System.out.println("The control plane runs until you press Ctrl-C here or type make down elsewhere. Try:");
        System.out.println("  export KUBECONFIG=" + plane.adminKubeconfig());
        System.out.println("  kubectl apply -f crds/rebootgroups.lockkeeper.dev-v1.yml");
        System.out.println("  make run");
        Runtime.getRuntime().addShutdownHook(new Thread(plane::close));
        new CountDownLatch(1).await();
    }

    private static void down() throws IOException, InterruptedException {
        Optional<ProcessHandle> running = Files.exists(PID)
                ? ProcessHandle.of(Long.parseLong(Files.readString(PID).strip()))
                        .filter(p -> p.info().command().orElse("").endsWith("java"))
                : Optional.empty();
        Files.deleteIfExists(PID);
        if (running.isEmpty()) {
            System.out.println("No control plane of make up runs.");
            return;
        }
        running.get().destroy();
        running.get().onExit().join();
        System.out.println("The control plane has ended.");
    }
}
