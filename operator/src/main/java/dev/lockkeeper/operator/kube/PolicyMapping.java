package dev.lockkeeper.operator.kube;

import dev.lockkeeper.cincinnati.policy.Pin;
import dev.lockkeeper.crds.v1alpha1.Architecture;
import dev.lockkeeper.crds.v1alpha1.Durations;
import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.FleetReleaseStatus;
import dev.lockkeeper.crds.v1alpha1.GraphSource;
import dev.lockkeeper.crds.v1alpha1.MetadataSource;
import dev.lockkeeper.crds.v1alpha1.ReleaseBlock;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.crds.v1alpha1.StreamPinDefaults;
import dev.lockkeeper.crds.v1alpha1.StreamPinSpec;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.crds.v1alpha1.UpdateGraphDefaults;
import dev.lockkeeper.crds.v1alpha1.UpdateGraphSpec;
import dev.lockkeeper.crds.v1alpha1.UpdateGraphStatus;
import dev.lockkeeper.operator.graph.GraphView;
import dev.lockkeeper.operator.graph.PinView;
import dev.lockkeeper.operator.graph.ReleaseView;
import dev.lockkeeper.operator.graph.UpdateSource;
import dev.lockkeeper.operator.lock.LabelMatch;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Translates StreamPins, FleetReleases and UpdateGraphs into the records that decisions are made on, with defaults filled in. */
final class PolicyMapping {

    private final String ownNamespace;

    PolicyMapping(String ownNamespace) {
        this.ownNamespace = ownNamespace;
    }

    PinView pin(StreamPin pin) {
        StreamPinSpec spec = or(pin.getSpec(), new StreamPinSpec());
        return new PinView(
                pin.getMetadata().getName(),
                pin.getMetadata().getUid(),
                or(pin.getMetadata().getGeneration(), 0L),
                created(pin.getMetadata()),
                or(spec.getPriority(), StreamPinDefaults.PRIORITY),
                LabelMatch.of(spec.getNodeSelector()),
                Set.copyOf(or(spec.getGroups(), List.of())),
                spec.getGraph(),
                or(spec.getStream(), StreamPinDefaults.STREAM),
                new Pin(
                        spec.getVersion(),
                        spec.getMaxFedoraMajor(),
                        Durations.parse(or(spec.getMinimumAge(), StreamPinDefaults.MINIMUM_AGE)),
                        or(spec.getFollowRollout(), StreamPinDefaults.FOLLOW_ROLLOUT)));
    }

    ReleaseView release(FleetRelease release) {
        List<ReleaseBlock> blocks =
                release.getSpec() == null || release.getSpec().getBlock() == null
                        ? List.of()
                        : release.getSpec().getBlock();
        String name = release.getMetadata().getName();
        return new ReleaseView(
                name,
                release.getMetadata().getUid(),
                release.getMetadata().getResourceVersion(),
                or(release.getMetadata().getGeneration(), 0L),
                or(FleetRelease.streamOf(name), ""),
                or(FleetRelease.versionOf(name), name),
                blocks.stream()
                        .map(b -> new ReleaseView.Block(
                                or(b.getArchitectures(), List.<Architecture>of()).stream()
                                        .map(Architecture::name)
                                        .collect(Collectors.toSet()),
                                b.getReason()))
                        .toList(),
                status(release.getStatus()));
    }

    private static ReleaseView.Status status(FleetReleaseStatus status) {
        if (status == null) {
            return ReleaseView.Status.NONE;
        }
        Map<String, ReleaseView.Count> machines = new HashMap<>();
        if (status.getArchitectures() != null) {
            status.getArchitectures()
                    .forEach(a -> machines.put(
                            a.getArchitecture(), new ReleaseView.Count(or(a.getMachines(), 0), or(a.getOffered(), 0))));
        }
        return new ReleaseView.Status(
                or(status.getObservedGeneration(), 0L),
                status.getSummary(),
                FleetMapping.time(status.getFirstSeen()),
                FleetMapping.time(status.getRolloutCompleted()),
                machines);
    }

    GraphView graph(UpdateGraph graph) {
        UpdateGraphSpec spec = or(graph.getSpec(), new UpdateGraphSpec());
        Map<String, String> annotations = graph.getMetadata().getAnnotations();
        return new GraphView(
                graph.getMetadata().getName(),
                graph.getMetadata().getUid(),
                graph.getMetadata().getResourceVersion(),
                or(graph.getMetadata().getGeneration(), 0L),
                created(graph.getMetadata()),
                source(or(spec.getSource(), new GraphSource())),
                or(spec.getStreams(), UpdateGraphDefaults.STREAMS),
                or(spec.getArchitectures(), UpdateGraphDefaults.ARCHITECTURES).stream()
                        .map(Architecture::name)
                        .toList(),
                Durations.parse(or(spec.getRefreshInterval(), UpdateGraphDefaults.REFRESH_INTERVAL)),
                spec.getCaBundle(),
                spec.getProxy() == null ? null : URI.create(spec.getProxy()),
                annotations == null ? null : annotations.get(UpdateGraph.ACCEPT_SOURCE_ANNOTATION),
                refreshed(graph.getStatus()));
    }

    private static Map<String, Instant> refreshed(UpdateGraphStatus status) {
        Map<String, Instant> refreshed = new HashMap<>();
        if (status != null && status.getScopes() != null) {
            status.getScopes().stream()
                    .filter(scope -> scope.getLastRefresh() != null)
                    .forEach(scope -> refreshed.put(scope.getStream(), FleetMapping.time(scope.getLastRefresh())));
        }
        return refreshed;
    }

    private UpdateSource source(GraphSource source) {
        if (source.getCincinnati() != null) {
            return new UpdateSource.Cincinnati(URI.create(source.getCincinnati().getUrl()));
        }
        if (source.getConfigMap() != null) {
            return new UpdateSource.ConfigMap(
                    or(source.getConfigMap().getNamespace(), ownNamespace),
                    source.getConfigMap().getName());
        }
        MetadataSource metadata = or(source.getMetadata(), new MetadataSource());
        return new UpdateSource.Metadata(
                or(metadata.getReleasesUrl(), UpdateGraphDefaults.RELEASES_URL),
                or(metadata.getUpdatesUrl(), UpdateGraphDefaults.UPDATES_URL));
    }

    private static Instant created(ObjectMeta metadata) {
        return Instant.parse(or(metadata.getCreationTimestamp(), Instant.EPOCH.toString()));
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
