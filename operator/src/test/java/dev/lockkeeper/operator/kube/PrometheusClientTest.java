package dev.lockkeeper.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.lockkeeper.operator.health.CheckResult;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever befalls a query on its way, with real servers on loopback: none of it passes, and none of it fails a machine. */
@Timeout(60)
class PrometheusClientTest {

    private static final String ONE = """
            {"status": "success", "data": {"resultType": "scalar", "result": [1783684800, "1"]}}""";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch over = new CountDownLatch(1);
    private PrometheusClient client = new PrometheusClient(Duration.ofSeconds(20));
    private HttpServer server;

    @AfterEach
    void stop() {
        over.countDown();
        client.close();
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private String serve(HttpHandler handler) throws IOException {
        server = HttpServer.create(loopback(), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            try (exchange) {
                handler.handle(exchange);
            }
        });
        server.start();
        return "http://localhost:" + server.getAddress().getPort();
    }

    private String answering(int status, String body) throws IOException {
        return serve(exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    private String unanswerable(String url) {
        CheckResult result = client.ask(url, "up");
        assertThat(result).isInstanceOf(CheckResult.Unanswerable.class);
        return ((CheckResult.Unanswerable) result).why();
    }

    @Test
    void theQueryIsAskedBelowTheAddress() throws IOException {
        String url = answering(200, ONE);
        assertThat(client.ask(url, "up{node=\"a\"} + 1 > 0 or 50%")).isEqualTo(new CheckResult.Passed());
        assertThat(client.ask(url + "/prometheus/", "up")).isEqualTo(new CheckResult.Passed());
        assertThat(asked)
                .containsExactly(
                        "GET /api/v1/query?query=up%7Bnode%3D%22a%22%7D+%2B+1+%3E+0+or+50%25",
                        "GET /prometheus/api/v1/query?query=up");
    }

    @Test
    void anAnswerOfZeroIsHeard() throws IOException {
        String url = answering(200, ONE.replace("\"1\"", "\"0\""));
        assertThat(client.ask(url, "up")).isEqualTo(new CheckResult.NotYet("its query returned 0"));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 400, 401, 404, 500, 503})
    void onlyAnOkIsAnAnswer(int status) throws IOException {
        String url = answering(status, ONE);
        assertThat(unanswerable(url)).isEqualTo(url + " answered " + status);
        assertThat(asked).as("a redirect is not followed").hasSize(1);
    }

    @Test
    void nobodyThere() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket()) {
            free.bind(loopback());
            port = free.getLocalPort();
        }
        String url = "http://localhost:" + port;
        assertThat(unanswerable(url)).startsWith(url + " cannot be reached: ");
    }

    @Test
    void nobodyAnswers() throws IOException {
        client.close();
        client = new PrometheusClient(Duration.ofMillis(500));
        String url = serve(_ -> await());
        assertThat(unanswerable(url)).isEqualTo(url + " did not answer within 0.5 s");
    }

    @Test
    void aBodyThatDoesNotEndIsNotWaitedFor() throws IOException {
        client.close();
        client = new PrometheusClient(Duration.ofMillis(500));
        String url = serve(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(ONE.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            await();
        });
        assertThat(unanswerable(url)).isEqualTo(url + " did not answer within 0.5 s");
    }

    private void await() throws IOException {
        try {
            over.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void aBodyThatIsTooLargeIsNotRead() throws IOException {
        String url = serve(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(" ".repeat(PrometheusClient.MOST + 1 - ONE.length()).getBytes(StandardCharsets.UTF_8));
                body.write(ONE.getBytes(StandardCharsets.UTF_8));
            }
        });
        assertThat(unanswerable(url)).isEqualTo(url + " answered more than 64 KiB: let the query return fewer series");
    }

    @Test
    void theLargestBodyIsRead() throws IOException {
        String url = answering(200, " ".repeat(PrometheusClient.MOST - ONE.length()) + ONE);
        assertThat(client.ask(url, "up")).isEqualTo(new CheckResult.Passed());
    }

    @Test
    void aConnectionThatBreaksIsNoAnswer() throws IOException {
        String url = serve(exchange -> {
            exchange.sendResponseHeaders(200, ONE.length());
            exchange.getResponseBody().write(ONE.substring(0, 20).getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("broken on purpose");
        });
        assertThat(unanswerable(url)).startsWith(url + " cannot be reached: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://[:::]", "http://-", "http://a:99999", "ftp://a", "http:// a", "a"})
    void whatIsNoAddressIsToldSo(String url) {
        assertThat(unanswerable(url)).contains(url);
    }
}
