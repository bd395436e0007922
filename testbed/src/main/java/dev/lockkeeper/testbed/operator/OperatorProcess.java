package dev.lockkeeper.testbed.operator;

import dev.lockkeeper.testbed.control.ChildProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One replica of the operator as users run it: the packaged application in a process of its own, with a kubeconfig and settings by
 * environment variables.
 */
public final class OperatorProcess implements AutoCloseable {

    /** The JVM options of deploy/, but for what ends a process. */
    public static final List<String> SHIPPED_JVM = List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final Builder settings;
    private final int port;
    private final int managementPort;
    private final Path log;
    private Process process;
    private Instant startedAt;

    private OperatorProcess(Builder settings) {
        this.settings = settings;
        this.port = freePort();
        this.managementPort = freePort();
        this.log = settings.folder.resolve("operator-" + settings.name + ".log");
    }

    /** @param folder where the log goes */
    public static Builder builder(Path kubeconfig, Path folder) {
        return new Builder(kubeconfig, folder);
    }

    /** What a replica is started with. */
    public static final class Builder {
        private final Path kubeconfig;
        private final Path folder;
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> jvm = new ArrayList<>(SHIPPED_JVM);
        private String name = "0";
        private Function<Map<String, String>, List<String>> command;

        private Builder(Path kubeconfig, Path folder) {
            this.kubeconfig = kubeconfig;
            this.folder = folder;
        }

        /** Names the replica, in its log's name and in the API. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /** A setting by its environment variable, such as {@code LOCKKEEPER_AGENT_MAX_HOLD}. */
        public Builder set(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** Replaces the options of the JVM. */
        public Builder jvm(String... options) {
            jvm.clear();
            jvm.addAll(List.of(options));
            return this;
        }

        /**
         * Starts the replica by another command than that of java on the packaged application: in a container. It is given the replica's
         * environment; {@link #pid} and what follows from it then tell of that command.
         */
        public Builder command(Function<Map<String, String>, List<String>> command) {
            this.command = command;
            return this;
        }

        /** Starts the process and does not wait. */
        public OperatorProcess launch() {
            OperatorProcess operator = new OperatorProcess(this);
            operator.launch();
            return operator;
        }

        /** Starts the process and waits until it is ready. */
        public OperatorProcess start() {
            OperatorProcess operator = launch();
            operator.awaitReady();
            return operator;
        }
    }

    /** Starts the process again, after {@link #kill} or {@link #terminate}; on the same ports. */
    public synchronized void launch() {
        Map<String, String> own = environment();
        ProcessBuilder builder = new ProcessBuilder(settings.command == null ? java() : settings.command.apply(own))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(k -> k.startsWith("LOCKKEEPER_") || k.startsWith("KUBERNETES_"));
        environment.putAll(own);
        startedAt = Instant.now();
        process = ChildProcesses.start(builder);
    }

    private List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(settings.jvm);
        command.add("-jar");
        command.add(jar().toString());
        return command;
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("KUBECONFIG", settings.kubeconfig.toString());
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
        environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.put("LOCKKEEPER_NAMESPACE", "lockkeeper");
        environment.put("LOCKKEEPER_REPLICA", "lockkeeper-" + settings.name);
        environment.putAll(settings.environment);
        return environment;
    }

    /** Starts the process again with one setting changed; null takes it away. */
    public void relaunch(String variable, String value) {
        if (value == null) {
            settings.environment.remove(variable);
        } else {
            settings.environment.put(variable, value);
        }
        launch();
    }

    private static Path jar() {
        String given = System.getProperty("lockkeeper.root");
        Path root = given != null ? Path.of(given) : Path.of("").toAbsolutePath();
        while (root != null) {
            Path jar = root.resolve("operator/target/quarkus-app/quarkus-run.jar");
            if (Files.exists(jar)) {
                return jar;
            }
            root = root.getParent();
        }
        throw new IllegalStateException("operator/target/quarkus-app/quarkus-run.jar is missing: run make build");
    }

    /** The agents' base URL, with the final slash that the agent needs. */
    public String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    public int port() {
        return port;
    }

    public int managementPort() {
        return managementPort;
    }

    public long pid() {
        return process.pid();
    }

    /** How many threads the process has now. */
    public int threads() {
        try (Stream<String> status = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
            return status.filter(line -> line.startsWith("Threads:"))
                    .mapToInt(line ->
                            Integer.parseInt(line.substring("Threads:".length()).strip()))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many bytes of its heap are in use after a collection of all garbage. */
    public long liveHeap() {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(pid()),
                            "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // Its last line: Total, the number of objects, the number of bytes.
            return said.lines()
                    .filter(line -> line.startsWith("Total "))
                    .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[2]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("jcmd says: " + said));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean alive() {
        return process.isAlive();
    }

    public Instant startedAt() {
        return startedAt;
    }

    public Path log() {
        return log;
    }

    public String logText() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The body of a management page such as {@code /q/metrics}; empty while nobody answers. */
    public HttpResponse<String> management(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                        .timeout(Duration.ofSeconds(5))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    public boolean ready() {
        try {
            return management("/q/health/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits until the replica is ready, up to a minute. */
    public void awaitReady() {
        Instant limit = Instant.now().plus(START_LIMIT);
        while (!ready()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the operator ended with " + process.exitValue() + ":\n" + tail());
            }
            if (Instant.now().isAfter(limit)) {
                throw new IllegalStateException("the operator is not ready after " + START_LIMIT + ":\n" + tail());
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private String tail() {
        List<String> lines = logText().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    /** Kill -9. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** SIGSTOP or SIGCONT: frozen, it does not know that time passes. */
    public void freeze(boolean frozen) {
        try {
            new ProcessBuilder("kill", frozen ? "-STOP" : "-CONT", Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("kill is needed, which every Linux has", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while freezing the operator", e);
        }
    }

    /** SIGTERM, and waits for the end. */
    public int terminate() {
        process.destroy();
        return await();
    }

    /** Waits up to half a minute for the process to end by itself or by a signal. */
    public int await() {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the operator's end", e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroy();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    kill();
                }
            } catch (InterruptedException e) {
                kill();
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
