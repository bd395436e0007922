package dev.lockkeeper.operator.http;

import dev.lockkeeper.operator.Settings;
import dev.lockkeeper.operator.graph.GraphApi;
import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.GroupAccess;
import dev.lockkeeper.operator.observe.Meters;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Opens the agents' port with the application, and holds up the application's stop until the answers of held requests are written.
 *
 * <p>The observers of {@link ShutdownEvent} run one after the other in the order of their priority. What answers the held requests
 * observes it with a priority between {@value #STOPPING} and {@value #WRITTEN}.
 */
@Singleton
public class AgentPort {

    /** At this priority of a stop, answers begin to end their connections. */
    public static final int STOPPING = 5;

    /** At this priority of a stop, it waits until the answers are written, and closes the port. */
    public static final int WRITTEN = 1_000;

    private static final Logger LOG = Logger.getLogger(AgentPort.class);
    private static final Duration WRITE_TIME = Duration.ofSeconds(5);

    private final Optional<Tls> tls;
    private final AgentServer server;

    @Inject
    AgentPort(
            Vertx vertx,
            AgentApi lock,
            GraphApi graphs,
            GroupAccess groups,
            Meters meters,
            Settings settings,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port) {
        Clock clock = Clock.systemUTC();
        this.tls = tls(settings.agent().tls(), meters, clock);
        this.server = new AgentServer(
                vertx,
                host,
                port,
                lock,
                graphs,
                // What is no URL ends the start before: SettingsCheck.
                new AgentConfigs(groups, settings.agent().publicUrl().flatMap(BaseUrl::parse)),
                Limits.DEFAULT,
                tls.orElse(null),
                new WrongPasswords(settings.agent().wrongPasswords(), clock),
                (api, kind) -> meters.request(api, null, kind));
    }

    private static Optional<Tls> tls(Settings.Tls settings, Meters meters, Clock clock) {
        if (settings.certificate().isEmpty() || settings.key().isEmpty()) {
            return Optional.empty();
        }
        PemFiles files = new PemFiles(
                Path.of(settings.certificate().get()), Path.of(settings.key().get()));
        return Optional.of(new Tls(files, settings.reloadInterval(), clock, new Tls.Observer() {
            @Override
            public void serves(Instant expires) {
                meters.certificate(expires);
            }

            @Override
            public void looked(boolean renewed) {
                meters.certificateReloaded(renewed);
            }
        }));
    }

    void open(@Observes StartupEvent event) {
        tls.ifPresent(Tls::start);
        server.open();
        LOG.infof("Agents are served at %s.", server.address());
    }

    void stopping(@Observes @Priority(STOPPING) ShutdownEvent event) {
        server.lastAnswers();
    }

    void close(@Observes @Priority(WRITTEN) ShutdownEvent event) throws InterruptedException {
        if (!server.awaitAnswers(WRITE_TIME)) {
            LOG.warn("Some held requests were not answered before the stop.");
        }
        server.close();
        tls.ifPresent(Tls::close);
    }
}
