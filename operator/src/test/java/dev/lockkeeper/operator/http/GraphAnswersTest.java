package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.Requests.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockkeeper.cincinnati.protocol.GraphKind;
import dev.lockkeeper.operator.graph.GraphApi;
import dev.lockkeeper.operator.graph.GraphApi.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer to a request for a graph, byte for byte. */
class GraphAnswersTest {

    private static final String PATH = "/v1/graph?basearch=x86_64&stream=stable&oci=true";

    private static TestingServer server;

    @BeforeAll
    static void start() {
        server = new TestingServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        server.graphs.calls.clear();
        server.refused.clear();
        answer(TestingGraphs.document(null));
    }

    private static void answer(Answer answer) {
        server.graphs.answer = CompletableFuture.completedFuture(answer);
    }

    private static String get(String path) throws Exception {
        return server.ask(head("GET", path, ""));
    }

    private static String ok(String headers) {
        return "HTTP/1.1 200 OK\r\n" + headers + "content-type: application/json\r\ncontent-length: 23\r\n\r\n";
    }

    @Test
    void whatWasDecidedForOneMachineIsKeptByNobody() throws Exception {
        assertThat(get(PATH)).isEqualTo(ok("cache-control: no-store\r\n") + TestingGraphs.DOCUMENT);
    }

    @Test
    void whatIsTheSameForAllMayBeKeptForAMoment() throws Exception {
        answer(TestingGraphs.document("abc"));
        assertThat(get(PATH)).isEqualTo(ok("etag: \"abc\"\r\ncache-control: max-age=30\r\n") + TestingGraphs.DOCUMENT);
        assertThat(server.ask(head("GET", PATH, "if-none-match: \"abc\"\r\n")))
                .startsWith("HTTP/1.1 304 Not Modified\r\netag: \"abc\"\r\n")
                .endsWith("\r\n\r\n");
        assertThat(server.ask(head("GET", PATH, "if-none-match: \"abd\"\r\n"))).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void aHeadRequestGetsTheHeadersOfTheGraph() throws Exception {
        assertThat(server.ask(head("HEAD", PATH, "")))
                .isEqualTo("HTTP/1.1 200 OK\r\ncache-control: no-store\r\ncontent-type: application/json\r\n\r\n");
    }

    @Test
    void theRequestReachesTheGraphAsItWasSent() throws Exception {
        String signed = "authorization: Basic "
                + Base64.getEncoder().encodeToString("box-1:secret".getBytes(StandardCharsets.UTF_8)) + "\r\n";
        server.ask(head(
                "GET",
                PATH
                        + "&node_uuid=0123&os_version=44.1&os_checksum=quay.io%2Fx%40sha256%3A1&group=workers&platform=metal"
                        + "&rollout_wariness=abc",
                signed));
        GraphApi.Call call = server.graphs.calls.remove();
        assertThat(call.request().id()).isEqualTo("0123");
        assertThat(call.request().payload()).isEqualTo("quay.io/x@sha256:1");
        assertThat(call.request().wariness()).isEqualTo("abc");
        assertThat(call.user()).isEqualTo("box-1");
        assertThat(call.password()).isEqualTo("secret");
        assertThat(call).asString().doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ?stream=stable                                   | missing_params
            ?basearch=x86_64                                 | missing_params
            ''                                               | missing_params
            ?basearch=x86_64&stream=stable&stream=next       | invalid_params
            ?basearch=x86_64&stream=st%20able                | invalid_params
            ?basearch=x86_64&stream=st%c3%a4ble              | invalid_params
            ?basearch=x86_64&stream=stable&node_uuid=%zz     | invalid_params
            ?basearch=x86_64&stream=stable&os_version=a%0ab  | invalid_params
            """)
    void illFormedRequestsAreRefused(String query, String kind) throws Exception {
        assertThat(get("/v1/graph" + query))
                .startsWith("HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n")
                .contains("{\"kind\":\"" + kind + "\",\"value\":\"The parameter '");
        assertThat(server.graphs.calls).isEmpty();
        assertThat(server.refused).containsExactly("graph " + kind);
    }

    @Test
    void anOverLongParameterOrUriIsRefused() throws Exception {
        assertThat(get(PATH + "&group=" + "x".repeat(64))).contains("\"kind\":\"invalid_params\"");
        assertThat(get(PATH + "&x=" + "y".repeat(8_192))).contains("414 ").contains("\"kind\":\"uri_too_long\"");
        assertThat(get(PATH + "&x=" + "y".repeat(60_000))).contains("414 ").contains("\"kind\":\"uri_too_long\"");
        assertThat(server.graphs.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"})
    void aGraphIsAskedForByGet(String method) throws Exception {
        assertThat(server.ask(head(method, PATH, "")))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD\r\n")
                .endsWith("{\"kind\":\"method_not_allowed\",\"value\":\"A graph is asked for by GET.\"}");
    }

    @Test
    void refusalsOfTheGraphReachWhoAsks() throws Exception {
        answer(new Answer.Refused(GraphKind.UNKNOWN_SCOPE, "There is no such stream."));
        assertThat(get(PATH))
                .startsWith("HTTP/1.1 404 Not Found\r\n")
                .endsWith("{\"kind\":\"unknown_scope\",\"value\":\"There is no such stream.\"}");
        answer(new Answer.Refused(GraphKind.NO_GRAPH, "Nothing is loaded."));
        assertThat(get(PATH)).startsWith("HTTP/1.1 503 ").contains("\"kind\":\"no_graph\"");
        answer(new Answer.Unavailable("This replica is starting."));
        assertThat(get(PATH)).startsWith("HTTP/1.1 503 ").contains("\"kind\":\"store_unavailable\"");
    }

    @Test
    void aFaultOfOursIsToldWithItsNumberInTheLog() throws Exception {
        server.graphs.answer = CompletableFuture.failedFuture(new IllegalStateException("a fault"));
        assertThat(get(PATH)).startsWith("HTTP/1.1 500 ").contains("\"kind\":\"internal_error\"");
        assertThat(server.refused).containsExactly("graph internal_error");
    }

    @Test
    void anAnswerThatComesLaterIsWrittenAndAClientThatLeftIsForgotten() throws Exception {
        CompletableFuture<Answer> later = new CompletableFuture<>();
        server.graphs.answer = later;
        try (RawClient client = server.connect()) {
            client.send(head("GET", PATH, ""));
            try (RawClient leaves = server.connect()) {
                leaves.send(head("GET", PATH, ""));
                await().until(() -> server.agents.openAnswers() == 2);
            }
            await().until(() -> server.agents.openAnswers() == 1);
            Thread.startVirtualThread(() -> later.complete(TestingGraphs.document(null)));
            assertThat(client.answer()).endsWith(TestingGraphs.DOCUMENT);
        }
        await().until(() -> server.agents.openAnswers() == 0);
    }

    @Test
    void aBodyThatNobodyWantsEndsTheConnection() throws Exception {
        assertThat(server.ask(head("GET", PATH, "content-length: 5\r\n") + "hello"))
                .contains("connection: close\r\n");
    }
}
