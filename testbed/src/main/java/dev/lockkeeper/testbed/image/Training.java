package dev.lockkeeper.testbed.image;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the packaged operator once, from its start over readiness and an agent's requests to its end, so that the JVM leaves an AOT cache
 * (JEP 514) of it. An image is built where no cluster is, so {@link StandInApi} is in its place; what it answers decides nothing but
 * which classes the cache holds.
 */
public final class Training {

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    /** The JVM writes the cache as it ends; under emulation that takes minutes. */
    private static final Duration END_LIMIT = Duration.ofMinutes(20);

    private static final String ID = "00000000000000000000000000000001";

    private Training() {}

    /**
     * @param arguments the folder of the image with {@code runtime/} and {@code app/}, where {@code lockkeeper.aot} is put; and that of
     *     the CRDs' YAML. The JVM options are those of {@code JDK_JAVA_OPTIONS}, which every java reads.
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("Give the folder that has runtime/ and app/, and the folder of the CRDs.");
            System.exit(2);
        }
        Path home = Path.of(arguments[0]);
        Path cache = home.resolve("lockkeeper.aot");
        Path work = Files.createTempDirectory("lockkeeper-training-");
        try (StandInApi api = StandInApi.start(Path.of(arguments[1]), work)) {
            train(home, cache, api);
        }
        System.out.printf("%s: %d MiB%n", cache, Files.size(cache) >> 20);
        System.exit(0);
    }

    private static void train(Path home, Path cache, StandInApi api) throws Exception {
        int agents = freePort();
        int management = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("runtime/bin/java").toString(),
                        "-XX:AOTCacheOutput=" + cache,
                        "-jar",
                        home.resolve("app/quarkus-run.jar").toString())
                .inheritIO();
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("LOCKKEEPER_") || name.startsWith("KUBERNETES_"));
        environment.putAll(api.clientSettings());
        environment.put("LOCKKEEPER_NAMESPACE", StandInApi.NAMESPACE);
        environment.put("LOCKKEEPER_REPLICA", "training");
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(agents));
        environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(management));
        Process operator = builder.start();
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI manage = URI.create("http://127.0.0.1:" + management + "/");
            long limit = System.nanoTime() + START_LIMIT.toNanos();
            while (status(http, manage, "q/health/ready") != 200) {
                if (!operator.isAlive() || System.nanoTime() > limit) {
                    throw new IllegalStateException("The operator did not become ready; its log is above.");
                }
                LockSupport.parkNanos(50_000_000);
            }
            exercise(http, URI.create("http://127.0.0.1:" + agents + "/"), manage);
            operator.destroy();
            if (!operator.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "The operator did not end within " + END_LIMIT.toMinutes() + " minutes.");
            }
            if (!Files.exists(cache)) {
                throw new IllegalStateException("The operator ended without an AOT cache; why is above.");
            }
        } finally {
            operator.destroyForcibly();
        }
    }

    /** What agents and Prometheus ask for. */
    private static void exercise(HttpClient http, URI agents, URI manage) throws IOException, InterruptedException {
        String body = "{\"client_params\":{\"id\":\"" + ID + "\",\"group\":\"" + StandInApi.GROUP + "\"}}";
        for (String path : List.of("v1/steady-state", "v1/pre-reboot")) {
            HttpRequest request = HttpRequest.newBuilder(agents.resolve(path))
                    .header("fleet-lock-protocol", "true")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            System.out.println(path + " " + send(http, request));
        }
        String graph = "v1/graph?basearch=x86_64&stream=stable&rollout_wariness=0&group=" + StandInApi.GROUP
                + "&node_uuid=" + ID + "&os_version=44.20260621.3.1&os_checksum=" + "0".repeat(64);
        System.out.println("v1/graph " + status(http, agents, graph));
        for (String path : List.of("q/health/live", "q/metrics")) {
            System.out.println(path + " " + status(http, manage, path));
        }
    }

    /** The status of an answer; 0 while nobody answers. */
    private static int status(HttpClient http, URI base, String path) throws InterruptedException {
        try {
            return send(http, HttpRequest.newBuilder(base.resolve(path)).build());
        } catch (IOException e) {
            return 0;
        }
    }

    private static int send(HttpClient http, HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
