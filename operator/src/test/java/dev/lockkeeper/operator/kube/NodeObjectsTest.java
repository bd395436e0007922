package dev.lockkeeper.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.lockkeeper.operator.lock.NodeFacts.UnreadException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked of the API server, and what expressions get to see of its answers. */
class NodeObjectsTest {

    private static final String PODS = "/api/v1/pods?limit=500&fieldSelector=spec.nodeName%3Dworker-1";

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> answers = new HashMap<>();
    private int status = 200;
    private HttpServer server;
    private KubernetesClient client;
    private NodeObjects objects;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String uri = exchange.getRequestURI().toString();
            asked.add(exchange.getRequestMethod() + " " + uri);
            String body = answers.get(uri);
            int code = body == null ? 404 : status;
            byte[] bytes = (body == null
                            ? "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":404}"
                            : body)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(code, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
        objects = new NodeObjects(client);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    @Test
    void aNodeIsAsTheApiShowsItButForManagedFieldsAndNulls() throws UnreadException {
        answers.put("/api/v1/nodes/worker-1", """
                {"kind": "Node", "metadata": {"name": "worker-1", "uid": "u", "managedFields": [{"manager": "kubelet"}],
                   "creationTimestamp": null},
                 "status": {"daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}}, "share": 0.5,
                   "conditions": [null, {"type": "Ready", "status": "True"}]}}""");
        assertThat(objects.node("worker-1"))
                .isEqualTo(Map.of(
                        "kind",
                        "Node",
                        "metadata",
                        Map.of("name", "worker-1", "uid", "u", "labels", Map.of(), "annotations", Map.of()),
                        "spec",
                        Map.of(),
                        "status",
                        Map.of(
                                "daemonEndpoints",
                                Map.of("kubeletEndpoint", Map.of("Port", 10250L)),
                                "share",
                                0.5,
                                "conditions",
                                List.of(Map.of("type", "Ready", "status", "True")))));
        assertThat(asked).containsExactly("GET /api/v1/nodes/worker-1");
    }

    @Test
    void allPagesOfPodsAreRead() throws UnreadException {
        answers.put(PODS, """
                {"metadata": {"continue": "a+b"}, "items": [{"metadata": {"name": "a", "labels": {"x": "y"}}, "spec": {"priority": 0}}]}""");
        answers.put(PODS + "&continue=a%2Bb", """
                {"metadata": {}, "items": [{"metadata": {"name": "b"}, "status": {"phase": "Running"}}]}""");
        assertThat(objects.pods("worker-1"))
                .containsExactly(
                        Map.of(
                                "metadata",
                                Map.of("name", "a", "labels", Map.of("x", "y"), "annotations", Map.of()),
                                "spec",
                                Map.of("priority", 0L),
                                "status",
                                Map.of()),
                        Map.of(
                                "metadata",
                                Map.of("name", "b", "labels", Map.of(), "annotations", Map.of()),
                                "spec",
                                Map.of(),
                                "status",
                                Map.of("phase", "Running")));
        assertThat(asked).hasSize(2);
    }

    @Test
    void aNodeWithoutPodsHasNone() throws UnreadException {
        answers.put(PODS, "{\"metadata\": {}, \"items\": null}");
        assertThat(objects.pods("worker-1")).isEmpty();
    }

    @Test
    void whatWasNotReadSaysWhy() {
        assertThatExceptionOfType(UnreadException.class)
                .isThrownBy(() -> objects.node("worker-1"))
                .withMessageContaining("/api/v1/nodes/worker-1");
        answers.put(
                PODS,
                "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":403,\"message\":\"pods is forbidden\"}");
        status = 403;
        assertThatExceptionOfType(UnreadException.class)
                .isThrownBy(() -> objects.pods("worker-1"))
                .withMessageEndingWith(": pods is forbidden");
        status = 200;
        answers.put("/api/v1/nodes/worker-1", "{\"metadata\": {\"name\"");
        assertThatExceptionOfType(UnreadException.class)
                .isThrownBy(() -> objects.node("worker-1"))
                .withMessageContaining("/api/v1/nodes/worker-1");
        server.stop(0);
        assertThatExceptionOfType(UnreadException.class)
                .isThrownBy(() -> objects.node("worker-1"))
                .withMessageContaining("the API server did not answer /api/v1/nodes/worker-1: ");
    }
}
