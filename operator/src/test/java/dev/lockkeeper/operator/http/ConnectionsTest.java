package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.Requests.PROTOCOL;
import static dev.lockkeeper.operator.http.Requests.head;
import static dev.lockkeeper.operator.http.Requests.preReboot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What connections cost, and who may keep one. */
class ConnectionsTest {

    private static final Limits IMPATIENT = new Limits(Duration.ofSeconds(30), Duration.ofMillis(300), 10);

    @Test
    void thoseWithoutARequestAreClosedAndHeldOnesAreNot() throws Exception {
        try (TestingServer server = new TestingServer(IMPATIENT);
                RawClient holds = server.connect();
                RawClient silent = server.connect();
                RawClient neverEnds = server.connect();
                RawClient wasServed = server.connect()) {
            server.lock.answer(423, "lock_held", "Held.");
            wasServed.send(preReboot());
            assertThat(wasServed.answer()).contains("423 Locked");
            server.lock.hold();
            holds.send(preReboot());
            neverEnds.send(head("POST", "/v1/pre-reboot", PROTOCOL).stripTrailing());
            assertThat(silent.closedByServer()).isTrue();
            assertThat(neverEnds.closedByServer()).isTrue();
            assertThat(wasServed.closedByServer()).isTrue();
            await().until(() -> server.agents.connections() == 1);
            server.lock.held.remove().answer().complete(TestingLock.GRANTED);
            assertThat(holds.answer()).contains("granted");
        }
    }

    @Test
    void oneTooManyIsClosedAndTheNextIsServed() throws Exception {
        Limits two = new Limits(Duration.ofSeconds(30), Duration.ofMinutes(3), 2);
        try (TestingServer server = new TestingServer(two);
                RawClient first = server.connect();
                RawClient second = server.connect()) {
            await().until(() -> server.agents.connections() == 2);
            try (RawClient third = server.connect()) {
                assertThat(third.closedByServer()).isTrue();
            }
            first.finish();
            assertThat(first.closedByServer()).isTrue();
            await().until(() -> server.agents.connections() == 1);
            assertThat(server.ask(preReboot())).contains("granted");
            second.send(preReboot());
            assertThat(second.answer()).contains("granted");
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        try (TestingServer server = new TestingServer()) {
            Vertx vertx = Vertx.vertx();
            int port = server.agents.port();
            AgentServer second =
                    new AgentServer(vertx, "127.0.0.1", port, server.lock, Limits.DEFAULT, (api, kind) -> {});
            assertThatThrownBy(second::open)
                    .hasMessage("Port " + port + " of 127.0.0.1 cannot be opened for agents: Address already in use."
                            + " Free it, or set QUARKUS_HTTP_PORT to another.");
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }
    }
}
