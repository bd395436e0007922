package dev.lockkeeper.operator.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lockkeeper.operator.graph.Fetched.Document;
import dev.lockkeeper.operator.graph.Fetched.NotModified;
import dev.lockkeeper.operator.graph.Fetched.Validators;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever befalls a document on its way, from real servers on loopback. */
@Timeout(60)
class UpstreamTest {

    private static final int MOST = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<HttpServer> servers = new ArrayList<>();
    private Upstream upstream = new Upstream(LIMIT, MOST, null, null);

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        upstream.close();
        servers.forEach(s -> s.stop(0));
        threads.shutdownNow();
    }

    private URI serve(HttpHandler handler) throws IOException {
        return serve(HttpServer.create(loopback(), 0), "http", handler);
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private URI serve(HttpServer server, String scheme, HttpHandler handler) {
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("If-None-Match") + " "
                    + exchange.getRequestHeaders().getFirst("If-Modified-Since"));
            try (exchange) {
                handler.handle(exchange);
            }
        });
        server.start();
        servers.add(server);
        return URI.create(scheme + "://localhost:" + server.getAddress().getPort() + "/doc.json");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private Fetched fetch(URI address) throws Exception {
        return upstream.fetch(address, Validators.NONE);
    }

    private void fails(URI address, String... parts) {
        assertThatExceptionOfType(FetchException.class)
                .isThrownBy(() -> fetch(address))
                .satisfies(e ->
                        assertThat(e.getMessage()).contains(address.toString()).contains(parts));
    }

    @Test
    void aDocumentComesWithWhatALaterRequestMaySay() throws Exception {
        URI address = serve(exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"1\"");
            exchange.getResponseHeaders().add("Last-Modified", "Tue, 21 Jul 2026 14:07:12 GMT");
            answer(exchange, 200, "{}");
        });
        Document document = (Document) fetch(address);
        assertThat(new String(document.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
        assertThat(document.validators()).isEqualTo(new Validators("\"1\"", "Tue, 21 Jul 2026 14:07:12 GMT"));
        upstream.fetch(address, document.validators());
        assertThat(asked).containsExactly("/doc.json null null", "/doc.json \"1\" Tue, 21 Jul 2026 14:07:12 GMT");
    }

    @Test
    void whatDidNotChangeIsNotSentAgain() throws Exception {
        URI address = serve(exchange -> answer(exchange, 304, ""));
        assertThat(upstream.fetch(address, new Validators("\"1\"", null))).isEqualTo(new NotModified());
    }

    @Test
    void anErrorIsTold() throws Exception {
        fails(serve(exchange -> answer(exchange, 500, "oops")), "answered 500");
        fails(serve(exchange -> answer(exchange, 404, "")), "answered 404");
    }

    @Test
    void nobodyThere() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        fails(URI.create("http://localhost:" + port + "/x"), "cannot be reached");
        fails(URI.create("http://no-such-host.invalid/x"), "cannot be reached");
    }

    @Test
    void slowHeadersAndASlowBodyAreGivenUp() throws Exception {
        fails(serve(_ -> sleep()), "was not there after 2 s");
        fails(
                serve(exchange -> {
                    exchange.sendResponseHeaders(200, 1_000);
                    for (int i = 0; i < 100; i++) {
                        exchange.getResponseBody().write('{');
                        exchange.getResponseBody().flush();
                        pause(100);
                    }
                }),
                "was not there after 2 s");
    }

    private static void sleep() {
        pause(20_000);
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aBodyThatIsTooLargeIsCutOff() throws Exception {
        fails(
                serve(exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] part = new byte[1 << 16];
                    for (int i = 0; i < 1_600; i++) {
                        exchange.getResponseBody().write(part);
                    }
                }),
                "is larger than 1048576 bytes (lockkeeper.graph.max-bytes)");
        URI exact = serve(exchange -> answer(exchange, 200, "x".repeat(MOST)));
        assertThat(((Document) fetch(exact)).body()).hasSize(MOST);
    }

    @Test
    void aBodyThatEndsEarlyIsAnError() throws Exception {
        fails(
                serve(exchange -> {
                    exchange.sendResponseHeaders(200, 100);
                    exchange.getResponseBody().write('{');
                    exchange.close();
                }),
                "cannot be reached");
    }

    @Test
    void aPageForPeopleIsNoDocument() throws Exception {
        fails(
                serve(exchange -> {
                    exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
                    answer(exchange, 200, "<html>");
                }),
                "answered with a page for people");
    }

    @Test
    void redirectsAreFollowedButNotInACircle() throws Exception {
        URI address = serve(exchange -> {
            boolean there = exchange.getRequestURI().getPath().equals("/there");
            if (!there) {
                exchange.getResponseHeaders().add("Location", "/there");
            }
            answer(exchange, there ? 200 : 302, there ? "{}" : "");
        });
        assertThat(fetch(address)).isInstanceOf(Document.class);
        URI circle = serve(exchange -> {
            exchange.getResponseHeaders().add("Location", "/doc.json");
            answer(exchange, 302, "");
        });
        fails(circle, "302");
    }

    @Test
    void aCertificateIsTrustedOnlyWithItsAuthority() throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit",
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        URI address = serve(server, "https", exchange -> answer(exchange, 200, "{}"));

        fails(address, "is not trusted", "caBundle");
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(keys.getCertificate("own").getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        upstream.close();
        upstream = new Upstream(LIMIT, MOST, Trust.of(pem), null);
        assertThat(fetch(address)).isInstanceOf(Document.class);
    }

    @Test
    void aBundleWithoutACertificateIsRefused() {
        assertThatExceptionOfType(FetchException.class)
                .isThrownBy(() -> Trust.of(""))
                .withMessage("caBundle holds no certificate: give it as PEM.");
        assertThatExceptionOfType(FetchException.class)
                .isThrownBy(() -> Trust.of("-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n"))
                .withMessageStartingWith("caBundle cannot be read: ");
    }

    @Test
    void aProxyIsAskedInPlaceOfTheServer() throws Exception {
        URI proxy = serve(exchange -> answer(exchange, 200, "{}"));
        upstream.close();
        upstream = new Upstream(LIMIT, MOST, null, proxy);
        assertThat(fetch(URI.create("http://builds.example.invalid/doc.json"))).isInstanceOf(Document.class);
        assertThat(asked).containsExactly("http://builds.example.invalid/doc.json null null");
    }
}
