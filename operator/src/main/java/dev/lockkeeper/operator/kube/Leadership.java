package dev.lockkeeper.operator.kube;

import dev.lockkeeper.operator.Settings;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Elects the replica that works on nodes. A replica that loses the election ends itself: its controllers would otherwise go on
 * beside the new leader's.
 */
@ApplicationScoped
public class Leadership {

    private static final Logger LOG = Logger.getLogger(Leadership.class);
    private static final int LOST = 1;

    private final AtomicBoolean leading = new AtomicBoolean();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile Runnable beforeHalt = () -> {};
    private volatile Runnable listener = () -> {};

    @Produces
    @Singleton
    LeaderElectionConfiguration configuration(Settings settings) {
        // A process that starts anew under its old name would take the lease of the one before for its own, while
        // another replica takes it over.
        String identity = settings.replica() + "-" + UUID.randomUUID();
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration("lockkeeper")
                .withLeaseNamespace(settings.namespace())
                .withIdentity(identity)
                .withLeaseDuration(settings.leader().leaseDuration())
                .withRenewDeadline(settings.leader().renewDeadline())
                .withRetryPeriod(settings.leader().retryPeriod())
                .withLeaderCallbacks(new LeaderCallbacks(this::started, this::lost, newLeader -> {}))
                .build();
    }

    private void started() {
        leading.set(true);
        listener.run();
        LOG.info("This replica leads: it drains, judges and frees.");
    }

    private void lost() {
        boolean led = leading.getAndSet(false);
        if (led && !stopping.get()) {
            LOG.error("This replica lost the lead and ends itself, so that no two replicas work on nodes.");
            beforeHalt.run();
            Runtime.getRuntime().halt(LOST);
        }
    }

    public boolean leads() {
        return leading.get();
    }

    void stopping(@Observes @Priority(1) ShutdownEvent event) {
        stopping.set(true);
    }

    /** What is done, quickly, before a replica that lost the lead ends itself. */
    public void beforeHalt(Runnable work) {
        beforeHalt = work;
    }

    /** Told whenever this replica begins to lead. */
    public void listen(Runnable told) {
        listener = told;
    }
}
