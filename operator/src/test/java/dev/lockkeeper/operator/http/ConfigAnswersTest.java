package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.Requests.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.operator.lock.GroupAccess.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers to requests for configurations, as they are on the wire. */
class ConfigAnswersTest {

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
        server.refused.clear();
        server.access.asked.clear();
        server.access.answer = new Answer.Admitted(false);
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void aDocumentIsKeptByNobody() throws Exception {
        String butane = server.ask(head("GET", "/butane/workers", ""));
        assertThat(butane)
                .startsWith("HTTP/1.1 200 OK\r\ncontent-type: application/yaml\r\ncache-control: no-store\r\n");
        assertThat(ZincatiFile.ofButane(body(butane)).value("updates.fleet_lock.base_url"))
                .isEqualTo("http://lockkeeper/");
        String ignition = server.ask(head("GET", "/ignition/workers?cincinnati=false", ""));
        assertThat(ignition)
                .startsWith("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: no-store\r\n");
        assertThat(ZincatiFile.ofIgnition(body(ignition)).names()).doesNotContain("cincinnati.base_url");
        assertThat(server.refused).isEmpty();
    }

    @Test
    void aHeadRequestGetsTheHeaders() throws Exception {
        assertThat(server.ask(head("HEAD", "/butane/workers", "")))
                .isEqualTo("HTTP/1.1 200 OK\r\ncontent-type: application/yaml\r\ncache-control: no-store\r\n\r\n");
    }

    @Test
    void whoGivesThePasswordGetsItBack() throws Exception {
        server.access.answer = new Answer.Admitted(true);
        String signed = "authorization: Basic "
                + Base64.getEncoder().encodeToString("box-1:a@b".getBytes(StandardCharsets.UTF_8)) + "\r\n";
        String answer = server.ask(head("GET", "/ignition/workers", signed));
        assertThat(answer).contains("cache-control: no-store\r\n");
        assertThat(ZincatiFile.ofIgnition(body(answer)).lockUrl()).hasToString("http://box-1:a%40b@lockkeeper/");
    }

    @Test
    void aRefusalHasTheStatusOfItsKindAndIsCounted() throws Exception {
        server.access.answer = new Answer.Refused(new Refusal(Kind.UNAUTHORIZED, "It asks for a password."));
        assertThat(server.ask(head("GET", "/butane/workers", "")))
                .startsWith("HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\n"
                        + "www-authenticate: Basic realm=\"lockkeeper\", charset=\"UTF-8\"\r\n")
                .endsWith("{\"kind\":\"unauthorized\",\"value\":\"It asks for a password.\"}");
        server.access.answer = new Answer.Refused(new Refusal(Kind.UNKNOWN_GROUP, "There is none."));
        assertThat(server.ask(head("GET", "/butane/workers", ""))).startsWith("HTTP/1.1 404 Not Found\r\n");
        assertThat(server.refused).containsExactly("config unauthorized", "config unknown_group");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host: a\r\nhost: b\r\n",
                "host: \r\n",
                "host: a b\r\n",
                "host: a\"\r\n",
                "host: x@evil.example\r\n",
                "host: evil.example/?\r\n",
                "host: evil.example#\r\n",
                "host: ${basearch}\r\n",
                "host: 10.3.0.15:99999\r\n",
                "host: b\u00fccher.example\r\n"
            })
    void aHostThatIsNoneIsRefused(String hosts) throws Exception {
        String answer = server.ask("GET /ignition/workers HTTP/1.1\r\n" + hosts + "\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 400 Bad Request\r\n")
                .contains("{\"kind\":\"invalid_params\",\"value\":\"The request's Host header is no address");
        assertThat(server.access.asked).isEmpty();
    }

    @Test
    void otherHeadersDoNotChangeTheAddress() throws Exception {
        String answer = server.ask(head(
                "GET",
                "/butane/workers",
                "x-forwarded-host: evil.example\r\nx-forwarded-proto: https\r\nforwarded: host=evil.example\r\n"
                        + "x-forwarded-port: 1\r\nx-forwarded-prefix: /evil\r\nx-original-url: /evil\r\n"));
        assertThat(ZincatiFile.ofButane(body(answer)).lockUrl()).hasToString("http://lockkeeper/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"})
    void aConfigurationIsAskedForByGet(String method) throws Exception {
        assertThat(server.ask(head(method, "/butane/workers", "")))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD\r\n")
                .endsWith("{\"kind\":\"method_not_allowed\",\"value\":\"A configuration is asked for by GET.\"}");
        assertThat(server.access.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/butane", "/butane/", "/ignition/", "/butane/a/b", "/ignition/workers/", "//butane/a"})
    void thereIsNothingBesideThem(String path) throws Exception {
        assertThat(server.ask(head("GET", path, ""))).contains("404 ").contains("\"kind\":\"not_found\"");
    }

    @Test
    void anOverLongUriIsRefused() throws Exception {
        assertThat(server.ask(head("GET", "/butane/" + "a".repeat(8_192), "")))
                .contains("414 ")
                .contains("\"kind\":\"uri_too_long\"");
    }

    @Test
    void aFaultOfOursIsToldWithItsNumberInTheLog() throws Exception {
        server.access.answer = null;
        assertThat(server.ask(head("GET", "/butane/workers", "")))
                .startsWith("HTTP/1.1 500 ")
                .contains("\"kind\":\"internal_error\"");
        assertThat(server.refused).containsExactly("config internal_error");
    }

    @Test
    void aConnectionServesOneAfterTheOtherAndABodyThatNobodyWantsEndsIt() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(head("GET", "/butane/workers", ""));
            assertThat(client.answer()).startsWith("HTTP/1.1 200 OK\r\n");
            client.send(head("GET", "/ignition/workers", ""));
            assertThat(client.answer()).startsWith("HTTP/1.1 200 OK\r\n");
        }
        assertThat(server.ask(head("GET", "/butane/workers", "content-length: 5\r\n") + "hello"))
                .contains("connection: close\r\n");
    }
}
