package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.Requests.BODY;
import static dev.lockkeeper.operator.http.Requests.PROTOCOL;
import static dev.lockkeeper.operator.http.Requests.head;
import static dev.lockkeeper.operator.http.Requests.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockkeeper.operator.graph.GraphApi.Answer;
import dev.lockkeeper.operator.lock.AgentApi;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wrong passwords past the budget of their source wait for their answer; nothing else does. */
class GuessingTest {

    private static final String GRAPH = "/v1/graph?basearch=x86_64&stream=stable&oci=true";
    private static final String RIGHT = "right";

    private TestingServer server;

    @BeforeEach
    void start() {
        server = new TestingServer(Limits.DEFAULT, null, new WrongPasswords(2, Clock.systemUTC()));
        server.lock.preReboot = call -> CompletableFuture.completedFuture(
                RIGHT.equals(call.password()) ? TestingLock.GRANTED : new AgentApi.Reply(401, "unauthorized", "No."));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String basic(String password) {
        return "authorization: Basic "
                + Base64.getEncoder().encodeToString(("agent:" + password).getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }

    private static String preReboot(String password) {
        return post("/v1/pre-reboot", PROTOCOL + (password == null ? "" : basic(password)), BODY);
    }

    /** How long the answer took. */
    private Duration timed(String request, String expected) throws Exception {
        long begin = System.nanoTime();
        assertThat(server.ask(request)).startsWith("HTTP/1.1 " + expected);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void assertHeld(String request, String expected) throws Exception {
        assertThat(timed(request, expected)).isGreaterThanOrEqualTo(WrongPasswords.DELAY);
    }

    private void assertAtOnce(String request, String expected) throws Exception {
        assertThat(timed(request, expected)).isLessThan(WrongPasswords.DELAY);
    }

    @Test
    void wrongOnesAreSlowedAndRightOnesAreNot() throws Exception {
        assertAtOnce(preReboot("a"), "401 ");
        assertAtOnce(preReboot("b"), "401 ");
        assertHeld(preReboot("c"), "401 ");
        assertAtOnce(preReboot(RIGHT), "200 ");
        assertHeld(preReboot("d"), "401 ");
        assertAtOnce(preReboot(RIGHT), "200 ");
        assertAtOnce(preReboot(null), "401 ");
    }

    @Test
    void aGraphIsNoWayAroundIt() throws Exception {
        server.graphs.answer =
                CompletableFuture.completedFuture(new Answer.WrongPassword(TestingGraphs.document(null)));
        String request = head("GET", GRAPH, basic("a"));
        assertAtOnce(request, "200 OK\r\ncache-control: no-store\r\n");
        assertAtOnce(preReboot("b"), "401 ");
        assertHeld(request, "200 OK\r\ncache-control: no-store\r\n");
        assertHeld(preReboot("c"), "401 ");
        server.graphs.answer = CompletableFuture.completedFuture(TestingGraphs.document(null));
        assertAtOnce(request, "200 ");
    }

    @Test
    void heldAnswersCostNoThreadAndCountAsOpen() throws Exception {
        timed(preReboot("a"), "401 ");
        timed(preReboot("b"), "401 ");
        int threads = Thread.activeCount();
        try (RawClient stays = server.connect()) {
            try (RawClient goes = server.connect()) {
                goes.send(preReboot("c"));
                stays.send(preReboot("d"));
                await().until(() -> server.agents.openAnswers() == 2);
                assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
            }
            await().until(() -> server.agents.openAnswers() == 1);
            server.agents.lastAnswers();
            assertThat(server.agents.awaitAnswers(Duration.ofSeconds(5))).isTrue();
            assertThat(stays.answer()).startsWith("HTTP/1.1 401 ").contains("connection: close");
        }
    }

    @Test
    void withTooManyHeldTheConnectionEndsAtOnce() throws Exception {
        WrongPasswords full = new WrongPasswords(0, Clock.systemUTC());
        for (int i = 0; i < WrongPasswords.MOST_HELD; i++) {
            full.wrong("10.0.0.7");
        }
        try (TestingServer busy = new TestingServer(Limits.DEFAULT, null, full);
                RawClient client = busy.connect()) {
            busy.lock.answer(401, "unauthorized", "No.");
            client.send(preReboot("a"));
            assertThat(client.answer()).startsWith("HTTP/1.1 401 ").contains("connection: close");
            assertThat(client.closedByServer()).isTrue();
            busy.lock.answer(200, "granted", "Yes.");
            assertThat(busy.ask(preReboot(RIGHT))).startsWith("HTTP/1.1 200 ");
        }
    }
}
