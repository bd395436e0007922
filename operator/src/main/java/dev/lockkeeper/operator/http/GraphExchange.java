package dev.lockkeeper.operator.http;

import dev.lockkeeper.cincinnati.protocol.GraphKind;
import dev.lockkeeper.cincinnati.protocol.GraphParsed;
import dev.lockkeeper.cincinnati.protocol.GraphRequest;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.operator.graph.GraphApi;
import dev.lockkeeper.operator.graph.GraphApi.Answer;
import dev.lockkeeper.operator.lock.AgentApi;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.CompletionStage;

/**
 * One request for a graph on its way from its head to its answer, on the event loop of its connection. A graph that was decided for one
 * machine must not be kept by anybody; one that is the same for all may be, for a short while.
 */
final class GraphExchange {

    static final Api API = new Api("graph", null);

    private static final CharSequence ALLOWED = HttpHeaders.createOptimized("GET, HEAD");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence SHORTLY = HttpHeaders.createOptimized("max-age=30");
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;

    private final AgentRequests requests;
    private final HttpServerRequest request;
    private final AnswerWriter writer;
    private final Context context = Vertx.currentContext();
    private boolean over;
    private boolean last;

    GraphExchange(AgentRequests requests, HttpServerRequest request, Connections connections) {
        this.requests = requests;
        this.request = request;
        this.writer = new AnswerWriter(requests, request, connections);
    }

    void ask(GraphApi graphs) {
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            request.response().putHeader(HttpHeaders.ALLOW, ALLOWED);
            refuse(Kind.METHOD_NOT_ALLOWED.status(), Kind.METHOD_NOT_ALLOWED.text(), "A graph is asked for by GET.");
            return;
        }
        switch (GraphRequest.parse(request.query())) {
            case GraphParsed.Refused refused -> {
                GraphKind kind = refused.missing() ? GraphKind.MISSING_PARAMS : GraphKind.INVALID_PARAMS;
                refuse(kind.status(), kind.text(), refused.sentence());
            }
            case GraphRequest parsed -> ask(graphs, parsed);
        }
    }

    private void ask(GraphApi graphs, GraphRequest parsed) {
        BasicCredentials credentials = BasicCredentials.parse(request.headers().getAll(HttpHeaders.AUTHORIZATION));
        requests.openAnswers.opened();
        request.response().closeHandler(_ -> disconnected());
        CompletionStage<Answer> answer;
        try {
            answer = graphs.graph(new GraphApi.Call(parsed, credentials.user(), credentials.password()));
        } catch (RuntimeException e) {
            answered(null, e);
            return;
        }
        answer.whenComplete(this::answered);
    }

    private void disconnected() {
        if (!over) {
            over = true;
            requests.openAnswers.closed();
        }
    }

    private void answered(Answer answer, Throwable error) {
        if (Vertx.currentContext() == context) {
            write(answer, error);
        } else {
            context.runOnContext(_ -> write(answer, error));
        }
    }

    private void write(Answer answer, Throwable error) {
        if (over) {
            return;
        }
        if (answer instanceof Answer.WrongPassword(Answer same)) {
            requests.answerWrongPassword(request, ends -> {
                last = ends;
                write(same, null);
            });
            return;
        }
        over = true;
        switch (answer) {
            case null -> {
                AgentApi.Reply reply = writer.unexpected(error);
                requests.refused(API, reply.kind());
                write(reply);
            }
            case Answer.Graph graph -> write(graph);
            case Answer.Refused refused ->
                write(new AgentApi.Reply(refused.kind().status(), refused.kind().text(), refused.sentence()));
            case Answer.Unavailable unavailable ->
                write(new AgentApi.Reply(
                        Kind.STORE_UNAVAILABLE.status(), Kind.STORE_UNAVAILABLE.text(), unavailable.sentence()));
            case Answer.WrongPassword _ -> throw new IllegalStateException("an answer is wrapped once");
        }
    }

    private void write(AgentApi.Reply reply) {
        writer.write(
                reply.status(),
                AnswerWriter.json(reply.kind(), reply.value()),
                last,
                false,
                requests.openAnswers::closed);
    }

    private void write(Answer.Graph graph) {
        HttpServerResponse response = request.response();
        String etag = graph.etag() == null ? null : "\"" + graph.etag() + "\"";
        if (etag == null) {
            response.putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
        } else {
            response.putHeader(HttpHeaders.ETAG, etag).putHeader(HttpHeaders.CACHE_CONTROL, SHORTLY);
        }
        if (etag != null && etag.equals(request.getHeader(HttpHeaderNames.IF_NONE_MATCH))) {
            response.setStatusCode(NOT_MODIFIED);
            writer.end(Buffer.buffer(), last, false, requests.openAnswers::closed);
            return;
        }
        response.setStatusCode(OK).putHeader(HttpHeaders.CONTENT_TYPE, AnswerWriter.JSON);
        writer.end(Buffer.buffer(graph.json()), last, false, requests.openAnswers::closed);
    }

    /** Answers without asking. */
    private void refuse(int status, String kind, String sentence) {
        over = true;
        requests.refused(API, kind);
        writer.write(status, AnswerWriter.json(kind, sentence), false, false, () -> {});
    }
}
