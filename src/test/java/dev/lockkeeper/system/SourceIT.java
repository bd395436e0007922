package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockkeeper.crds.v1alpha1.GraphSource;
import dev.lockkeeper.crds.v1alpha1.MetadataSource;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.crds.v1alpha1.UpdateGraphSpec;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A source that fails in every way: agents go on from the last good graph, also after a restart, and people are told. */
class SourceIT {

    private static final String V1 = "44.20260501.3.0";
    private static final String BARRIER = "44.20260515.3.0";
    private static final String V2 = "44.20260601.3.0";

    private interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    private static Rig rig;
    private static Releases releases;
    private static OperatorProcess operator;
    private static HttpServer server;
    private static final CountDownLatch OVER = new CountDownLatch(1);
    private static volatile Behaviour behaviour = SourceIT::good;
    private static volatile PublishedReleases published = published();
    private static MachineSpec machine;

    private static PublishedReleases published() {
        return new PublishedReleases("stable")
                .out(V1)
                .out(BARRIER)
                .barrier(BARRIER)
                .out(V2);
    }

    @BeforeAll
    static void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                behaviour.answer(exchange);
            }
        });
        server.start();
        rig = Rig.start();
        releases = new Releases(rig);
        operator = releases.operator(
                o -> o.set("LOCKKEEPER_GRAPH_FETCH_TIMEOUT", "PT1S").set("LOCKKEEPER_GRAPH_MAX_BYTES", "1000000"));
        rig.group("fed");
        machine = releases.node("fed-1", "fed", V1);
        graph();
        Rig.await()
                .untilAsserted(() -> assertThat(condition("Ready").getStatus()).isEqualTo("True"));
    }

    @AfterAll
    static void stop() {
        OVER.countDown();
        rig.close();
        server.stop(0);
    }

    private static void graph() {
        String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/${stream}/";
        MetadataSource metadata = new MetadataSource();
        metadata.setReleasesUrl(base + "releases.json");
        metadata.setUpdatesUrl(base + "updates.json");
        GraphSource source = new GraphSource();
        source.setMetadata(metadata);
        UpdateGraphSpec spec = new UpdateGraphSpec();
        spec.setSource(source);
        spec.setStreams(List.of("stable"));
        spec.setRefreshInterval("10s");
        UpdateGraph graph = new UpdateGraph();
        graph.setMetadata(new ObjectMetaBuilder().withName("fed").build());
        graph.setSpec(spec);
        rig.admin.resource(graph).create();
    }

    private static UpdateGraph read() {
        return rig.admin.resources(UpdateGraph.class).withName("fed").get();
    }

    private static Condition condition(String type) {
        return Releases.condition(read().getStatus().getConditions(), type).orElseThrow();
    }

    // ---- how the source behaves

    private static void good(HttpExchange exchange) throws IOException {
        String body =
                exchange.getRequestURI().getPath().endsWith("releases.json") ? published.index() : published.updates();
        String etag = "\"" + body.hashCode() + "\"";
        exchange.getResponseHeaders().set("ETag", etag);
        if (etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            send(exchange, 200, body);
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void silent(HttpExchange exchange) {
        try {
            OVER.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void endless(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        byte[] part = "x".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 1_000; i++) {
            out.write(part);
        }
    }

    private static void loop(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Location", exchange.getRequestURI().toString());
        exchange.sendResponseHeaders(302, -1);
    }

    /** A change of the spec makes the leader refresh at once. */
    private static void refresh() {
        String other = "10s".equals(read().getSpec().getRefreshInterval()) ? "11s" : "10s";
        rig.admin
                .resources(UpdateGraph.class)
                .withName("fed")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"refreshInterval\":\"" + other + "\"}}");
        Long generation = read().getMetadata().getGeneration();
        Rig.await().until(() -> generation.equals(read().getStatus().getObservedGeneration()));
    }

    private static void assertServed() throws Exception {
        assertThat(releases.edge(operator, machine, "fed")).hasValue(BARRIER);
        assertThat(operator.management("/q/metrics").body())
                .contains("lockkeeper_graph_age_seconds{architecture=\"s390x\",graph=\"fed\",stream=\"stable\"}");
    }

    private static void withSource(Behaviour faulty, String reason, String sentence) throws Exception {
        behaviour = faulty;
        refresh();
        assertThat(condition("Degraded").getStatus()).isEqualTo("True");
        assertThat(condition("Degraded").getReason()).isEqualTo(reason);
        assertThat(condition("Degraded").getMessage()).contains(sentence);
        assertThat(condition("Ready").getStatus()).isEqualTo("True");
        assertServed();
    }

    @Test
    void agentsGoOnFromTheLastGoodGraphWhateverTheSourceDoes() throws Exception {
        assertServed();
        withSource(e -> send(e, 500, "oops"), "SourceFailing", "answered 500");
        withSource(e -> send(e, 200, ""), "SourceFailing", "releases.json");
        withSource(e -> send(e, 200, published.index().substring(0, 300)), "SourceFailing", "is not JSON");
        withSource(e -> send(e, 200, "<html>captive portal</html>"), "SourceFailing", "is not JSON");
        withSource(SourceIT::silent, "SourceFailing", "was not there after 1 s");
        withSource(SourceIT::endless, "SourceFailing", "1000000 bytes");
        withSource(SourceIT::loop, "SourceFailing", "answered 302");
        withSource(e -> send(e, 304, ""), "SourceFailing", "304");

        // Restarted in this state, it serves the same.
        operator.kill();
        operator.launch();
        operator.awaitReady();
        assertServed();

        behaviour = SourceIT::good;
        refresh();
        assertThat(condition("Degraded").getStatus()).isEqualTo("False");
    }

    @Test
    void whatIsDoubtfulIsTakenOverOnlyWhenAPersonAcceptsIt() throws Exception {
        behaviour = SourceIT::good;
        published = new PublishedReleases("stable").out(V1).out(V2);
        withSource(SourceIT::good, "SourceDoubtful", "The barrier " + BARRIER + " is gone from the index.");
        String hash = read().getStatus().getDoubtful().getFirst().getHash();
        rig.admin
                .resources(UpdateGraph.class)
                .withName("fed")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"lockkeeper.dev/accept-source\":\"" + hash + "\"}}}");
        Rig.await()
                .untilAsserted(
                        () -> assertThat(condition("Degraded").getStatus()).isEqualTo("False"));
        assertThat(read().getStatus().getDoubtful()).isNullOrEmpty();
        assertThat(read().getStatus().getScopes())
                .first()
                .satisfies(s -> assertThat(s.getReleases()).isEqualTo(2));

        published = published();
        refresh();
        Rig.await(Duration.ofSeconds(30)).untilAsserted(SourceIT::assertServed);
    }
}
