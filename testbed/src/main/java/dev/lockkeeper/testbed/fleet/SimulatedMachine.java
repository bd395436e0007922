package dev.lockkeeper.testbed.fleet;

import dev.lockkeeper.testbed.fleet.RebootShape.BootOrder;
import dev.lockkeeper.testbed.fleet.RebootShape.WhileDown;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One machine: its agent and, if it is a node, its kubelet's status. It lives on virtual threads of its own until it is
 * closed: the agent asks, the machine reboots into the staged release, and so on. The node itself is registered by
 * {@link Fleet}.
 */
public final class SimulatedMachine implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final RebootShape shape;
    private final Journal journal;
    private final Optional<SimulatedKubelet> kubelet;
    private final RandomGenerator random;
    private final Pace pace;
    private final MachineControls controls = new MachineControls();
    private final SimulatedAgent agent;
    private final ExecutorService threads;
    private Future<?> kubeletLife = CompletableFuture.completedFuture(null);
    private volatile Future<Optional<OsRelease>> agentLife = CompletableFuture.completedFuture(Optional.empty());
    private volatile MachineSpec booted;
    /** The other release on the disk: the one before, or one that was rolled back from. */
    private Optional<OsRelease> notBooted = Optional.empty();

    private volatile boolean panics;
    private volatile AgentState state = AgentState.OFF;
    private volatile Throwable failure;

    private SimulatedMachine(
            MachineSpec spec,
            AgentSettings settings,
            RebootShape shape,
            Journal journal,
            Optional<SimulatedKubelet> kubelet) {
        this.booted = spec;
        this.shape = shape;
        this.journal = journal;
        this.kubelet = kubelet;
        this.random = new Random(settings.seed() * 31 + spec.name().hashCode());
        this.pace = new Pace(settings.timeScale(), random);
        this.agent = new SimulatedAgent(() -> booted, settings, pace, controls, journal, next -> state = next);
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("machine-" + spec.name() + "-", 0).factory());
    }

    /** Starts the agent of a machine whose node is registered already. */
    public static SimulatedMachine start(
            MachineSpec spec, AgentSettings settings, RebootShape shape, Journal journal, KubernetesClient client) {
        SimulatedKubelet kubelet = new SimulatedKubelet(client, Clock.systemUTC());
        return started(new SimulatedMachine(spec, settings, shape, journal, Optional.of(kubelet)));
    }

    /** Starts the agent of a machine that is no node. */
    public static SimulatedMachine startWithoutNode(
            MachineSpec spec, AgentSettings settings, RebootShape shape, Journal journal) {
        return started(new SimulatedMachine(spec, settings, shape, journal, Optional.empty()));
    }

    private static SimulatedMachine started(SimulatedMachine machine) {
        machine.spawn(machine::live);
        return machine;
    }

    public String name() {
        return booted.name();
    }

    public String agentId() {
        return booted.agentId();
    }

    /** The release that the machine runs, or ran when it went down. */
    public String version() {
        return booted.version();
    }

    /** What its agent sends to a graph's server as the release that it runs; empty if nobody said. */
    public Optional<String> payload() {
        return booted.payload();
    }

    public String bootId() {
        return booted.bootId();
    }

    public AgentState state() {
        return state;
    }

    /** The release that waits for the next reboot. */
    public Optional<String> staged() {
        return controls.staged().map(OsRelease::version);
    }

    /**
     * The agent found and staged a newer release: it asks for its reboot as soon as its start is over.
     *
     * @throws IllegalStateException if the agent takes its updates from a graph
     */
    public void stage(String version) {
        if (agent.followsGraph()) {
            throw new IllegalStateException("Machine " + name() + " takes its updates from a graph: publish " + version
                    + " there, or leave out withGraph.");
        }
        controls.stage(new OsRelease(version, Optional.empty()));
    }

    /** Something goes wrong, once, at the next opportunity. Several faults of one boot add up. */
    public void inject(Fault fault) {
        controls.inject(fault);
    }

    /** Ends the fault that lasts; injecting another makes a new repair necessary. */
    public void repair() {
        controls.repair();
    }

    /** Faults that have not happened yet will not happen. */
    public void forgetFaults() {
        controls.forgetFaults();
    }

    /** A person restarts the agent: what it had staged is forgotten, and its open request ends. */
    public void restartAgent() {
        agentLife.cancel(true);
    }

    /** Its kernel panics: it reboots at once into the release that it runs, and what its agent had staged is forgotten. */
    public void panics() {
        panics = true;
        agentLife.cancel(true);
    }

    /** While users are logged in, a granted reboot waits up to ten minutes, scaled, and asks again each minute. */
    public void usersLoggedIn(boolean loggedIn) {
        controls.usersLoggedIn(loggedIn);
    }

    /** The agent sends no further request before {@link #resume()}; one that is open stays open. */
    public void pause() {
        controls.pause(true);
    }

    public void resume() {
        controls.pause(false);
    }

    /** Without any reboot the node turns NotReady, and stays so before {@link #becomesReady()}. */
    public void becomesUnready() throws InterruptedException {
        reports(Readiness.NOT_READY);
    }

    public void becomesReady() throws InterruptedException {
        reports(Readiness.READY);
    }

    /**
     * Ends the machine's threads and its open request at once; its node stays as it is.
     *
     * @throws IllegalStateException if the machine had died of an unexpected error before, or does not end
     */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "Machine " + name() + " still runs " + CLOSE_TIMEOUT + " after its end.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException("Machine " + name() + " died: " + failure.getMessage(), failure);
        }
    }

    private Future<?> spawn(Callable<Void> life) {
        return threads.submit(() -> {
            try {
                life.call();
            } catch (InterruptedException e) {
                state = AgentState.OFF;
            } catch (Exception | Error e) {
                if (!threads.isShutdown()) {
                    failure = e;
                    state = AgentState.OFF;
                }
            }
        });
    }

    private Void live() throws InterruptedException {
        CountDownLatch steadySent = new CountDownLatch(1);
        while (true) {
            Optional<OsRelease> release = agentLives(steadySent);
            if (release.isPresent()) {
                controls.unstage();
                steadySent = reboot(release.get());
            }
        }
    }

    private Optional<OsRelease> agentLives(CountDownLatch steadySent) throws InterruptedException {
        Future<Optional<OsRelease>> life = threads.submit(() -> agent.live(payloadsOnDisk(), steadySent::countDown));
        agentLife = life;
        try {
            return life.get();
        } catch (CancellationException e) {
            controls.unstage();
            boolean rebooted = panics;
            panics = false;
            return rebooted ? Optional.of(booted.release()) : Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException) {
                throw new InterruptedException("Machine " + name() + " was closed.");
            }
            throw new IllegalStateException("the agent died: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private Set<String> payloadsOnDisk() {
        return Stream.concat(Stream.of(booted.release()), notBooted.stream())
                .flatMap(release -> release.payload().stream())
                .collect(Collectors.toSet());
    }

    private CountDownLatch reboot(OsRelease release) throws InterruptedException {
        MachineSpec before = booted;
        BootPlan plan = BootPlan.of(shape, controls.takeFaultsOfBoot(release.version()), before, release);
        journal.add(new Journal.Down(journal.now(), before.name(), before.version()));
        state = AgentState.OFF;
        kubeletLife.cancel(true);
        reports(shape.whileDown() == WhileDown.FALSE ? Readiness.SHUTTING_DOWN : Readiness.SILENT);
        Thread.sleep(pace.scaled(shape.downFor()));
        if (!plan.comesBack()) {
            controls.awaitRepair();
        }
        MachineSpec after = before.withBoot(newBootId(), plan.release());
        notBooted = Optional.of(plan.release().equals(before.release()) ? release : before.release());
        booted = after;
        journal.add(new Journal.Boot(journal.now(), after.name(), before.version(), after.version(), after.bootId()));
        return boot(plan, after);
    }

    /** Starts kubelet and agent in the plan's order; returns what the agent's first steady-state counts down. */
    private CountDownLatch boot(BootPlan plan, MachineSpec after) throws InterruptedException {
        CountDownLatch steadySent = new CountDownLatch(1);
        if (kubelet.isPresent()) {
            CountDownLatch kubeletUp = new CountDownLatch(1);
            kubeletLife = spawn(() -> {
                if (plan.order() == BootOrder.AGENT_FIRST) {
                    steadySent.await();
                }
                kubeletStarts(kubelet.get(), plan, after, kubeletUp);
                return null;
            });
            if (plan.order() == BootOrder.KUBELET_FIRST) {
                kubeletUp.await();
            }
        }
        Thread.sleep(plan.agentDelay());
        if (!plan.agentStarts()) {
            controls.awaitRepair();
        }
        return steadySent;
    }

    private void kubeletStarts(SimulatedKubelet node, BootPlan plan, MachineSpec after, CountDownLatch up)
            throws InterruptedException {
        Thread.sleep(plan.kubeletDelay());
        if (!plan.kubeletStarts()) {
            controls.awaitRepair();
        }
        node.comesUp(after, plan.ready() ? Readiness.READY : Readiness.NOT_READY);
        up.countDown();
        if (!plan.ready()) {
            controls.awaitRepair();
            node.reports(after.name(), Readiness.READY);
        }
        node.restartsPods(after.name());
        for (int i = 0; i < plan.flaps(); i++) {
            Thread.sleep(plan.flapPeriod());
            node.reports(after.name(), Readiness.NOT_READY);
            Thread.sleep(plan.flapPeriod());
            node.reports(after.name(), Readiness.READY);
        }
    }

    private void reports(Readiness ready) throws InterruptedException {
        if (kubelet.isPresent()) {
            kubelet.get().reports(name(), ready);
        }
    }

    private String newBootId() {
        return MachineSpec.uuid("%016x%016x".formatted(random.nextLong(), random.nextLong()));
    }
}
