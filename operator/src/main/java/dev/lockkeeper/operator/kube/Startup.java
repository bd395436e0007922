package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.Crds;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Brings the operator up in the right order and says what it waits for: API server, permissions, CRDs, caches, then the
 * controllers. Goes on looking afterwards, so that a permission that is taken away is named too.
 */
public final class Startup implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Startup.class);
    private static final long LOOK_AGAIN_MILLIS = 500;
    private static final long WATCH_MILLIS = 60_000;
    /** While the first lists come in, which takes some hundred milliseconds. */
    private static final long SYNC_MILLIS = 20;

    private static final Duration CHECK_AGAIN = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final Permissions permissions;
    private final BooleanSupplier loaded;
    private final Runnable startInformers;
    private final Runnable startControllers;
    private final Thread thread = Thread.ofPlatform().name("startup").daemon().unstarted(this::run);
    private volatile boolean closed;
    private volatile boolean cachesStarted;
    private volatile boolean controllersStarted;
    /** When permissions and CRDs were last seen to be right, by {@link System#nanoTime}; used by the thread alone. */
    private long checked;

    /** What is being waited for; null once all is well. */
    private volatile String problem = "The operator is starting.";

    /** @param loaded whether all that agents are answered from was read once */
    public Startup(
            KubernetesClient client,
            Permissions permissions,
            BooleanSupplier loaded,
            Runnable startInformers,
            Runnable startControllers) {
        this.client = client;
        this.permissions = permissions;
        this.loaded = loaded;
        this.startInformers = startInformers;
        this.startControllers = startControllers;
    }

    public void start() {
        thread.start();
    }

    /** Why the operator is not ready, in a sentence; null if it is. */
    public String problem() {
        return problem;
    }

    /** Whether this replica's caches were filled once, so that agents can be answered. */
    public boolean serving() {
        return controllersStarted;
    }

    private void run() {
        while (!closed) {
            String found;
            try {
                found = look();
            } catch (RuntimeException e) {
                found = "Starting failed and is tried again: " + e.getMessage();
            }
            if (!Objects.equals(found, problem)) {
                LOG.infof("%s", found == null ? "Ready: agents are served." : found);
            }
            problem = found;
            try {
                Thread.sleep(pause(found));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private long pause(String found) {
        if (found == null) {
            return WATCH_MILLIS;
        }
        return isSyncing() ? SYNC_MILLIS : LOOK_AGAIN_MILLIS;
    }

    /** Whether all was right a moment ago, and only the first lists are missing. */
    private boolean isSyncing() {
        return cachesStarted && !controllersStarted && System.nanoTime() - checked < CHECK_AGAIN.toNanos();
    }

    private String look() {
        String wrong = isSyncing() ? null : wrong();
        if (wrong != null) {
            return wrong;
        }
        if (!cachesStarted) {
            startInformers.run();
            cachesStarted = true;
        }
        if (!loaded.getAsBoolean()) {
            return "Waiting for the first list of RebootGroups, Nodes, FleetMachines and pins.";
        }
        if (!controllersStarted) {
            startControllers.run();
            controllersStarted = true;
        }
        return null;
    }

    private String wrong() {
        try {
            List<Permissions.Permission> missing = permissions.missing();
            if (!missing.isEmpty()) {
                return "The operator's ServiceAccount lacks: "
                        + missing.stream().map(Objects::toString).collect(Collectors.joining(", "))
                        + ". Apply the roles of this version (deploy/).";
            }
            String crd = crdProblem();
            if (crd != null) {
                return crd;
            }
        } catch (KubernetesClientException e) {
            // A running operator serves on; that an outage of the API is no reason to be taken out of service shows in
            // its answers.
            return controllersStarted
                    ? problem
                    : "The API server at " + client.getMasterUrl() + " cannot be asked: " + reason(e);
        }
        checked = System.nanoTime();
        return null;
    }

    private String crdProblem() {
        String problems = new TreeMap<>(Crds.REVISIONS)
                .entrySet().stream()
                        .map(crd -> crdProblem(crd.getKey(), crd.getValue()))
                        .filter(Objects::nonNull)
                        .collect(Collectors.joining("; "));
        return problems.isEmpty() ? null : problems;
    }

    private String crdProblem(String name, int needed) {
        CustomResourceDefinition crd = client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(name)
                .get();
        if (crd == null) {
            return "The CRD " + name + " is not installed: kubectl apply -f crds/";
        }
        Map<String, String> annotations = crd.getMetadata().getAnnotations();
        String revision = annotations == null ? null : annotations.get(Crds.REVISION_ANNOTATION);
        if (revision == null || Integer.parseInt(revision) < needed) {
            return "The CRD " + name + " is older than this operator (revision " + revision + ", needed " + needed
                    + "): kubectl apply -f crds/";
        }
        boolean established = crd.getStatus() != null
                && crd.getStatus().getConditions() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(c -> c.getType().equals("Established")
                                && c.getStatus().equals("True"));
        return established ? null : "The CRD " + name + " is being established.";
    }

    private static String reason(KubernetesClientException e) {
        return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
