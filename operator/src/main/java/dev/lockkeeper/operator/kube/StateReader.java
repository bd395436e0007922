package dev.lockkeeper.operator.kube;

import dev.lockkeeper.cincinnati.metadata.MetadataException;
import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.fleetlock.store.SharedRead;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.GraphState;
import dev.lockkeeper.operator.graph.Policies;
import dev.lockkeeper.operator.graph.StreamFiles;
import dev.lockkeeper.operator.graph.StreamGraphs;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Reads all that decisions about releases are made on, by quorum, as one state that replaces the one before.
 *
 * <p>It is read every few seconds, and at once when a watch shows a change. Watches only hurry the reading: a decision is made on what
 * was read, so that it is known how old that is. The graphs' data are read only when an UpdateGraph has changed, which its leader sees
 * to after it has written them, or after a while.
 */
public final class StateReader implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(StateReader.class);

    private static final Duration DATA_AGAIN = Duration.ofSeconds(20);
    private static final long HURRY_MILLIS = 50;

    private final KubernetesClient client;
    private final String namespace;
    private final PolicyMapping mapping;
    private final Duration interval;
    private final Clock clock;
    private final SharedRead<GraphState> shared = new SharedRead<>(this::readState);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("state-reader").daemon().factory());
    private final AtomicBoolean hurried = new AtomicBoolean();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<SharedIndexInformer<?>> watches = new ArrayList<>();
    private volatile GraphState current = GraphState.NONE;
    private volatile String problem;

    /** Used by the one read in flight alone. */
    private Map<String, Map<String, StreamGraphs>> data = Map.of();

    private Map<String, String> dataVersions = Map.of();
    private Map<String, String> graphVersions = Map.of();
    private Instant dataReadAt = Instant.EPOCH;

    /** @param interval between two reads if no watch hurries them */
    public StateReader(KubernetesClient client, String namespace, Duration interval, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.mapping = new PolicyMapping(namespace);
        this.interval = interval;
        this.clock = clock;
    }

    /** Begins to read and to watch; {@link #loaded} tells when the first state is there. */
    public void start(KubernetesClient watching) {
        watch(watching, StreamPin.class);
        watch(watching, FleetRelease.class);
        watch(watching, UpdateGraph.class);
        timer.scheduleWithFixedDelay(this::readNow, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private <T extends HasMetadata> void watch(KubernetesClient watching, Class<T> kind) {
        SharedIndexInformer<T> informer = watching.resources(kind).runnableInformer(0);
        informer.exceptionHandler((started, error) -> true);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                hurry();
            }

            @Override
            public void onUpdate(T before, T now) {
                hurry();
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                hurry();
            }
        });
        watches.add(informer);
        informer.start();
    }

    /** Told after each read. */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    public boolean loaded() {
        return !current.policies().readAt().equals(Instant.EPOCH);
    }

    /** The state that was read last. Its age is {@code policies().readAt()}. */
    public GraphState current() {
        return current;
    }

    /** Reads the state anew, by a read that begins after the call; shared with whoever asks meanwhile. Blocks. */
    public GraphState read() throws StoreException {
        try {
            return shared.get().toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StoreException("pins and releases cannot be read: " + cause.getMessage(), cause);
        }
    }

    private void hurry() {
        if (hurried.compareAndSet(false, true)) {
            timer.schedule(
                    () -> {
                        hurried.set(false);
                        readNow();
                    },
                    HURRY_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void readNow() {
        try {
            read();
            problem = null;
        } catch (StoreException | RuntimeException e) {
            if (!String.valueOf(e.getMessage()).equals(problem)) {
                problem = String.valueOf(e.getMessage());
                LOG.warnf("%s (trying again)", problem);
            }
        }
    }

    private GraphState readState() {
        Instant readAt = clock.instant();
        List<StreamPin> pins = client.resources(StreamPin.class).list().getItems();
        List<FleetRelease> releases =
                client.resources(FleetRelease.class).list().getItems();
        List<UpdateGraph> graphs = client.resources(UpdateGraph.class).list().getItems();
        Map<String, String> versions = new HashMap<>();
        graphs.forEach(
                g -> versions.put(g.getMetadata().getName(), g.getMetadata().getResourceVersion()));
        if (!versions.equals(graphVersions) || !dataReadAt.plus(DATA_AGAIN).isAfter(readAt)) {
            readData();
            graphVersions = versions;
            dataReadAt = readAt;
        }
        Policies policies = Policies.of(
                views(pins, mapping::pin),
                views(releases, PolicyMapping::release),
                views(graphs, mapping::graph),
                readAt);
        current = new GraphState(policies, data);
        listeners.forEach(Runnable::run);
        return current;
    }

    /** One that cannot be understood is told of and left out: it must not stop all others. */
    private static <T extends HasMetadata, V> List<V> views(List<T> objects, Function<T, V> view) {
        List<V> views = new ArrayList<>();
        for (T object : objects) {
            try {
                views.add(view.apply(object));
            } catch (RuntimeException e) {
                LOG.errorf(
                        "%s '%s' cannot be understood and is left out: %s",
                        object.getKind(), object.getMetadata().getName(), e.getMessage());
            }
        }
        return views;
    }

    private void readData() {
        Map<String, Map<String, StreamGraphs>> next = new HashMap<>();
        Map<String, String> versions = new HashMap<>();
        for (ConfigMap map : client.configMaps()
                .inNamespace(namespace)
                .withLabel(StreamMaps.GRAPH_LABEL)
                .list()
                .getItems()) {
            String name = map.getMetadata().getName();
            String graph = map.getMetadata().getLabels().get(StreamMaps.GRAPH_LABEL);
            String stream = map.getMetadata().getLabels().get(StreamMaps.STREAM_LABEL);
            String version = map.getMetadata().getResourceVersion();
            StreamGraphs known = data.getOrDefault(graph, Map.of()).get(stream);
            versions.put(name, version);
            if (known != null && version.equals(dataVersions.get(name))) {
                next.computeIfAbsent(graph, _ -> new HashMap<>()).put(stream, known);
                continue;
            }
            try {
                StreamGraphs read =
                        new StreamGraphs(StreamFiles.read("ConfigMap " + namespace + "/" + name, map.getBinaryData()));
                next.computeIfAbsent(graph, _ -> new HashMap<>()).put(stream, read);
            } catch (MetadataException e) {
                LOG.errorf("stored releases cannot be read, the ones from before are served: %s", e.getMessage());
                if (known != null) {
                    next.computeIfAbsent(graph, _ -> new HashMap<>()).put(stream, known);
                }
            }
        }
        data = next;
        dataVersions = versions;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        watches.forEach(SharedIndexInformer::close);
    }
}
