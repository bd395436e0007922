package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.Requests.BODY;
import static dev.lockkeeper.operator.http.Requests.PROTOCOL;
import static dev.lockkeeper.operator.http.Requests.head;
import static dev.lockkeeper.operator.http.Requests.preReboot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that take long: held by the lock, or sent slowly. */
class HeldRequestsTest {

    private static final int MANY = 500;

    private TestingServer server;

    @BeforeEach
    void start() {
        server = new TestingServer(TestingServer.bodyTime(Duration.ofMillis(300)));
        server.lock.hold();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void heldRequestsCostNoThreadAndAreAllAnswered() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            clients.add(server.connect());
            clients.getFirst().send(preReboot());
            await().until(() -> server.lock.held.size() == 1);
            int threads = Thread.activeCount();
            for (int i = 1; i < MANY; i++) {
                RawClient client = server.connect();
                clients.add(client);
                client.send(preReboot());
            }
            await().until(() -> server.lock.held.size() == MANY);
            assertThat(server.agents.openAnswers()).isEqualTo(MANY);
            // The second event loop may have started with the second connection.
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);

            server.lock.held.forEach(held -> held.answer().complete(TestingLock.GRANTED));
            for (RawClient client : clients) {
                assertThat(client.answer()).endsWith("{\"kind\":\"granted\",\"value\":\"worker-1 may reboot now.\"}");
            }
            assertThat(server.agents.awaitAnswers(Duration.ofSeconds(5))).isTrue();
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void theLockLearnsThatAClientIsGone() throws Exception {
        RawClient client = server.connect();
        client.send(preReboot());
        await().until(() -> server.lock.held.size() == 1);
        TestingLock.Held held = server.lock.held.remove();
        CompletableFuture<Void> gone = held.call().gone().toCompletableFuture();
        assertThat(gone).isNotDone();
        client.close();
        await().until(gone::isDone);
        assertThat(server.agents.openAnswers()).isZero();

        held.answer().complete(TestingLock.GRANTED);
        server.lock.preReboot = _ -> CompletableFuture.completedFuture(TestingLock.GRANTED);
        assertThat(server.ask(preReboot())).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(server.agents.awaitAnswers(Duration.ofSeconds(5))).isTrue();
        assertThat(server.refused).isEmpty();
    }

    @Test
    void oneThatWasAnsweredIsNotGone() throws Exception {
        TestingLock.Held held;
        try (RawClient client = server.connect()) {
            client.send(preReboot());
            await().until(() -> server.lock.held.size() == 1);
            held = server.lock.held.remove();
            held.answer().complete(TestingLock.GRANTED);
            assertThat(client.answer()).startsWith("HTTP/1.1 200 OK\r\n");
        }
        await().until(() -> server.agents.connections() == 0);
        assertThat(held.call().gone().toCompletableFuture()).isNotDone();
    }

    @Test
    void aSlowBodyIsNotWaitedForLong() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(head("POST", "/v1/pre-reboot", PROTOCOL + "content-length: " + BODY.length() + "\r\n"));
            client.send(BODY.substring(0, 20));
            assertThat(client.answer())
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("\r\nconnection: close\r\n")
                    .endsWith("{\"kind\":\"decode_error\",\"value\":\"The body did not arrive within 0 s.\"}");
            assertThat(client.closedByServer()).isTrue();
        }
        assertThat(server.lock.calls).isEmpty();
    }

    @Test
    void aClientThatGoesWhileItSendsLeavesNothing() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(head("POST", "/v1/pre-reboot", PROTOCOL + "content-length: " + BODY.length() + "\r\n"));
            client.send(BODY.substring(0, 20));
        }
        server.lock.answer(423, "lock_held", "Held.");
        assertThat(server.ask(preReboot())).startsWith("HTTP/1.1 423 Locked\r\n");
        assertThat(server.lock.calls).hasSize(1);
        assertThat(server.refused).isEmpty();
    }

    @Test
    void aStopWaitsForAnswers() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(preReboot());
            await().until(() -> server.lock.held.size() == 1);
            assertThat(server.agents.awaitAnswers(Duration.ofMillis(50))).isFalse();
            server.agents.lastAnswers();
            server.lock.held.remove().answer().complete(TestingLock.GRANTED);
            assertThat(server.agents.awaitAnswers(Duration.ofSeconds(5))).isTrue();
            assertThat(client.answer()).contains("\r\nconnection: close\r\n");
            assertThat(client.closedByServer()).isTrue();
        }
    }
}
