package dev.lockkeeper.operator.http;

import dev.lockkeeper.operator.lock.AgentApi;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Puts the agents' API on the main port, and holds up the stop of the application until the answers of held requests are written.
 *
 * <p>At a stop the observers of {@link ShutdownEvent} run while the HTTP server still works, in the order of their priority: what
 * answers the held requests observes it with a priority between {@value #STOPPING} and {@value #WRITTEN}.
 */
@Singleton
public class AgentRoutes {

    /** From this priority on, answers end their connections. */
    public static final int STOPPING = 10;

    /** At this priority, the stop waits until the answers are written. */
    public static final int WRITTEN = 1_000;

    private static final Logger LOG = Logger.getLogger(AgentRoutes.class);
    private static final Duration WRITE_TIME = Duration.ofSeconds(5);

    private final AgentRequests requests;

    @Inject
    AgentRoutes(Vertx vertx, AgentApi lock) {
        this.requests = new AgentRequests(vertx, lock, AgentRequests.BODY_TIME, (api, kind) -> {});
    }

    void register(@Observes Router router) {
        route(router, requests);
    }

    /** Takes every request, those that the router itself would refuse too: all answers have one form. */
    static void route(Router router, AgentRequests requests) {
        router.route()
                .order(Integer.MIN_VALUE)
                .handler(context -> requests.handle(context.request()))
                .failureHandler(context -> requests.handle(context.request()));
    }

    void stopping(@Observes @Priority(STOPPING) ShutdownEvent event) {
        requests.stop();
    }

    void written(@Observes @Priority(WRITTEN) ShutdownEvent event) throws InterruptedException {
        if (!requests.openAnswers.awaitNone(WRITE_TIME)) {
            LOG.warnf("%d requests were not answered before the stop.", requests.openAnswers.count());
        }
    }
}
