package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.Requests.PROTOCOL;
import static dev.lockkeeper.operator.http.Requests.head;
import static dev.lockkeeper.operator.http.Requests.preReboot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

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

    /** The kernel's table shows the timer that runs for a connection: 02 is keep-alive, with the time left in 1/100 s. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aHeldRequestIsKeptAlive() throws Exception {
        try (TestingServer server = new TestingServer();
                RawClient client = server.connect()) {
            server.lock.hold();
            client.send(preReboot());
            await().until(() -> server.lock.held.size() == 1);
            Pattern timer = Pattern.compile("(?m)^ *\\d+: [0-9A-F]+:%04X [0-9A-F]+:[0-9A-F]+ 01 \\S+ 02:([0-9A-F]+) "
                    .formatted(server.agents.port()));
            await().untilAsserted(() -> {
                Matcher row = timer.matcher(
                        Files.readString(Path.of("/proc/net/tcp")) + Files.readString(Path.of("/proc/net/tcp6")));
                assertThat(row.find()).isTrue();
                assertThat(Integer.parseInt(row.group(1), 16)).isBetween(1, KeepAlive.SECONDS * 100);
            });
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        try (TestingServer server = new TestingServer()) {
            Vertx vertx = Vertx.vertx();
            int port = server.agents.port();
            AgentServer second = new AgentServer(
                    vertx,
                    "127.0.0.1",
                    port,
                    server.lock,
                    server.graphs,
                    server.configs,
                    Limits.DEFAULT,
                    null,
                    new WrongPasswords(10, Clock.systemUTC()),
                    (api, kind) -> {});
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
