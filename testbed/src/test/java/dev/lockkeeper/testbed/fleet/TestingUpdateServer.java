package dev.lockkeeper.testbed.fleet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;

/** A server of both protocols that keeps what it was asked and answers as the test says. */
final class TestingUpdateServer implements AutoCloseable {
    record Answer(int status, String body) {
        static final Answer OK = new Answer(200, "");

        static Answer graph(TestingGraph graph) {
            return new Answer(200, graph.json());
        }
    }

    /** @param query unescaped; a parameter that is there twice fails the request */
    record Request(String method, String path, Map<String, String> query, Map<String, List<String>> headers) {
        boolean isGraph() {
            return path.endsWith("v1/graph");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Function<Request, Answer> answers;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** @param answers null closes the connection */
    TestingUpdateServer(Function<Request, Answer> answers) throws IOException {
        this.answers = answers;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /** @param userInfo with its escapes, as in {@code user:pass@}; empty: none */
    URI url(String userInfo) {
        return URI.create(
                "http://" + userInfo + "127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    List<Request> polls() {
        return requests().stream().filter(Request::isGraph).toList();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    query(exchange.getRequestURI().getRawQuery()),
                    Map.copyOf(exchange.getRequestHeaders()));
            requests.add(request);
            Answer answer = answers.apply(request);
            if (answer != null) {
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        Stream.ofNullable(raw).flatMap(all -> Stream.of(all.split("&"))).forEach(part -> {
            String[] pair = part.split("=", 2);
            if (query.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8)) != null) {
                throw new IllegalArgumentException(pair[0] + " is there twice");
            }
        });
        return query;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
