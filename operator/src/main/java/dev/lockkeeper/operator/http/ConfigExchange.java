package dev.lockkeeper.operator.http;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.operator.http.AgentConfigs.Answer;
import dev.lockkeeper.operator.lock.AgentApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/**
 * One request for the configuration of agents, answered at once. Nobody may keep the answer: it says under which address this very
 * caller came, and may have a password in it.
 */
final class ConfigExchange {

    private static final Api API = new Api("config", null);
    private static final CharSequence ALLOWED = HttpHeaders.createOptimized("GET, HEAD");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final int OK = 200;

    private final AgentRequests requests;
    private final HttpServerRequest request;
    private final AnswerWriter writer;
    private boolean gone;

    ConfigExchange(AgentRequests requests, HttpServerRequest request, Connections connections) {
        this.requests = requests;
        this.request = request;
        this.writer = new AnswerWriter(requests, request, connections);
    }

    void answer(AgentConfigs configs) {
        switch (decide(configs)) {
            case Answer.Refused refused -> {
                requests.refused(API, refused.kind());
                boolean guessed = refused.kind().equals(Kind.UNAUTHORIZED.text())
                        && request.headers().contains(HttpHeaders.AUTHORIZATION);
                if (guessed) {
                    // Else this would be a way around what slows guessing down elsewhere.
                    request.response().closeHandler(_ -> gone = true);
                    requests.answerWrongPassword(request, ends -> refuse(refused, ends));
                } else {
                    refuse(refused, false);
                }
            }
            case Answer.Document document -> {
                request.response()
                        .setStatusCode(OK)
                        .putHeader(HttpHeaders.CONTENT_TYPE, document.type())
                        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
                writer.end(Buffer.buffer(document.text()), false, false, () -> {});
            }
        }
    }

    private void refuse(Answer.Refused refused, boolean last) {
        if (!gone) {
            writer.write(
                    refused.status(), AnswerWriter.json(refused.kind(), refused.sentence()), last, false, () -> {});
        }
    }

    private Answer decide(AgentConfigs configs) {
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            request.response().putHeader(HttpHeaders.ALLOW, ALLOWED);
            Kind kind = Kind.METHOD_NOT_ALLOWED;
            return new Answer.Refused(kind.status(), kind.text(), "A configuration is asked for by GET.");
        }
        try {
            return configs.answer(new AgentConfigs.Call(
                    request.path(),
                    request.query(),
                    request.headers().getAll(HttpHeaders.HOST),
                    request.isSSL(),
                    BasicCredentials.parse(request.headers().getAll(HttpHeaders.AUTHORIZATION))));
        } catch (RuntimeException e) {
            AgentApi.Reply reply = writer.unexpected(e);
            return new Answer.Refused(reply.status(), reply.kind(), reply.value());
        }
    }
}
