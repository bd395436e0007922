package dev.lockkeeper.operator.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockkeeper.crds.v1alpha1.PoolWindow;
import dev.lockkeeper.crds.v1alpha1.PoolWindowStatus;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.pool.Marks;
import dev.lockkeeper.operator.pool.PoolDecision;
import dev.lockkeeper.operator.pool.PoolStatus;
import dev.lockkeeper.operator.pool.PoolStore;
import dev.lockkeeper.operator.pool.PoolView;
import dev.lockkeeper.operator.pool.WindowView;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads PoolWindows and OKD's MachineConfigPools, and writes whether a pool is paused.
 *
 * <p>Until the list of API groups names theirs, no request is made for pools. A pool's pause and the annotations that say whose it is
 * are written by one merge patch with the pool's resourceVersion. Used by one thread.
 */
public final class PoolObjects implements PoolStore {

    public static final String GROUP = "machineconfiguration.openshift.io";
    public static final String POOLS = "machineconfigpools";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;
    private final Clock clock;
    /** Such as {@code v1}; null: the group was not seen yet, or is gone. */
    private String version;

    /** @param client repeats no request by itself and gives up on one after a few seconds */
    public PoolObjects(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    @Override
    public List<WindowView> windows() throws StoreException {
        return asked(
                "PoolWindows cannot be listed",
                () -> client.resources(PoolWindow.class).list().getItems().stream()
                        .map(PoolMapping::window)
                        .toList());
    }

    @Override
    public Optional<List<PoolView>> pools() throws StoreException {
        return asked("MachineConfigPools cannot be listed", () -> {
            if (version == null) {
                version = servedVersion();
            }
            if (version == null) {
                return Optional.empty();
            }
            String json = client.raw(path());
            if (json == null) {
                version = null;
                return Optional.empty();
            }
            List<PoolView> pools = new ArrayList<>();
            parse(json).path("items").forEach(pool -> pools.add(PoolMapping.pool(pool)));
            return Optional.of(pools);
        });
    }

    private String servedVersion() {
        for (JsonNode group : parse(client.raw("/apis")).path("groups")) {
            if (group.path("name").asText().equals(GROUP)) {
                return group.at("/preferredVersion/version").asText();
            }
        }
        return null;
    }

    private String path() {
        return "/apis/" + GROUP + "/" + version + "/" + POOLS;
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(Objects.requireNonNullElse(json, ""));
        } catch (JsonProcessingException e) {
            throw new KubernetesClientException("the API server's answer is no JSON: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<PoolView> change(PoolView pool, PoolDecision.Change change) throws StoreException {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = patch.putObject("metadata");
        metadata.put("resourceVersion", pool.resourceVersion());
        ObjectNode annotations = metadata.putObject("annotations");
        Marks marks = change.marks();
        annotations.put(PoolWindow.PAUSED_BY_ANNOTATION, marks.pausedBy());
        annotations.put(PoolWindow.PAUSED_AT_ANNOTATION, FleetMapping.text(marks.pausedAt()));
        annotations.put(PoolWindow.OPENED_AT_ANNOTATION, FleetMapping.text(marks.openedAt()));
        annotations.put(PoolWindow.BY_PERSON_ANNOTATION, marks.byPerson() ? PoolMapping.BY_PERSON : null);
        if (pool.paused() != change.paused()) {
            patch.putObject("spec").put("paused", change.paused());
        }
        return asked(
                "MachineConfigPool '" + pool.name() + "' cannot be written",
                () -> unlessChanged(
                                () -> Patch.merge(client, path().substring(1) + "/" + pool.name(), patch.toString()))
                        .map(answer -> PoolMapping.pool(parse(answer))));
    }

    @Override
    public Optional<WindowView> hold(WindowView window, boolean held) throws StoreException {
        return asked("PoolWindow '" + window.name() + "' cannot be written", () -> {
            PoolWindow stored = asRead(window).orElse(null);
            if (stored == null) {
                return Optional.empty();
            }
            ObjectNode patch = JsonNodeFactory.instance.objectNode();
            ObjectNode metadata = patch.putObject("metadata");
            metadata.put("resourceVersion", window.resourceVersion());
            // A merge patch replaces the whole list, which is that of the version it is for.
            var finalizers = metadata.putArray("finalizers");
            Objects.requireNonNullElse(stored.getMetadata().getFinalizers(), List.<String>of()).stream()
                    .filter(f -> !f.equals(PoolWindow.FINALIZER))
                    .forEach(finalizers::add);
            if (held) {
                finalizers.add(PoolWindow.FINALIZER);
            }
            return unlessChanged(() -> Patch.merge(
                            client, "apis/lockkeeper.dev/v1alpha1/poolwindows/" + window.name(), patch.toString()))
                    .map(answer -> PoolMapping.window(
                            client.getKubernetesSerialization().unmarshal(answer, PoolWindow.class)));
        });
    }

    @Override
    public void tell(WindowView window, PoolStatus told) throws StoreException {
        asked("the status of PoolWindow '" + window.name() + "' cannot be written", () -> {
            PoolWindow stored = asRead(window).orElse(null);
            if (stored == null) {
                return Optional.empty();
            }
            PoolWindowStatus status =
                    PoolMapping.status(told, window.generation(), stored.getStatus(), clock.instant());
            return unlessChanged(() -> StatusPatch.swapIfChanged(
                    client, "poolwindows", window.name(), window.resourceVersion(), status, stored.getStatus()));
        });
    }

    /** What is stored, if it is still the version that was read. */
    private Optional<PoolWindow> asRead(WindowView window) {
        return Optional.ofNullable(client.resources(PoolWindow.class)
                        .withName(window.name())
                        .get())
                .filter(stored -> stored.getMetadata().getResourceVersion().equals(window.resourceVersion()));
    }

    private interface Request<T> {
        T send();
    }

    private static <T> T asked(String failure, Request<T> request) throws StoreException {
        try {
            return request.send();
        } catch (KubernetesClientException e) {
            throw new StoreException(failure + ": " + e.getMessage(), e);
        }
    }

    private static Optional<String> unlessChanged(Request<String> request) {
        try {
            return Optional.ofNullable(request.send());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
