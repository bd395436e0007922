package dev.lockkeeper.operator.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The agents' server on a free port of the loopback interface. */
final class TestingServer implements AutoCloseable {

    final TestingLock lock = new TestingLock();
    final TestingGraphs graphs = new TestingGraphs();
    final TestingAccess access = new TestingAccess();
    final AgentConfigs configs = new AgentConfigs(access, Optional.empty());
    final Queue<String> refused = new ConcurrentLinkedQueue<>();
    final AgentServer agents;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));

    TestingServer() {
        this(Limits.DEFAULT);
    }

    TestingServer(Limits limits) {
        this(limits, null, new WrongPasswords(10, Clock.systemUTC()));
    }

    TestingServer(Limits limits, Tls tls, WrongPasswords wrongPasswords) {
        agents = new AgentServer(
                vertx,
                "127.0.0.1",
                0,
                lock,
                graphs,
                configs,
                limits,
                tls,
                wrongPasswords,
                (api, kind) -> refused.add(api + " " + kind));
        agents.open();
    }

    static Limits bodyTime(Duration time) {
        return new Limits(time, Limits.DEFAULT.quietTime(), Limits.DEFAULT.connections());
    }

    RawClient connect() throws IOException {
        return new RawClient(InetAddress.getLoopbackAddress(), agents.port());
    }

    /** Sends one request on a connection of its own. */
    String ask(String request) throws IOException {
        try (RawClient client = connect()) {
            client.send(request);
            return client.answer();
        }
    }

    @Override
    public void close() {
        agents.close();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
