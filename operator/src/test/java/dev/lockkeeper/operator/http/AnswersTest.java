package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.Requests.BODY;
import static dev.lockkeeper.operator.http.Requests.ID;
import static dev.lockkeeper.operator.http.Requests.PROTOCOL;
import static dev.lockkeeper.operator.http.Requests.head;
import static dev.lockkeeper.operator.http.Requests.post;
import static dev.lockkeeper.operator.http.Requests.preReboot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockkeeper.operator.lock.AgentApi;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer of the agents' port, byte for byte. */
class AnswersTest {

    private static final String NOT_FOUND =
            "{\"kind\":\"not_found\",\"value\":\"There is nothing at this path: agents ask /v1/pre-reboot, /v1/steady-state"
                    + " and /v1/graph (base_url must end before v1, with a slash).\"}";
    private static final String TOO_LARGE =
            "{\"kind\":\"body_too_large\",\"value\":\"The body is longer than 16384 bytes; a FleetLock request takes about 100.\"}";
    private static final String MISSING_HEADER =
            "{\"kind\":\"missing_header\",\"value\":\"The header 'fleet-lock-protocol: true' is missing: this address answers"
                    + " FleetLock agents only.\"}";
    private static final String NOT_POST =
            "{\"kind\":\"method_not_allowed\",\"value\":\"FleetLock requests are POST requests: send this one by POST.\"}";

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
        server.lock.calls.clear();
        server.refused.clear();
        server.lock.preReboot = _ -> CompletableFuture.completedFuture(TestingLock.GRANTED);
    }

    private static String answer(String status, String headers, String json) {
        return "HTTP/1.1 " + status + "\r\n" + headers + "content-length: "
                + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json;
    }

    private static String answer(String status, String json) {
        return answer(status, "content-type: application/json\r\n", json);
    }

    /** With a body that was not read, the connection ends. */
    private static String lastAnswer(String status, String json) {
        return answer(status, "content-type: application/json\r\nconnection: close\r\n", json);
    }

    @Test
    void whatTheLockSaysReachesTheAgent() throws Exception {
        assertThat(server.ask(preReboot()))
                .isEqualTo(answer("200 OK", "{\"kind\":\"granted\",\"value\":\"worker-1 may reboot now.\"}"));
        assertThat(server.ask(post("/v1/steady-state", PROTOCOL, BODY)))
                .isEqualTo(answer("200 OK", "{\"kind\":\"released\",\"value\":\"" + ID + " holds no slot.\"}"));
        server.lock.answer(423, "lock_held", "worker-7 holds 1 of 1 slots, \"Draining\" für 4m.");
        assertThat(server.ask(preReboot()))
                .isEqualTo(
                        answer(
                                "423 Locked",
                                "{\"kind\":\"lock_held\",\"value\":\"worker-7 holds 1 of 1 slots, \\\"Draining\\\" für 4m.\"}"));
        assertThat(server.refused).isEmpty();
    }

    @Test
    void theLockGetsWhatTheAgentSent() throws Exception {
        server.ask(preReboot());
        AgentApi.Call call = server.lock.calls.remove();
        assertThat(call.id()).isEqualTo(ID);
        assertThat(call.group()).isEqualTo("workers");
        assertThat(call.user()).isNull();
        assertThat(call.password()).isNull();

        server.ask(post("/v1/pre-reboot?whatever=1", PROTOCOL + basic("worker-1:se:crét"), BODY));
        AgentApi.Call signed = server.lock.calls.remove();
        assertThat(signed.user()).isEqualTo("worker-1");
        assertThat(signed.password()).isEqualTo("se:crét");
        assertThat(signed).asString().doesNotContain("crét");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "authorization: Basic\r\n",
                "authorization: Basic !!!\r\n",
                "authorization: Basic d29ya2Vy\r\n",
                "authorization: Basic /w==\r\n",
                "authorization: Bearer dXNlcjpwYXNz\r\n",
                "authorization: Basic dXNlcjpwYXNz\r\nauthorization: Basic dXNlcjpwYXNz\r\n",
                "authorization: Basic dXNlcjpwYQpzcw==\r\n"
            })
    void malformedCredentialsAreNone(String header) throws Exception {
        assertThat(server.ask(post("/v1/pre-reboot", PROTOCOL + header, BODY))).startsWith("HTTP/1.1 200 OK\r\n");
        AgentApi.Call call = server.lock.calls.remove();
        assertThat(call.user()).isNull();
        assertThat(call.password()).isNull();
    }

    @Test
    void aWrongPasswordIsChallenged() throws Exception {
        server.lock.answer(401, "unauthorized", "Wrong.");
        assertThat(server.ask(preReboot()))
                .isEqualTo(answer(
                        "401 Unauthorized",
                        "content-type: application/json\r\nwww-authenticate: Basic realm=\"lockkeeper\", charset=\"UTF-8\"\r\n",
                        "{\"kind\":\"unauthorized\",\"value\":\"Wrong.\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/", "/v1", "/v1/", "/v1/pre-reboot/", "//v1/pre-reboot", "/v1//pre-reboot", "/V1/pre-reboot",
                        "/v1/pre-reboo",
                "/v1/./pre-reboot", "/v1/x/../pre-reboot", "/v1/pre%2Dreboot", "/v1/pre-reboot;a=b", "/q/health", "*",
                        "/%zz", "/\u007f"
            })
    void anyOtherPathIsNotFound(String path) throws Exception {
        assertThat(server.ask(head("GET", path, PROTOCOL))).isEqualTo(answer("404 Not Found", NOT_FOUND));
        assertThat(server.ask(post(path, PROTOCOL, BODY))).isEqualTo(lastAnswer("404 Not Found", NOT_FOUND));
        assertThat(server.lock.calls).isEmpty();
        assertThat(server.refused).containsExactly(" not_found", " not_found");
    }

    @Test
    void aUriThroughAProxyIsServed() throws Exception {
        assertThat(server.ask(post("http://lockkeeper/v1/pre-reboot", PROTOCOL, BODY)))
                .startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void aLongUriIsRefused() throws Exception {
        String path = "/v1/pre-reboot?";
        String longest = path + "x".repeat(8192 - path.length());
        assertThat(server.ask(post(longest, PROTOCOL, BODY))).startsWith("HTTP/1.1 200 OK\r\n");
        String json = "{\"kind\":\"uri_too_long\",\"value\":\"The URI is longer than 8192 bytes.\"}";
        assertThat(server.ask(post(longest + "x", PROTOCOL, BODY)))
                .isEqualTo(lastAnswer("414 Request-URI Too Long", json));
        assertThat(server.ask(head("GET", "/" + "y".repeat(60_000), "")))
                .isEqualTo(answer("414 Request-URI Too Long", json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "POST /v1/pre-reboot HTTP/9.9\r\n\r\n",
                "POST /v1/pre-reboot http/1.1\r\n\r\n",
                "POST /v1/pre-reboot HTTP/1.1\r\nbad header\r\n\r\n",
                "POST /v1/pre-reboot HTTP/1.1\r\ncontent-length: five\r\n\r\n",
                "POST /v1/pre-reboot HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n"
            })
    void whatIsNotHttpIsToldSo(String request) throws Exception {
        try (RawClient client = server.connect()) {
            client.send(request);
            assertThat(client.answer())
                    .matches("(?s)HTTP/1[.][01] 400 Bad Request\r\ncontent-type: application/json\r\n.*")
                    .endsWith(
                            "\r\n\r\n{\"kind\":\"decode_error\",\"value\":\"The request is not well-formed HTTP 1.1 or 1.0.\"}");
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void longHeadersAreRefused() throws Exception {
        assertThat(server.ask(head("POST", "/v1/pre-reboot", PROTOCOL + "x: " + "y".repeat(17_000) + "\r\n")))
                .contains(" 400 Bad Request\r\n")
                .endsWith(
                        "{\"kind\":\"decode_error\",\"value\":\"The request's headers are longer than 16384 bytes.\"}");
        assertThat(server.ask(head("GET", "/" + "y".repeat(70_000), PROTOCOL)))
                .contains(" 414 Request-URI Too Long\r\n")
                .endsWith("{\"kind\":\"uri_too_long\",\"value\":\"The URI is longer than 8192 bytes.\"}");
    }

    @Test
    void withoutTheHeaderNothingIsServed() throws Exception {
        assertThat(server.ask(post("/v1/pre-reboot", "", BODY)))
                .isEqualTo(lastAnswer("400 Bad Request", MISSING_HEADER));
        assertThat(server.ask(head("GET", "/v1/pre-reboot", ""))).isEqualTo(answer("400 Bad Request", MISSING_HEADER));
        assertThat(server.ask(post("/v1/steady-state", "fleet-lock-protocol: yes\r\n", BODY)))
                .isEqualTo(lastAnswer(
                        "400 Bad Request", MISSING_HEADER.replace("is missing: this", "has another value: this")));
        assertThat(server.lock.calls).isEmpty();
        assertThat(server.refused)
                .containsExactly(
                        "pre-reboot missing_header", "pre-reboot missing_header", "steady-state missing_header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"})
    void onlyPostIsAllowed(String method) throws Exception {
        assertThat(server.ask(head(method, "/v1/pre-reboot", PROTOCOL)))
                .isEqualTo(answer(
                        "405 Method Not Allowed", "allow: POST\r\ncontent-type: application/json\r\n", NOT_POST));
    }

    @Test
    void aHeadRequestGetsNoBody() throws Exception {
        assertThat(server.ask(head("HEAD", "/v1/pre-reboot", PROTOCOL)))
                .isEqualTo("HTTP/1.1 405 Method Not Allowed\r\nallow: POST\r\ncontent-type: application/json\r\n\r\n");
    }

    @Test
    void aBodyThatIsNotTheProtocolsIsRefused() throws Exception {
        assertThat(server.ask(post("/v1/pre-reboot", PROTOCOL, "{}")))
                .isEqualTo(
                        answer(
                                "400 Bad Request",
                                "{\"kind\":\"decode_error\",\"value\":\"The body is not"
                                        + " {\\\"client_params\\\":{\\\"id\\\":\\\"...\\\",\\\"group\\\":\\\"...\\\"}}: client_params is missing.\"}"));
        assertThat(server.ask(post("/v1/pre-reboot", PROTOCOL, "")))
                .isEqualTo(
                        answer(
                                "400 Bad Request",
                                "{\"kind\":\"decode_error\",\"value\":\"The body is not"
                                        + " {\\\"client_params\\\":{\\\"id\\\":\\\"...\\\",\\\"group\\\":\\\"...\\\"}}: it is empty.\"}"));
        assertThat(server.ask(post("/v1/pre-reboot", PROTOCOL, BODY.replace(ID, "worker 1"))))
                .isEqualTo(answer(
                        "400 Bad Request",
                        "{\"kind\":\"invalid_client\",\"value\":\"client_params.id must be 1 to 64 characters of 0-9, A-Z, a-z"
                                + " and '-'; Zincati sends 32 hex digits.\"}"));
        assertThat(server.lock.calls).isEmpty();
    }

    @Test
    void aLargeBodyIsRefusedUnread() throws Exception {
        // Announced: answered before any of it came.
        assertThat(server.ask(head("POST", "/v1/pre-reboot", PROTOCOL + "content-length: 1000000000\r\n")))
                .isEqualTo(lastAnswer("413 Request Entity Too Large", TOO_LARGE));
        assertThat(server.ask(post("/v1/pre-reboot", PROTOCOL, " ".repeat(16_385))))
                .isEqualTo(lastAnswer("413 Request Entity Too Large", TOO_LARGE));
        // Not announced: as soon as too much came.
        assertThat(server.ask(head("POST", "/v1/pre-reboot", PROTOCOL + "transfer-encoding: chunked\r\n") + "4001\r\n"
                        + " ".repeat(0x4001)))
                .isEqualTo(lastAnswer("413 Request Entity Too Large", TOO_LARGE));
        String full = BODY + " ".repeat(16_384 - BODY.length());
        assertThat(server.ask(post("/v1/pre-reboot", PROTOCOL, full))).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void oneWhoGoesOnSendingStillGetsTheAnswer() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(head("POST", "/v1/pre-reboot", PROTOCOL + "content-length: 200000\r\n"));
            client.send("x".repeat(200_000));
            assertThat(client.answer()).isEqualTo(lastAnswer("413 Request Entity Too Large", TOO_LARGE));
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void chunksAndContinueAreServed() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(head(
                    "POST", "/v1/pre-reboot", PROTOCOL + "transfer-encoding: chunked\r\nexpect: 100-continue\r\n"));
            assertThat(client.answer()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            int half = BODY.length() / 2;
            client.send(Integer.toHexString(half) + "\r\n" + BODY.substring(0, half) + "\r\n");
            client.send(Integer.toHexString(BODY.length() - half) + "\r\n" + BODY.substring(half) + "\r\n0\r\n\r\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void aConnectionServesOneRequestAfterTheOther() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(preReboot());
            assertThat(client.answer()).startsWith("HTTP/1.1 200 OK\r\n");
            client.send(
                    post("/v1/pre-reboot", PROTOCOL, "{}") + preReboot() + post("/v1/steady-state", PROTOCOL, BODY));
            assertThat(client.answer()).startsWith("HTTP/1.1 400 Bad Request\r\n");
            assertThat(client.answer()).contains("granted");
            assertThat(client.answer()).contains("released");
        }
    }

    @Test
    void afterAStopConnectionsEnd() throws Exception {
        try (TestingServer stopped = new TestingServer();
                RawClient client = stopped.connect()) {
            stopped.agents.lastAnswers();
            client.send(preReboot());
            assertThat(client.answer())
                    .isEqualTo(lastAnswer("200 OK", "{\"kind\":\"granted\",\"value\":\"worker-1 may reboot now.\"}"));
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void aFaultIsAnsweredWithoutItsDetails() throws Exception {
        server.lock.preReboot = _ -> {
            throw new IllegalStateException("secret detail");
        };
        assertInternalError();
        server.lock.preReboot = _ -> CompletableFuture.failedFuture(new IllegalStateException("secret detail"));
        assertInternalError();
        server.lock.preReboot = _ -> CompletableFuture.completedFuture(null);
        assertInternalError();
        server.lock.preReboot = _ -> null;
        assertInternalError();
        server.lock.preReboot = _ -> CompletableFuture.completedFuture(new AgentApi.Reply(200, null, null));
        assertInternalError();
        await().untilAsserted(() -> assertThat(server.agents.openAnswers()).isZero());
        assertThat(server.refused).hasSize(5).containsOnly("pre-reboot internal_error");
    }

    private static void assertInternalError() throws Exception {
        assertThat(server.ask(preReboot()))
                .matches(
                        "HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\ncontent-length: \\d+\r\n\r\n"
                                + "\\{\"kind\":\"internal_error\",\"value\":\"Something unexpected happened: the operator's log has it"
                                + " under [0-9a-f]{8}\\.\"}");
    }

    private static String basic(String credentials) {
        return "authorization: basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }
}
