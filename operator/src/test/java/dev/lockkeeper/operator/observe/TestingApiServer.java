package dev.lockkeeper.operator.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Records the requests that come and refuses names that it has seen: shows what is sent, and proves nothing about a real API server. */
final class TestingApiServer implements AutoCloseable {

    record Request(String method, String path, String body) {}

    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+\\.[0-9a-f]{20})\"");

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final KubernetesClient client;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private volatile CountDownLatch open = new CountDownLatch(0);
    private volatile int status;

    TestingApiServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    /** From now on requests wait until {@link #resume}. */
    void pause() {
        open = new CountDownLatch(1);
    }

    void resume() {
        open.countDown();
    }

    /** From now on every answer has this status; 0: as it should be. */
    void failWith(int status) {
        this.status = status;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(new Request(
                exchange.getRequestMethod(), exchange.getRequestURI().getPath(), body));
        try {
            open.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        Matcher name = NAME.matcher(body);
        int code = status;
        if (code == 0) {
            boolean taken = exchange.getRequestMethod().equals("POST") && name.find() && !names.add(name.group(1));
            code = taken ? 409 : 200;
        }
        byte[] answer = (code == 200 ? body : "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":" + code + "}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @Override
    public void close() {
        resume();
        client.close();
        server.stop(0);
        threads.close();
    }
}
