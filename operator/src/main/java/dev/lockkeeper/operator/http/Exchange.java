package dev.lockkeeper.operator.http;

import dev.lockkeeper.fleetlock.protocol.FleetLockRequest;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.operator.lock.AgentApi;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * One request on its way from its head to its answer. All of it runs on the event loop of its connection; while the lock holds it,
 * it costs no thread.
 *
 * <ol>
 *   <li>The body is read, at most {@link FleetLockRequest#MAX_BODY_BYTES} of it and for at most {@link AgentRequests#bodyTime}.
 *   <li>It is parsed and refused, or handed to the lock.
 *   <li>The lock's answer is written; or the client disconnects first, and the lock is told.
 * </ol>
 */
final class Exchange {

    private static final Logger LOG = Logger.getLogger(Exchange.class);
    private static final CharSequence POST = HttpHeaders.createOptimized("POST");
    private static final byte[] EMPTY = {};
    private static final int NO_TIMER = -1;

    private final AgentRequests requests;
    private final Api api;
    private final HttpServerRequest request;
    private final AnswerWriter writer;
    private final Context context = Vertx.currentContext();
    private byte[] body = EMPTY;
    private long timer = NO_TIMER;
    private boolean bodyRead;
    private boolean over;
    private boolean last;
    private boolean passwordSent;

    /**
     * @param api what is asked; null: nothing that there is
     * @param connections where the request's connection is kept; null for one that ends with this answer
     */
    Exchange(AgentRequests requests, Api api, HttpServerRequest request, Connections connections) {
        this.requests = requests;
        this.api = api;
        this.request = request;
        this.writer = new AnswerWriter(requests, request, connections);
    }

    void readBody() {
        timer = requests.vertx.setTimer(requests.bodyTime.toMillis(), this::bodyLate);
        request.exceptionHandler(this::broken);
        request.endHandler(this::bodyWhole);
        request.handler(this::bodyPart);
        request.resume();
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
            request.response().writeContinue();
        }
    }

    private void bodyPart(Buffer part) {
        if (over) {
            return;
        }
        if (body.length + part.length() > FleetLockRequest.MAX_BODY_BYTES) {
            refuse(FleetLockRequest.bodyTooLarge());
            return;
        }
        int before = body.length;
        body = Arrays.copyOf(body, before + part.length());
        part.getBytes(body, before);
    }

    private void bodyWhole(Void end) {
        bodyRead = true;
        if (over) {
            return;
        }
        cancelTimer();
        try {
            ask();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void bodyLate(Long id) {
        timer = NO_TIMER;
        if (!over) {
            refuse(new Refusal(
                    Kind.DECODE_ERROR, "The body did not arrive within " + requests.bodyTime.toSeconds() + " s."));
        }
    }

    /** The connection broke while the body was read: nobody is there to be answered. */
    private void broken(Throwable cause) {
        if (!bodyRead) {
            cancelTimer();
            over = true;
        }
    }

    private void cancelTimer() {
        if (timer != NO_TIMER) {
            requests.vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }

    private void ask() {
        switch (FleetLockRequest.parse(request.method().name(), request.getHeader(FleetLockRequest.HEADER), body)) {
            case Refusal refusal -> refuse(refusal);
            case FleetLockRequest parsed -> ask(parsed);
        }
    }

    private void ask(FleetLockRequest parsed) {
        body = EMPTY;
        BasicCredentials credentials = BasicCredentials.parse(request.headers().getAll(HttpHeaders.AUTHORIZATION));
        passwordSent = credentials.password() != null;
        CompletableFuture<Void> gone = new CompletableFuture<>();
        requests.openAnswers.opened();
        request.response().closeHandler(_ -> disconnected(gone));
        AgentApi.Call call =
                new AgentApi.Call(parsed.id(), parsed.group(), credentials.user(), credentials.password(), gone);
        try {
            api.ask().apply(call).whenComplete(this::answered);
        } catch (RuntimeException e) {
            answered(null, e);
        }
    }

    private void disconnected(CompletableFuture<Void> gone) {
        if (!over) {
            over = true;
            requests.openAnswers.closed();
            gone.complete(null);
        }
    }

    private void answered(AgentApi.Reply reply, Throwable error) {
        if (Vertx.currentContext() == context) {
            answer(reply, error);
        } else {
            context.runOnContext(_ -> answer(reply, error));
        }
    }

    private void answer(AgentApi.Reply reply, Throwable error) {
        boolean wrong =
                passwordSent && reply != null && Kind.UNAUTHORIZED.text().equals(reply.kind());
        if (over || !wrong) {
            writeAnswer(reply, error);
            return;
        }
        requests.answerWrongPassword(request, ends -> {
            last |= ends;
            writeAnswer(reply, error);
        });
    }

    private void writeAnswer(AgentApi.Reply reply, Throwable error) {
        if (over) {
            return;
        }
        try {
            write(error == null ? reply : unexpected(error), true);
        } catch (RuntimeException e) {
            if (over) {
                LOG.errorf(e, "an answer could not be written");
            } else {
                write(unexpected(e), true);
            }
        }
    }

    /** Answers a request after which its connection cannot be understood. */
    void refuseLast(Refusal refusal) {
        last = true;
        refuse(refusal);
    }

    /** Answers without asking the lock. */
    void refuse(Refusal refusal) {
        Kind kind = refusal.kind();
        if (kind == Kind.METHOD_NOT_ALLOWED) {
            request.response().putHeader(HttpHeaders.ALLOW, POST);
        }
        requests.refused(api, kind.text());
        write(new AgentApi.Reply(kind.status(), kind.text(), refusal.value()), false);
    }

    /** Answers a fault of ours, if it can still be answered. */
    void fail(RuntimeException fault) {
        AgentApi.Reply reply = unexpected(fault);
        if (!over) {
            write(reply, false);
        }
    }

    private AgentApi.Reply unexpected(Throwable error) {
        AgentApi.Reply reply = writer.unexpected(error);
        requests.refused(api, reply.kind());
        return reply;
    }

    /** @param counted whether the request is one of {@link AgentRequests#openAnswers} */
    private void write(AgentApi.Reply reply, boolean counted) {
        Buffer json = AnswerWriter.json(reply.kind(), reply.value());
        over = true;
        cancelTimer();
        writer.write(reply.status(), json, last, bodyRead, () -> {
            if (counted) {
                requests.openAnswers.closed();
            }
        });
    }
}
