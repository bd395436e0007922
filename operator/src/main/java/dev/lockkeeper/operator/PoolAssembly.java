package dev.lockkeeper.operator;

import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.kube.PoolObjects;
import dev.lockkeeper.operator.lock.Events;
import dev.lockkeeper.operator.lock.Nodes;
import dev.lockkeeper.operator.observe.PoolMeters;
import dev.lockkeeper.operator.pool.PoolFigures;
import dev.lockkeeper.operator.pool.PoolWork;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** Puts together what reports of OKD's pools, and opens and pauses them, and calls it when it is time. */
final class PoolAssembly implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(PoolAssembly.class);

    private final PoolWork work;
    private final PoolMeters meters;
    private final Duration interval;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("pools").daemon().factory());
    private boolean led;
    private String problem;

    /**
     * @param wall of what is written down
     * @param clock by which windows open and close
     */
    PoolAssembly(
            KubernetesClient client,
            Settings.Okd settings,
            Nodes nodes,
            Events events,
            PoolMeters meters,
            Clock wall,
            Clock clock) {
        this.meters = meters;
        this.interval = settings.passInterval();
        work = new PoolWork(
                new PoolObjects(client, wall),
                nodes,
                events,
                meters::pools,
                new PoolWork.Settings(settings.enabled(), settings.enabled() && settings.poolWindows(), interval),
                clock);
    }

    /** @param leads whether this replica works for all */
    void startWork(BooleanSupplier leads) {
        timer.execute(() -> pass(leads));
    }

    private void pass(BooleanSupplier leads) {
        Duration next = interval;
        try {
            if (leads.getAsBoolean()) {
                led = true;
                next = work.pass();
                problem = null;
            } else if (led) {
                meters.pools(PoolFigures.NONE);
                led = false;
            }
        } catch (StoreException | RuntimeException e) {
            boolean known = String.valueOf(e.getMessage()).equals(problem);
            problem = String.valueOf(e.getMessage());
            LOG.logf(
                    known ? Logger.Level.DEBUG : Logger.Level.WARN,
                    "pools are not looked at now, the next pass tries again: %s",
                    problem);
        }
        try {
            timer.schedule(() -> pass(leads), next.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The operator stops.");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
