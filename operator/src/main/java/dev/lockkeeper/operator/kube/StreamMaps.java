package dev.lockkeeper.operator.kube;

import dev.lockkeeper.cincinnati.metadata.MetadataException;
import dev.lockkeeper.crds.v1alpha1.DoubtfulMetadata;
import dev.lockkeeper.crds.v1alpha1.GraphScope;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.crds.v1alpha1.UpdateGraphStatus;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.FetchException;
import dev.lockkeeper.operator.graph.GraphView;
import dev.lockkeeper.operator.graph.RefreshStore;
import dev.lockkeeper.operator.graph.StreamData;
import dev.lockkeeper.operator.graph.StreamFiles;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jboss.logging.Logger;

/** Stores each stream of each UpdateGraph in a ConfigMap of the operator's namespace, and writes the statuses of UpdateGraphs. */
public final class StreamMaps implements RefreshStore {

    private static final Logger LOG = Logger.getLogger(StreamMaps.class);

    static final String GRAPH_LABEL = RebootGroup.GROUP + "/graph";
    static final String STREAM_LABEL = RebootGroup.GROUP + "/stream";

    private static final int LONGEST_READABLE = 200;

    private final KubernetesClient client;
    private final String namespace;
    private final Clock clock;

    public StreamMaps(KubernetesClient client, String namespace, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.clock = clock;
    }

    /** Readable, and different for each pair: names of both may have dashes. */
    private static String name(GraphView graph, String stream) {
        String pair = graph.name() + "-" + stream;
        CRC32 hash = new CRC32();
        hash.update((graph.name() + "/" + stream).getBytes(StandardCharsets.UTF_8));
        return "lockkeeper-graph-" + pair.substring(0, Math.min(pair.length(), LONGEST_READABLE)) + "-"
                + HexFormat.of().toHexDigits((int) hash.getValue());
    }

    @Override
    public Optional<Stored> read(GraphView graph, String stream) throws StoreException {
        String name = name(graph, stream);
        ConfigMap map;
        try {
            map = client.configMaps().inNamespace(namespace).withName(name).get();
        } catch (KubernetesClientException e) {
            throw new StoreException("ConfigMap " + namespace + "/" + name + " cannot be read: " + e.getMessage(), e);
        }
        if (map == null) {
            return Optional.empty();
        }
        String version = map.getMetadata().getResourceVersion();
        try {
            return Optional.of(
                    new Stored(StreamFiles.read("ConfigMap " + namespace + "/" + name, map.getBinaryData()), version));
        } catch (MetadataException e) {
            LOG.errorf("stored releases cannot be read and are fetched anew: %s", e.getMessage());
            remove(map);
            return Optional.empty();
        }
    }

    /** A ConfigMap that somebody spoilt has no versions to go on from. */
    private void remove(ConfigMap map) {
        client.resource(map)
                .lockResourceVersion(map.getMetadata().getResourceVersion())
                .delete();
    }

    @Override
    public void write(GraphView graph, StreamData data, Stored before) throws StoreException {
        String stream = data.metadata().stream();
        String name = name(graph, stream);
        try {
            ConfigMap map = new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .withNamespace(namespace)
                    .withResourceVersion(before == null ? null : before.version())
                    .addToLabels(GRAPH_LABEL, graph.name())
                    .addToLabels(STREAM_LABEL, stream)
                    .addToLabels("app.kubernetes.io/name", "lockkeeper")
                    .addNewOwnerReference()
                    .withApiVersion(RebootGroup.GROUP + "/" + RebootGroup.VERSION)
                    .withKind("UpdateGraph")
                    .withName(graph.name())
                    .withUid(graph.uid())
                    .endOwnerReference()
                    .endMetadata()
                    .withBinaryData(StreamFiles.write(data))
                    .build();
            if (before == null) {
                client.resource(map).create();
            } else {
                client.resource(map).update();
            }
        } catch (MetadataException e) {
            throw new StoreException(e.getMessage(), e);
        } catch (KubernetesClientException e) {
            throw new StoreException(
                    "ConfigMap " + namespace + "/" + name + " cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public Map<String, String> configMap(String inNamespace, String name) throws FetchException {
        ConfigMap map;
        try {
            map = client.configMaps().inNamespace(inNamespace).withName(name).get();
        } catch (KubernetesClientException e) {
            throw new FetchException(
                    "ConfigMap " + inNamespace + "/" + name + " cannot be read"
                            + (e.getCode() == 403
                                    ? ": give the operator's ServiceAccount a Role there that lets it get configmaps"
                                    : ": " + e.getMessage()),
                    e);
        }
        if (map == null) {
            throw new FetchException("ConfigMap " + inNamespace + "/" + name + " does not exist");
        }
        Map<String, String> data = new HashMap<>();
        if (map.getBinaryData() != null) {
            map.getBinaryData()
                    .forEach((key, value) ->
                            data.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        }
        if (map.getData() != null) {
            data.putAll(map.getData());
        }
        return data;
    }

    // ---- the status

    @Override
    public void tell(GraphView graph, Status told) throws StoreException {
        try {
            UpdateGraph now =
                    client.resources(UpdateGraph.class).withName(graph.name()).get();
            if (now == null || !now.getMetadata().getUid().equals(graph.uid())) {
                return;
            }
            UpdateGraphStatus status = new UpdateGraphStatus();
            status.setObservedGeneration(told.observedGeneration());
            status.setSummary(told.summary());
            status.setLastRefresh(FleetMapping.text(told.lastRefresh()));
            status.setScopes(told.scopes().stream().map(StreamMaps::scope).toList());
            status.setDoubtful(
                    told.doubtful().stream().map(StreamMaps::doubtful).toList());
            status.setConditions(Conditions.merge(
                    now.getStatus() == null ? List.of() : now.getStatus().getConditions(),
                    told.conditions(),
                    told.observedGeneration(),
                    clock.instant()));
            StatusPatch.send(client, "updategraphs", graph.name(), status, now.getStatus());
        } catch (KubernetesClientException e) {
            throw new StoreException("UpdateGraph '" + graph.name() + "' cannot be written: " + e.getMessage(), e);
        }
    }

    private static GraphScope scope(RefreshStore.Scope scope) {
        GraphScope one = new GraphScope();
        one.setStream(scope.stream());
        one.setArchitecture(scope.architecture());
        one.setScheme(scope.scheme());
        one.setReleases(scope.releases());
        one.setEdges(scope.edges());
        one.setNewest(scope.newest());
        one.setLastRefresh(FleetMapping.text(scope.lastRefresh()));
        return one;
    }

    private static DoubtfulMetadata doubtful(Doubtful doubtful) {
        DoubtfulMetadata one = new DoubtfulMetadata();
        one.setStream(doubtful.stream());
        one.setHash(doubtful.hash());
        one.setReasons(doubtful.reasons().stream().limit(20).toList());
        return one;
    }
}
