package dev.lockkeeper.operator;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.BackoffRule;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.fleetlock.store.Swapper;
import dev.lockkeeper.operator.graph.ExplainApi;
import dev.lockkeeper.operator.graph.GraphApi;
import dev.lockkeeper.operator.graph.GraphService;
import dev.lockkeeper.operator.kube.GroupCache;
import dev.lockkeeper.operator.kube.GroupMapping;
import dev.lockkeeper.operator.kube.KubeFormerLocks;
import dev.lockkeeper.operator.kube.KubeGroupStore;
import dev.lockkeeper.operator.kube.Leadership;
import dev.lockkeeper.operator.kube.NodeCache;
import dev.lockkeeper.operator.kube.NodeObjects;
import dev.lockkeeper.operator.kube.NodeWriter;
import dev.lockkeeper.operator.kube.Passwords;
import dev.lockkeeper.operator.kube.Permissions;
import dev.lockkeeper.operator.kube.PodAccess;
import dev.lockkeeper.operator.kube.PrometheusClient;
import dev.lockkeeper.operator.kube.Startup;
import dev.lockkeeper.operator.kube.StatusBoard;
import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.Checks;
import dev.lockkeeper.operator.lock.Drain;
import dev.lockkeeper.operator.lock.GroupAccess;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.GroupWork;
import dev.lockkeeper.operator.lock.HolderWork;
import dev.lockkeeper.operator.lock.ImportWork;
import dev.lockkeeper.operator.lock.LockService;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.PasswordAccess;
import dev.lockkeeper.operator.lock.Reason;
import dev.lockkeeper.operator.observe.CrashPoint;
import dev.lockkeeper.operator.observe.FleetMeters;
import dev.lockkeeper.operator.observe.KubeEvents;
import dev.lockkeeper.operator.observe.LockMeters;
import dev.lockkeeper.operator.observe.Meters;
import dev.lockkeeper.operator.observe.PoolMeters;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Puts the operator's parts together and brings them up and down in order. Everything else gets what it needs by its constructor. */
@Singleton
public class Assembly {

    private static final Logger LOG = Logger.getLogger(Assembly.class);

    private static final Duration WAITING_REPORT = Duration.ofSeconds(5);
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final Duration SWAP_PAUSE = Duration.ofMillis(20);
    private static final Duration PROMETHEUS_LIMIT = Duration.ofSeconds(5);

    private final KubernetesClient client;
    private final KubernetesClient lockClient;
    private final Instance<Operator> operator;
    private final Settings settings;
    private final Leadership leadership;
    private final GroupMapping mapping;
    private final KubeGroupStore store;
    private final GroupCache groupCache;
    private final NodeCache nodeCache = new NodeCache();
    private final Passwords passwords = new Passwords();
    private final Swapper swapper;
    private final StatusBoard statusBoard;
    private final KubeEvents events;
    private final GraphAssembly graphs;
    private final PoolAssembly pools;
    private final PrometheusClient prometheus;
    private final LockService lockService;
    private final GroupWork groupWork;
    private final Startup startup;
    private final AgentApi agentApi;
    private final ScheduledExecutorService reports = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("reports").daemon().factory());

    Assembly(
            KubernetesClient client,
            Instance<Operator> operator,
            Settings settings,
            Leadership leadership,
            Meters meters,
            FleetMeters fleetMeters,
            PoolMeters poolMeters,
            CrashPoint crashPoint) {
        this.client = client;
        this.operator = operator;
        this.settings = settings;
        this.leadership = leadership;
        Clock clock = Clock.systemUTC();
        Clock decisions = decisions(settings, clock, fleetMeters);
        lockClient = lockClient(client, settings);
        mapping = new GroupMapping(
                settings.namespace(),
                settings.agent().askTimeout().dividedBy(3),
                new BackoffRule(settings.drain().backoff(), settings.drain().backoffCap()));
        store = new KubeGroupStore(lockClient, mapping, clock);
        groupCache = new GroupCache(mapping, store);
        swapper = new Swapper(store, settings.store().tries(), SWAP_PAUSE);
        statusBoard =
                new StatusBoard(lockClient, store, groupCache, settings.agent().waitingWindow(), clock);
        events = new KubeEvents(
                client,
                name -> groupCache.named(name).map(GroupView::uid).orElse(null),
                settings.replica(),
                settings.event().refusedInterval(),
                clock);
        NodeWriter nodeWriter = new NodeWriter(lockClient);
        LockMeters lockMeters =
                new LockMeters(meters, groupCache, nodeCache, groupCache::waiting, this::architectureOf, clock);
        graphs = new GraphAssembly(
                lockClient,
                settings,
                groupCache,
                nodeCache,
                graphsOutside(crashPoint, meters::wrongPassword),
                events,
                crashPoint::at,
                meters,
                fleetMeters,
                decisions);
        pools = new PoolAssembly(lockClient, settings.okd(), nodeCache, events, poolMeters, clock, decisions);
        lockService = new LockService(
                groupCache,
                nodeCache,
                swapper,
                outside(nodeWriter, crashPoint),
                graphs.records(),
                events,
                new LockService.Timing(
                        settings.agent().maxHold(),
                        settings.agent().waitingWindow(),
                        settings.agent().waitingWindow()),
                clock);
        prometheus = new PrometheusClient(PROMETHEUS_LIMIT);
        Checks checks = new Checks(new NodeObjects(lockClient), prometheus, clock);
        HolderWork holderWork = new HolderWork(
                nodeCache,
                nodeWriter,
                new Drain(new PodAccess(lockClient), clock),
                checks,
                swapper,
                graphs.verdicts(),
                events,
                lockMeters,
                crashPoint::at,
                new HolderWork.Timing(
                        settings.agent().askTimeout(),
                        settings.drain().retryInterval(),
                        settings.drain().statusInterval()),
                clock);
        groupWork = new GroupWork(
                groupCache,
                nodeCache,
                swapper,
                statusBoard,
                nodeWriter,
                holderWork,
                new ImportWork(
                        groupCache,
                        nodeCache,
                        swapper,
                        statusBoard,
                        nodeWriter,
                        new KubeFormerLocks(lockClient),
                        events,
                        crashPoint::at,
                        clock),
                graphs.verdicts(),
                checks,
                this::secretProblem,
                events,
                clock);
        startup = new Startup(
                client,
                new Permissions(
                        client,
                        settings.namespace(),
                        settings.okd().enabled(),
                        settings.okd().poolWindows()),
                () -> groupCache.synced() && nodeCache.synced() && graphs.loaded(),
                this::startInformers,
                this::startControllers);
        groupCache.listen(lockService::changed);
        groupCache.listen(lockMeters::changed);
        agentApi = lockMeters.measured(new ReadyAgentApi(lockService, startup));
        leadership.listen(() -> meters.leader(true));
        leadership.beforeHalt(this::lastWords);
    }

    /** The time by which releases are offered and pools opened: the lock and verdicts go by the true one always. */
    private static Clock decisions(Settings settings, Clock wall, FleetMeters meters) {
        return settings.testing()
                .clock()
                .map(at -> {
                    LOG.warnf(
                            "TEST CLOCK: decisions about releases and pools are made as if this start were at %s, as"
                                    + " lockkeeper.testing.clock says. Never run it so where machines matter.",
                            at);
                    meters.testingClock();
                    return Clock.offset(wall, Duration.between(wall.instant(), at));
                })
                .orElse(wall);
    }

    private static KubernetesClient lockClient(KubernetesClient client, Settings settings) {
        int timeout = (int) settings.store().timeout().toMillis();
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        // The API server names the manager of the fields that are written by it.
                        .withUserAgent("lockkeeper")
                        .withRequestRetryBackoffLimit(0)
                        .withRequestTimeout(timeout)
                        .withConnectionTimeout(timeout)
                        .withMaxConcurrentRequests(256)
                        .withMaxConcurrentRequestsPerHost(256)
                        .build())
                .build();
    }

    private String architectureOf(String agentId) {
        return graphs.records().architectureOf(agentId);
    }

    private GraphService.Outside graphsOutside(CrashPoint crashPoint, Consumer<String> wrongPasswords) {
        return new GraphService.Outside() {
            @Override
            public Optional<Refusal> password(GroupView group, AgentApi.Call call) {
                return passwordRefusal(group, call.password());
            }

            @Override
            public void polled(AgentApi.Call call) {
                lockService.polled(call);
            }

            @Override
            public void wrongPassword(GroupView group) {
                wrongPasswords.accept(group.name());
            }

            @Override
            public void offered(NodeView node, GroupView group, String note) {
                if (node != null) {
                    events.node(node.ref(), Reason.Offered, note);
                } else if (group != null) {
                    events.group(group.name(), Reason.Offered, note);
                } else {
                    LOG.infof("%s: %s", Reason.Offered, note);
                }
            }

            @Override
            public void crashPoint(String step) {
                crashPoint.at(step);
            }
        };
    }

    private LockService.Outside outside(NodeWriter nodes, CrashPoint crashPoint) {
        return new LockService.Outside() {
            @Override
            public Optional<Refusal> password(GroupView group, AgentApi.Call call) {
                return passwordRefusal(group, call.password());
            }

            @Override
            public Optional<NodeView> readNode(String name) {
                return nodes.read(name);
            }

            @Override
            public List<GroupView> readGroups() throws StoreException {
                return store.readAll();
            }

            @Override
            public void crashPoint(String step) {
                crashPoint.at(step);
            }
        };
    }

    private Optional<Refusal> passwordRefusal(GroupView group, String password) {
        if (group.secret() == null) {
            return Optional.empty();
        }
        return switch (passwords.check(group.secret(), password)) {
            case OK -> Optional.empty();
            case NOT_READ ->
                Optional.of(new Refusal(Kind.STORE_UNAVAILABLE, "The passwords were not read yet. Ask again."));
            case WRONG ->
                Optional.of(new Refusal(
                        Kind.UNAUTHORIZED,
                        password == null
                                ? "The group '" + group.agentGroup()
                                        + "' asks for a password: put it into the agent's base_url as user:password@."
                                : "The password is not one of those of the group '" + group.agentGroup() + "'."));
            case NO_SECRET, EMPTY ->
                Optional.of(new Refusal(
                        Kind.UNAUTHORIZED,
                        "The group '" + group.agentGroup()
                                + "' asks for a password, but its Secret has none: see kubectl describe rbg "
                                + group.name() + "."));
        };
    }

    private Optional<String> secretProblem(String secret) {
        String where = "Secret '" + secret + "' in namespace '" + settings.namespace() + "'";
        return switch (passwords.check(secret, null)) {
            case NO_SECRET ->
                Optional.of(where + " does not exist or has no key that begins with 'password': no agent gets in.");
            case EMPTY -> Optional.of(where + " has only empty passwords: no agent gets in.");
            case OK, WRONG, NOT_READ -> Optional.empty();
        };
    }

    void start(@Observes StartupEvent event) {
        startup.start();
    }

    private void startInformers() {
        groupCache.start(client);
        nodeCache.start(client);
        passwords.start(client, settings.namespace());
        graphs.start(client);
    }

    private void startControllers() {
        reports.scheduleWithFixedDelay(
                this::reportWaiting, WAITING_REPORT.toMillis(), WAITING_REPORT.toMillis(), TimeUnit.MILLISECONDS);
        reports.scheduleWithFixedDelay(this::sweepCordons, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
        graphs.startWork(leadership::leads);
        pools.startWork(leadership::leads);
        operator.get().start();
    }

    private void sweepCordons() {
        if (!leadership.leads()) {
            return;
        }
        try {
            groupWork.sweep();
        } catch (RuntimeException e) {
            LOG.warnf("cordons are not swept now: %s", e.getMessage());
        }
    }

    private void reportWaiting() {
        for (GroupView group : groupCache.all()) {
            lockService
                    .waiting(group)
                    .thenAccept(count ->
                            Thread.startVirtualThread(() -> statusBoard.waiting(group, settings.replica(), count)));
        }
    }

    /** Held requests are answered before anything that they need goes away. */
    void stop(@Observes @Priority(10) ShutdownEvent event) {
        startup.close();
        reports.shutdownNow();
        lastWords();
    }

    private void lastWords() {
        lockService.stop();
        graphs.close();
        pools.close();
        prometheus.close();
        events.close();
    }

    @Produces
    @Singleton
    AgentApi agentApi() {
        return agentApi;
    }

    @Produces
    @Singleton
    GraphApi graphApi() {
        return new ReadyGraphApi(graphs.service(), startup);
    }

    @Produces
    @Singleton
    GroupAccess groupAccess() {
        return new ReadyGroupAccess(new PasswordAccess(groupCache::membership, this::passwordRefusal), startup);
    }

    @Produces
    @Singleton
    ExplainApi explainApi() {
        return graphs.explainer();
    }

    @Produces
    @Singleton
    Startup startup() {
        return startup;
    }

    public GroupMapping mapping() {
        return mapping;
    }

    public KubeGroupStore store() {
        return store;
    }

    public Passwords passwords() {
        return passwords;
    }

    public GroupCache groupCache() {
        return groupCache;
    }

    public NodeCache nodeCache() {
        return nodeCache;
    }

    public GroupWork groupWork() {
        return groupWork;
    }
}
