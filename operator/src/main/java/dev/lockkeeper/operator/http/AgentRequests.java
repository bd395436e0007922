package dev.lockkeeper.operator.http;

import dev.lockkeeper.fleetlock.protocol.FleetLockRequest;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.operator.graph.GraphApi;
import dev.lockkeeper.operator.lock.AgentApi;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Answers every request on the agents' port: refuses at once what needs no body, and lets the rest run as an {@link Exchange},
 * a {@link GraphExchange} or a {@link ConfigExchange}.
 *
 * <p>Refusals apply in this order, the first one wins: the URI is too long, the path is unknown, the protocol's header is missing,
 * the method is not POST, the body is too large. Nothing is ever redirected: agents follow a redirect by GET.
 */
final class AgentRequests {

    private static final Logger LOG = Logger.getLogger(AgentRequests.class);
    private static final String GRAPH = "/v1/graph";
    private static final Refusal URI_TOO_LONG =
            new Refusal(Kind.URI_TOO_LONG, "The URI is longer than " + FleetLockRequest.MAX_URI_BYTES + " bytes.");
    private static final Refusal NOT_FOUND = new Refusal(
            Kind.NOT_FOUND,
            "There is nothing at this path: agents ask /v1/pre-reboot, /v1/steady-state and /v1/graph (base_url must end before v1,"
                    + " with a slash).");

    private static final Refusal HEADERS_TOO_LONG =
            new Refusal(Kind.DECODE_ERROR, "The request's headers are longer than " + Limits.HEADER_BYTES + " bytes.");
    private static final Refusal NOT_HTTP =
            new Refusal(Kind.DECODE_ERROR, "The request is not well-formed HTTP 1.1 or 1.0.");

    final Vertx vertx;
    final Duration bodyTime;
    final OpenAnswers openAnswers = new OpenAnswers();

    private final GraphApi graphs;
    private final AgentConfigs configs;
    private final Api preReboot;
    private final Api steadyState;
    private final WrongPasswords wrongPasswords;
    private final BiConsumer<String, String> refused;
    private volatile boolean stopping;

    /**
     * @param bodyTime how long a body may take to arrive
     * @param refused told of every answer that the lock did not give: the API (empty: none) and the kind
     */
    AgentRequests(
            Vertx vertx,
            AgentApi lock,
            GraphApi graphs,
            AgentConfigs configs,
            Duration bodyTime,
            WrongPasswords wrongPasswords,
            BiConsumer<String, String> refused) {
        this.vertx = vertx;
        this.graphs = graphs;
        this.configs = configs;
        this.preReboot = new Api("pre-reboot", lock::preReboot);
        this.steadyState = new Api("steady-state", lock::steadyState);
        this.bodyTime = bodyTime;
        this.wrongPasswords = wrongPasswords;
        this.refused = refused;
    }

    void handle(HttpServerRequest request, Connections connections) {
        boolean isShort = request.uri().length() <= FleetLockRequest.MAX_URI_BYTES;
        if (isShort && GRAPH.equals(request.path())) {
            new GraphExchange(this, request, connections).ask(graphs);
            return;
        }
        if (isShort && AgentConfigs.isFor(request.path())) {
            new ConfigExchange(this, request, connections).answer(configs);
            return;
        }
        Api api = api(request.path());
        Exchange exchange = new Exchange(this, api, request, connections);
        try {
            Refusal refusal = refuseHead(api, request);
            if (refusal != null) {
                exchange.refuse(refusal);
            } else {
                exchange.readBody();
            }
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
    }

    /** Answers what could not be read as HTTP; its connection ends. */
    void malformed(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        Refusal refusal;
        if (cause instanceof TooLongHttpLineException) {
            refusal = URI_TOO_LONG;
        } else if (cause instanceof TooLongHttpHeaderException) {
            refusal = HEADERS_TOO_LONG;
        } else {
            refusal = NOT_HTTP;
        }
        new Exchange(this, null, request, null).refuseLast(refusal);
    }

    private static Refusal refuseHead(Api api, HttpServerRequest request) {
        if (request.uri().length() > FleetLockRequest.MAX_URI_BYTES) {
            return URI_TOO_LONG;
        }
        if (api == null) {
            return NOT_FOUND;
        }
        Optional<Refusal> head =
                FleetLockRequest.refuseHead(request.method().name(), request.getHeader(FleetLockRequest.HEADER));
        if (head.isPresent()) {
            return head.get();
        }
        return announcedLength(request) > FleetLockRequest.MAX_BODY_BYTES ? FleetLockRequest.bodyTooLarge() : null;
    }

    /** The length that the client announced; 0 where it announced none. */
    private static long announcedLength(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private Api api(String path) {
        if ("/v1/pre-reboot".equals(path)) {
            return preReboot;
        }
        return "/v1/steady-state".equals(path) ? steadyState : null;
    }

    /**
     * Lets the answer to a wrong password out when its source may have it. To be called on the request's event loop, where it is
     * written too.
     *
     * @param write writes the answer, unless the client is gone; told whether the connection ends with it
     */
    void answerWrongPassword(HttpServerRequest request, Consumer<Boolean> write) {
        String source = Source.of(
                request.remoteAddress() == null ? null : request.remoteAddress().hostAddress());
        WrongPasswords.Decision decision = wrongPasswords.wrong(source);
        if (decision.tell()) {
            LOG.warnf("Wrong passwords come from %s, more than its budget: they are answered slowly now.", source);
        }
        switch (decision.when()) {
            case AT_ONCE -> write.accept(false);
            case LAST -> write.accept(true);
            case HELD ->
                vertx.setTimer(WrongPasswords.DELAY.toMillis(), _ -> {
                    wrongPasswords.released();
                    write.accept(false);
                });
        }
    }

    void refused(Api api, String kind) {
        refused.accept(api == null ? "" : api.name(), kind);
    }

    boolean stopping() {
        return stopping;
    }

    /** From now on answers end their connections, so that agents go to another replica. */
    void stop() {
        stopping = true;
    }
}
