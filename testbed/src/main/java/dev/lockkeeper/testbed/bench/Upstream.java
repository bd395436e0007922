package dev.lockkeeper.testbed.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockkeeper.crds.v1alpha1.GraphSource;
import dev.lockkeeper.crds.v1alpha1.MetadataSource;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.crds.v1alpha1.UpdateGraphSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Publishes releases over HTTP as Fedora does: three streams, each with as many releases as Fedora's longest stream had in July 2026, for
 * all architectures, with the digests of both schemes, which are made up.
 */
final class Upstream implements AutoCloseable {

    static final List<String> STREAMS = List.of("stable", "testing", "next");
    static final String GRAPH = "fedora";

    static final int COUNT = 217;
    private static final int BARRIER_EVERY = 20;
    private static final LocalDate FIRST = LocalDate.of(2018, 3, 1);
    private static final DateTimeFormatter DATE = DateTimeFormatter.BASIC_ISO_DATE;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    /** Of {@link System#nanoTime}; 0: it has not come yet. */
    private final AtomicLong firstRequest = new AtomicLong();

    private volatile boolean failing;

    private Upstream(HttpServer server) {
        this.server = server;
    }

    static Upstream start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Upstream upstream = new Upstream(server);
        STREAMS.forEach(stream -> upstream.publish(releases(stream)));
        server.createContext("/", upstream::answer);
        server.start();
        return upstream;
    }

    /** The newest release is being rolled out for a month from now. */
    static PublishedReleases releases(String stream) {
        PublishedReleases releases = new PublishedReleases(stream).withCommits();
        for (int i = 0; i < COUNT; i++) {
            String version = version(stream, i);
            releases.out(version);
            if (i % BARRIER_EVERY == BARRIER_EVERY / 2) {
                releases.barrier(version);
            }
        }
        return releases.rollout(version(stream, COUNT - 1), Instant.now(), 0, Duration.ofDays(30));
    }

    /** @param index from 0, the oldest, to {@value #COUNT}-1 */
    static String version(String stream, int index) {
        return "%d.%s.%d.0"
                .formatted(28 + index / 13, FIRST.plusWeeks(2L * index).format(DATE), 3 - STREAMS.indexOf(stream));
    }

    /** The newest release that all agents may have. */
    static String newest(String stream) {
        return version(stream, COUNT - 2);
    }

    /** One with two barriers before the newest. */
    static String old(String stream) {
        return version(stream, COUNT - 2 * BARRIER_EVERY);
    }

    void publish(PublishedReleases releases) {
        releases.files().forEach((name, text) -> files.put("/" + name, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** While it fails, every request is answered with 503. */
    void failing(boolean fails) {
        failing = fails;
    }

    long bytes() {
        return files.values().stream().mapToLong(file -> file.length).sum();
    }

    private void answer(HttpExchange exchange) throws IOException {
        firstRequest.compareAndSet(0, System.nanoTime());
        try (exchange) {
            if (failing) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            byte[] file = files.get(exchange.getRequestURI().getPath());
            String etag = "\"" + Arrays.hashCode(file) + "\"";
            exchange.getResponseHeaders().set("ETag", etag);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            if (etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                exchange.sendResponseHeaders(304, -1);
            } else {
                exchange.sendResponseHeaders(200, file.length);
                exchange.getResponseBody().write(file);
            }
        }
    }

    /** Creates the UpdateGraph and waits until its data are stored: milliseconds from the first request to the status that says so. */
    double serve(KubernetesClient admin) throws InterruptedException {
        return serve(admin, _ -> {});
    }

    double serve(KubernetesClient admin, Consumer<UpdateGraphSpec> change) throws InterruptedException {
        UpdateGraphSpec spec = spec();
        change.accept(spec);
        UpdateGraph graph = new UpdateGraph();
        graph.setMetadata(new ObjectMetaBuilder().withName(GRAPH).build());
        graph.setSpec(spec);
        firstRequest.set(0);
        return await(admin, admin.resource(graph).create().getMetadata().getGeneration());
    }

    private UpdateGraphSpec spec() {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        MetadataSource metadata = new MetadataSource();
        metadata.setReleasesUrl(base + "/releases-${stream}.json");
        metadata.setUpdatesUrl(base + "/updates-${stream}.json");
        GraphSource source = new GraphSource();
        source.setMetadata(metadata);
        UpdateGraphSpec spec = new UpdateGraphSpec();
        spec.setSource(source);
        spec.setStreams(STREAMS);
        return spec;
    }

    /** Lets the leader refresh, and waits for the end of that: milliseconds from its first request to its status. */
    double refresh(KubernetesClient admin, int number) throws InterruptedException {
        firstRequest.set(0);
        UpdateGraph graph = admin.resources(UpdateGraph.class)
                .withName(GRAPH)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"refreshInterval\":\"%dm\"}}".formatted(6 + number % 2));
        return await(admin, graph.getMetadata().getGeneration());
    }

    private double await(KubernetesClient admin, Long generation) throws InterruptedException {
        long limit = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            UpdateGraph graph =
                    admin.resources(UpdateGraph.class).withName(GRAPH).get();
            if (graph.getStatus() != null && generation.equals(graph.getStatus().getObservedGeneration())) {
                return (System.nanoTime() - firstRequest.get()) / 1e6;
            }
            if (System.nanoTime() > limit) {
                throw new IllegalStateException("UpdateGraph '" + GRAPH + "' was not refreshed: " + graph.getStatus());
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
