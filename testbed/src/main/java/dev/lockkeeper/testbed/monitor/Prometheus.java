package dev.lockkeeper.testbed.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockkeeper.testbed.control.ChildProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A Prometheus in a process of its own that scrapes operators, and evaluates rules, each second. */
public final class Prometheus implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final Process process;
    private final String url;
    private final Path data;
    private final Path log;

    private Prometheus(Process process, String url, Path data, Path log) {
        this.process = process;
        this.url = url;
        this.data = data;
        this.log = log;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param folder where its configuration, its log and, while it runs, its data are
     * @param rules a file with alerts
     * @param ports where operators on loopback show their metrics; {@link #instance} is their label
     */
    public static Prometheus start(PrometheusTools tools, Path folder, Path rules, List<Integer> ports) {
        try {
            String address = "127.0.0.1:" + freePort();
            Path config = Files.writeString(folder.resolve("prometheus.yml"), config(rules, ports));
            Path data = Files.createTempDirectory(folder, "prometheus-data-");
            Path log = folder.resolve("prometheus.log");
            ProcessBuilder builder = new ProcessBuilder(
                            tools.server().toString(),
                            "--config.file=" + config,
                            "--storage.tsdb.path=" + data,
                            "--web.listen-address=" + address,
                            "--log.level=warn")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            Prometheus prometheus = new Prometheus(ChildProcesses.start(builder), "http://" + address + "/", data, log);
            try {
                prometheus.awaitReady();
            } catch (RuntimeException e) {
                prometheus.close();
                throw e;
            }
            return prometheus;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare Prometheus in " + folder, e);
        }
    }

    private static String config(Path rules, List<Integer> ports) {
        return """
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: lockkeeper
                    metrics_path: /q/metrics
                    static_configs: [{targets: %s}]
                """.formatted(
                        rules.toAbsolutePath(),
                        ports.stream().map(port -> "\"" + instance(port) + "\"").toList());
    }

    /** The value of the label {@code instance} of what an operator shows at this port. */
    public static String instance(int port) {
        return "127.0.0.1:" + port;
    }

    /** Waits until it answers queries, up to a minute. */
    private void awaitReady() {
        Instant limit = Instant.now().plus(START_LIMIT);
        while (!ready()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("Prometheus ended with " + process.exitValue() + ":\n" + warnings());
            }
            if (Instant.now().isAfter(limit)) {
                throw new IllegalStateException("Prometheus is not ready after " + START_LIMIT + ":\n" + warnings());
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    private boolean ready() {
        try {
            return get("-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** What a query gives now: series, each with its labels in {@code metric} and a {@code value}. */
    public JsonNode query(String promql) {
        return data("query?query=" + encoded(promql)).path("result");
    }

    /** The same as of another time. */
    public JsonNode query(String promql, Instant at) {
        return data("query?query=" + encoded(promql) + "&time=" + at).path("result");
    }

    /** What a graph of a query shows: series, each with its labels in {@code metric} and its {@code values}. */
    public JsonNode range(String promql, Instant from, Instant to, Duration step) {
        return data("query_range?query=" + encoded(promql) + "&start=" + from + "&end=" + to + "&step="
                        + step.toSeconds())
                .path("result");
    }

    /** The alerts that are pending or firing now. */
    public List<Alert> alerts() {
        return StreamSupport.stream(data("alerts").path("alerts").spliterator(), false)
                .map(Alert::of)
                .toList();
    }

    /** @throws IllegalStateException with Prometheus' own words, if it refuses the request */
    private JsonNode data(String path) {
        try {
            JsonNode answer = JSON.readTree(get("api/v1/" + path).body());
            if (!answer.path("status").asText().equals("success")) {
                throw new IllegalStateException("Prometheus refuses " + path + ": "
                        + answer.path("error").asText());
            }
            return answer.path("data");
        } catch (IOException e) {
            throw new UncheckedIOException("Prometheus does not answer " + path, e);
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create(url + path))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking Prometheus", e);
        }
    }

    private static String encoded(String promql) {
        return URLEncoder.encode(promql, StandardCharsets.UTF_8);
    }

    /** All that it has logged, which are warnings and errors: of scrapes, of rules that cannot be evaluated. */
    public String warnings() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "No log: " + e.getMessage();
        }
    }

    /** Ends the process and removes its data. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + data, e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
