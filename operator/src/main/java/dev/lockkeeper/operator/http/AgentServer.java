package dev.lockkeeper.operator.http;

import dev.lockkeeper.operator.graph.GraphApi;
import dev.lockkeeper.operator.lock.AgentApi;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.Http1xServerConnection;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The HTTP server of the agents' port. It is not the framework's, because every answer is ours here, also those to requests that are
 * hardly HTTP; and because what is silent must be told from what is held.
 */
final class AgentServer implements AutoCloseable {

    /** Two, so that one that is busy with many small requests does not delay the answers of all. */
    private static final int LOOPS = 2;

    private static final long START_SECONDS = 10;

    /** How many sweeps fall into the time after which a silent connection is closed. */
    private static final int SWEEPS = 10;

    private final Vertx vertx;
    private final String host;
    private final int port;
    private final AgentRequests requests;
    private final Limits limits;
    private final Tls tls;
    private final AtomicInteger connectionCount = new AtomicInteger();
    private volatile int actualPort;
    private volatile String deployment;

    /**
     * @param port 0: a free one
     * @param tls null: plain HTTP
     * @param refused told of every answer that the lock did not give: the API (empty: none) and the kind
     */
    AgentServer(
            Vertx vertx,
            String host,
            int port,
            AgentApi lock,
            GraphApi graphs,
            AgentConfigs configs,
            Limits limits,
            Tls tls,
            WrongPasswords wrongPasswords,
            BiConsumer<String, String> refused) {
        this.vertx = vertx;
        this.host = host;
        this.port = port;
        this.limits = limits;
        this.tls = tls;
        this.requests = new AgentRequests(vertx, lock, graphs, configs, limits.bodyTime(), wrongPasswords, refused);
    }

    /** @throws ConfigurationException if the port cannot be opened */
    void open() {
        try {
            deployment = vertx.deployVerticle(Loop::new, new DeploymentOptions().setInstances(LOOPS))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(START_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new ConfigurationException("Port " + port + " of " + host + " cannot be opened for agents: "
                    + e.getCause().getMessage() + ". Free it, or set QUARKUS_HTTP_PORT to another.");
        }
    }

    int port() {
        return actualPort;
    }

    String address() {
        return (tls == null ? "http://" : "https://") + host + ":" + actualPort;
    }

    int connections() {
        return connectionCount.get();
    }

    /** How many requests were handed to the lock and are not answered yet. */
    int openAnswers() {
        return requests.openAnswers.count();
    }

    /** From now on every answer ends its connection, so that agents go to another replica. */
    void lastAnswers() {
        requests.stop();
    }

    /** Whether all that was handed to the lock was answered and written before the limit. */
    boolean awaitAnswers(Duration limit) throws InterruptedException {
        return requests.openAnswers.awaitNone(limit);
    }

    @Override
    public void close() {
        if (deployment != null) {
            vertx.undeploy(deployment)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(START_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(_ -> null)
                    .join();
            deployment = null;
        }
    }

    /** One event loop's share of the connections. */
    private final class Loop extends AbstractVerticle {

        private final KnownVersions knownVersions = new KnownVersions();
        private final Connections connections = new Connections(connectionCount, limits.connections());

        @Override
        public void start(Promise<Void> started) {
            HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                    .setHost(host)
                    // Minus one: a free port, the same for all loops.
                    .setPort(port == 0 ? -1 : port)
                    .setTcpKeepAlive(true)
                    .setHttp2ClearTextEnabled(false)
                    .setMaxInitialLineLength(Limits.REQUEST_LINE_BYTES)
                    .setMaxHeaderSize(Limits.HEADER_BYTES));
            server.requestHandler(request -> requests.handle(request, connections));
            server.invalidRequestHandler(requests::malformed);
            server.connectionHandler(this::connected);
            server.listen()
                    .<Void>map(listening -> {
                        actualPort = listening.actualPort();
                        return null;
                    })
                    .onComplete(started);
            long quiet = limits.quietTime().toNanos();
            vertx.setPeriodic(
                    Math.max(1, limits.quietTime().toMillis() / SWEEPS),
                    _ -> connections.closeQuiet(System.nanoTime(), quiet));
        }

        private void connected(HttpConnection connection) {
            if (!connections.opened(connection, System.nanoTime())) {
                return;
            }
            if (connection instanceof Http1xServerConnection http) {
                KeepAlive.on(http.channel());
                http.channel().pipeline().addBefore("handler", "known-versions", knownVersions);
                if (tls != null) {
                    tls.secure(http.channel());
                }
            } else if (tls != null) {
                // Nothing is answered in the clear where TLS was asked for.
                connection.close();
            }
        }
    }
}
