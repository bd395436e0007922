package dev.lockkeeper.operator.http;

import dev.lockkeeper.cincinnati.protocol.GraphKind;
import dev.lockkeeper.cincinnati.protocol.GraphParsed;
import dev.lockkeeper.cincinnati.protocol.GraphRequest;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Reply;
import dev.lockkeeper.operator.graph.ExplainApi;
import dev.lockkeeper.operator.graph.ExplainApi.Asked;
import dev.lockkeeper.operator.graph.ExplainApi.Explained;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** Serves {@code /explain} on the management port: why a machine is offered what it is offered. */
@Singleton
public class ExplainPage {

    private static final Logger LOG = Logger.getLogger(ExplainPage.class);
    private static final Pattern NODE = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    private final ExplainApi explain;

    @Inject
    ExplainPage(ExplainApi explain) {
        this.explain = explain;
    }

    void register(@Observes ManagementInterface management) {
        management.router().route("/explain").handler(this::handle);
    }

    private void handle(RoutingContext exchange) {
        if (exchange.request().method() != HttpMethod.GET) {
            exchange.response().putHeader(HttpHeaders.ALLOW, "GET");
            refuse(exchange, Kind.METHOD_NOT_ALLOWED.status(), Kind.METHOD_NOT_ALLOWED.text(), "Ask by GET.");
            return;
        }
        List<String> nodes = exchange.queryParam("node");
        if (nodes.size() == 1) {
            if (NODE.matcher(nodes.getFirst()).matches()) {
                ask(exchange, new Asked.Node(nodes.getFirst()));
            } else {
                refuse(exchange, GraphKind.INVALID_PARAMS, "The parameter 'node' must be a node's name.");
            }
            return;
        }
        switch (GraphRequest.parse(exchange.request().query())) {
            case GraphParsed.Refused refused ->
                refuse(
                        exchange,
                        refused.missing() ? GraphKind.MISSING_PARAMS : GraphKind.INVALID_PARAMS,
                        refused.sentence() + " Or ask with node=<name>.");
            case GraphRequest request -> ask(exchange, new Asked.Query(request));
        }
    }

    private void ask(RoutingContext exchange, Asked asked) {
        explain.explain(asked).whenComplete((explained, error) -> {
            switch (explained) {
                case null -> {
                    LOG.errorf(error, "nothing can be explained");
                    refuse(
                            exchange,
                            Kind.INTERNAL_ERROR.status(),
                            Kind.INTERNAL_ERROR.text(),
                            "Something unexpected happened: see the operator's log.");
                }
                case Explained.Text text ->
                    exchange.response()
                            .putHeader(HttpHeaders.CONTENT_TYPE, AnswerWriter.JSON)
                            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                            .end(text.json());
                case Explained.Refused refused ->
                    refuse(exchange, refused.status(), refused.kind(), refused.sentence());
            }
        });
    }

    private static void refuse(RoutingContext exchange, GraphKind kind, String sentence) {
        refuse(exchange, kind.status(), kind.text(), sentence);
    }

    private static void refuse(RoutingContext exchange, int status, String kind, String sentence) {
        exchange.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, AnswerWriter.JSON)
                .end(Buffer.buffer(new Reply(kind, sentence).json()));
    }
}
