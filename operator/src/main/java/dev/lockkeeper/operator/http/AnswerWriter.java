package dev.lockkeeper.operator.http;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Reply;
import dev.lockkeeper.operator.lock.AgentApi;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.HexFormat;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/**
 * Writes the one answer to a request so that it arrives: a connection that must end is ended, but not before a body that nobody wanted
 * was let in.
 */
final class AnswerWriter {

    private static final Logger LOG = Logger.getLogger(AnswerWriter.class);
    static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence CHALLENGE =
            HttpHeaders.createOptimized("Basic realm=\"lockkeeper\", charset=\"UTF-8\"");

    /** How much of a body that nobody wants is read, and for how long, so that its sender gets to see the answer. */
    private static final int LINGER_BYTES = 256 * 1024;

    private static final long LINGER_MILLIS = 2_000;

    private final AgentRequests requests;
    private final HttpServerRequest request;
    private final Connections connections;

    /** @param connections where the request's connection is kept; null for one that ends with this answer */
    AnswerWriter(AgentRequests requests, HttpServerRequest request, Connections connections) {
        this.requests = requests;
        this.request = request;
        this.connections = connections;
        if (connections != null) {
            connections.requestBegins(request.connection());
        }
    }

    /** A fault of ours, told in the log under a number that the answer names; unless it is that this replica stops. */
    AgentApi.Reply unexpected(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof RejectedExecutionException) {
            // Nothing else makes threads take no more work.
            Kind kind = Kind.STORE_UNAVAILABLE;
            return new AgentApi.Reply(
                    kind.status(), kind.text(), "This replica is stopping. Ask again, another one answers.");
        }
        String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        LOG.errorf(cause, "internal error %s at %s", id, request.path());
        Kind kind = Kind.INTERNAL_ERROR;
        return new AgentApi.Reply(
                kind.status(),
                kind.text(),
                "Something unexpected happened: the operator's log has it under " + id + ".");
    }

    /**
     * @param last whether the connection cannot be understood after this request
     * @param bodyRead whether the request's body was read to its end
     * @param written runs once the answer is out, or can never be
     */
    void write(int status, Buffer json, boolean last, boolean bodyRead, Runnable written) {
        HttpServerResponse response = request.response();
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        if (status == Kind.UNAUTHORIZED.status()) {
            response.putHeader(HttpHeaderNames.WWW_AUTHENTICATE, CHALLENGE);
        }
        end(json, last, bodyRead, written);
    }

    static Buffer json(String kind, String value) {
        return Buffer.buffer(new Reply(kind, value).json());
    }

    /** Ends the response, whose status and headers are set already. */
    void end(Buffer body, boolean last, boolean bodyRead, Runnable written) {
        HttpServerResponse response = request.response();
        boolean unread = !last && !bodyRead && !request.isEnded() && announcesBody();
        boolean close = last || unread || requests.stopping();
        if (close) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        if (unread) {
            linger();
        }
        response.end(body, _ -> {
            written.run();
            if (connections != null) {
                connections.requestEnds(request.connection(), System.nanoTime());
            }
            if (close && !unread) {
                request.connection().close();
            }
        });
    }

    private boolean announcesBody() {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? request.headers().contains(HttpHeaders.TRANSFER_ENCODING) : !"0".equals(length);
    }

    /** A connection that is closed with bytes unread would be reset, and the answer lost on its way. */
    private void linger() {
        int[] left = {LINGER_BYTES};
        long end =
                requests.vertx.setTimer(LINGER_MILLIS, _ -> request.connection().close());
        Runnable close = () -> {
            requests.vertx.cancelTimer(end);
            request.connection().close();
        };
        request.exceptionHandler(_ -> requests.vertx.cancelTimer(end));
        request.endHandler(_ -> close.run());
        request.handler(part -> {
            left[0] -= part.length();
            if (left[0] < 0) {
                close.run();
            }
        });
        request.resume();
    }
}
