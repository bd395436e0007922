package dev.lockkeeper.operator;

import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.operator.graph.Explainer;
import dev.lockkeeper.operator.graph.FleetFigures;
import dev.lockkeeper.operator.graph.FleetWork;
import dev.lockkeeper.operator.graph.GraphService;
import dev.lockkeeper.operator.graph.Records;
import dev.lockkeeper.operator.graph.Refresher;
import dev.lockkeeper.operator.graph.VerdictBook;
import dev.lockkeeper.operator.kube.FleetWriter;
import dev.lockkeeper.operator.kube.MachineCache;
import dev.lockkeeper.operator.kube.StateReader;
import dev.lockkeeper.operator.kube.StreamMaps;
import dev.lockkeeper.operator.lock.Events;
import dev.lockkeeper.operator.lock.Groups;
import dev.lockkeeper.operator.lock.Nodes;
import dev.lockkeeper.operator.observe.FleetMeters;
import dev.lockkeeper.operator.observe.Meters;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/** Puts together what offers releases to machines: the graph's room and its adapters. */
final class GraphAssembly implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(GraphAssembly.class);

    private static final Duration LOOK = Duration.ofSeconds(1);
    /** An agent polls at most every 5 minutes: whoever asks more often has nothing new to tell. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    private final Settings.Machine machineSettings;
    private final FleetMeters meters;
    private final MachineCache machines;
    private final StateReader states;
    private final Records records;
    private final GraphService service;
    private final Explainer explainer;
    private final Refresher refresher;
    private final FleetWork fleetWork;
    private final VerdictBook verdicts;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("fleet").daemon().factory());
    private boolean led;

    GraphAssembly(
            KubernetesClient client,
            Settings settings,
            Groups groups,
            Nodes nodes,
            GraphService.Outside outside,
            Events events,
            Consumer<String> crashPoint,
            Meters requestMeters,
            FleetMeters meters,
            Clock clock) {
        this.meters = meters;
        this.machineSettings = settings.machine();
        Clock wall = Clock.systemUTC();
        machines = new MachineCache(client, settings.store().tries());
        states = new StateReader(client, settings.namespace(), settings.graph().readInterval(), wall);
        records = new Records(
                states::current, states::read, groups, nodes, machines, machineSettings.seenInterval(), threads, clock);
        service = new GraphService(
                states::current,
                groups,
                nodes,
                machines,
                outside,
                new GraphService.Limits(
                        settings.graph().trustedFor(),
                        machineSettings.offerPatience(),
                        machineSettings.seenInterval(),
                        QUIET,
                        machineSettings.mostOthers()),
                (group, outcome) -> requestMeters.request("graph", group, outcome),
                threads,
                wall,
                clock);
        explainer = new Explainer(states::current, groups, nodes, machines, service, clock);
        refresher = new Refresher(
                new StreamMaps(client, settings.namespace(), wall),
                settings.graph().fetchTimeout(),
                settings.graph().maxBytes(),
                meters::refreshed,
                threads,
                wall,
                clock,
                random());
        FleetWriter store = new FleetWriter(client, machines, settings.store().tries(), wall);
        verdicts = new VerdictBook(
                states::current,
                machines,
                store,
                events,
                new VerdictBook.Outside() {
                    @Override
                    public void judged(String pin, String architecture, Verdict verdict) {
                        meters.judged(pin, architecture, verdict);
                    }

                    @Override
                    public void crashPoint(String step) {
                        crashPoint.accept(step);
                    }
                },
                clock);
        fleetWork = new FleetWork(
                states::current,
                groups,
                nodes,
                machines,
                store,
                verdicts,
                meters::fleet,
                machineSettings.silentAfter(),
                machineSettings.forgetAfter(),
                clock);
        states.listen(() -> meters.graphs(states.current().policies()));
        machines.listen(name -> {
            if (machines.named(name).isEmpty()) {
                service.forget(name);
            }
        });
    }

    private static RandomGenerator random() {
        return () -> ThreadLocalRandom.current().nextLong();
    }

    void start(KubernetesClient watching) {
        machines.start(watching);
        states.start(watching);
    }

    /** Whether all that decisions are made on was read once. */
    boolean loaded() {
        return machines.synced() && states.loaded();
    }

    /** @param leads whether this replica works for all */
    void startWork(BooleanSupplier leads) {
        timer.scheduleWithFixedDelay(() -> guarded(() -> look(leads)), 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        states.listen(() -> guarded(() -> look(leads)));
        long pass = machineSettings.passInterval().toMillis();
        timer.scheduleWithFixedDelay(() -> guarded(() -> pass(leads)), pass, pass, TimeUnit.MILLISECONDS);
    }

    private void look(BooleanSupplier leads) {
        if (leads.getAsBoolean()) {
            refresher.look(states.current().policies());
        }
    }

    private void pass(BooleanSupplier leads) {
        if (leads.getAsBoolean()) {
            led = true;
            fleetWork.pass();
        } else if (led) {
            meters.fleet(FleetFigures.NONE);
            led = false;
        }
    }

    /** An error in one pass must not end those that come after it. */
    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.errorf(e, "work on the fleet's records failed at one step and goes on");
        }
    }

    Records records() {
        return records;
    }

    VerdictBook verdicts() {
        return verdicts;
    }

    GraphService service() {
        return service;
    }

    Explainer explainer() {
        return explainer;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        states.close();
        machines.close();
        threads.shutdownNow();
    }
}
