package dev.lockkeeper.operator.kube;

import dev.lockkeeper.cincinnati.policy.Pin;
import dev.lockkeeper.crds.v1alpha1.Architecture;
import dev.lockkeeper.crds.v1alpha1.Durations;
import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.FleetReleaseSpec;
import dev.lockkeeper.crds.v1alpha1.FleetReleaseStatus;
import dev.lockkeeper.crds.v1alpha1.GraphSource;
import dev.lockkeeper.crds.v1alpha1.MetadataSource;
import dev.lockkeeper.crds.v1alpha1.ReleaseAcceptance;
import dev.lockkeeper.crds.v1alpha1.ReleaseArchitecture;
import dev.lockkeeper.crds.v1alpha1.ReleaseBlock;
import dev.lockkeeper.crds.v1alpha1.ReleaseEvidence;
import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.StatusPart;
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
import dev.lockkeeper.operator.health.ReleaseHealth;
import dev.lockkeeper.operator.lock.LabelMatch;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

    static ReleaseView release(FleetRelease release) {
        FleetReleaseSpec spec = or(release.getSpec(), new FleetReleaseSpec());
        String name = release.getMetadata().getName();
        return new ReleaseView(
                name,
                release.getMetadata().getUid(),
                release.getMetadata().getResourceVersion(),
                or(release.getMetadata().getGeneration(), 0L),
                or(FleetRelease.streamOf(name), ""),
                or(FleetRelease.versionOf(name), name),
                or(spec.getBlock(), List.<ReleaseBlock>of()).stream()
                        .map(b -> word(b.getArchitectures(), b.getReason()))
                        .toList(),
                or(spec.getAccept(), List.<ReleaseAcceptance>of()).stream()
                        .map(a -> word(a.getArchitectures(), a.getReason()))
                        .toList(),
                status(release.getStatus()));
    }

    private static ReleaseView.Word word(List<Architecture> architectures, String reason) {
        return new ReleaseView.Word(
                or(architectures, List.<Architecture>of()).stream()
                        .map(Architecture::name)
                        .collect(Collectors.toSet()),
                reason);
    }

    private static ReleaseView.Status status(FleetReleaseStatus status) {
        if (status == null) {
            return ReleaseView.Status.NONE;
        }
        Map<String, ReleaseView.OfArchitecture> architectures = new HashMap<>();
        or(status.getArchitectures(), List.<ReleaseArchitecture>of())
                .forEach(a -> architectures.put(a.getArchitecture(), architecture(a)));
        return new ReleaseView.Status(
                or(status.getObservedGeneration(), 0L),
                status.getSummary(),
                FleetMapping.time(status.getFirstSeen()),
                FleetMapping.time(status.getRolloutCompleted()),
                architectures);
    }

    private static ReleaseView.OfArchitecture architecture(ReleaseArchitecture a) {
        return new ReleaseView.OfArchitecture(
                new ReleaseView.Tally(
                        or(a.getMachines(), 0), or(a.getOffered(), 0), or(a.getStaged(), 0), or(a.getUpdated(), 0)),
                or(a.getState(), ReleaseState.New),
                new ReleaseHealth(
                        FleetMapping.time(a.getQuarantinedSince()),
                        or(a.getEvidence(), List.<ReleaseEvidence>of()).stream()
                                .map(e -> new ReleaseHealth.Proof(
                                        e.getToken(),
                                        e.getMachine(),
                                        e.getVerdict(),
                                        Boolean.TRUE.equals(e.getCounted()),
                                        Boolean.TRUE.equals(e.getAccepted()),
                                        FleetMapping.time(e.getAt())))
                                .toList()));
    }

    /**
     * What is told of a release, as it is stored; fields that this version does not know stay.
     *
     * @param before as it is stored; null: nothing is
     */
    static FleetReleaseStatus status(ReleaseView release, ReleaseView.Status told, FleetReleaseStatus before) {
        Map<String, ReleaseArchitecture> known = new HashMap<>();
        if (before != null && before.getArchitectures() != null) {
            before.getArchitectures().forEach(a -> known.put(a.getArchitecture(), a));
        }
        FleetReleaseStatus status = new FleetReleaseStatus();
        status.setObservedGeneration(told.observedGeneration());
        status.setStream(release.stream());
        status.setVersion(release.version());
        status.setSummary(told.summary());
        status.setFirstSeen(FleetMapping.text(told.firstSeen()));
        status.setRolloutCompleted(FleetMapping.text(told.rolloutCompleted()));
        Collection<ReleaseView.OfArchitecture> all = told.architectures().values();
        status.setMachines(all.stream().mapToInt(a -> a.machines().running()).sum());
        status.setUpdated(all.stream().mapToInt(a -> a.machines().updated()).sum());
        status.setFailed(all.stream().mapToInt(a -> a.health().failed()).sum());
        status.setArchitectures(new TreeMap<>(told.architectures())
                .entrySet().stream()
                        .map(e -> architecture(e.getKey(), e.getValue(), known.get(e.getKey())))
                        .toList());
        return status;
    }

    private static ReleaseArchitecture architecture(
            String name, ReleaseView.OfArchitecture told, ReleaseArchitecture before) {
        Map<String, ReleaseEvidence> known = new HashMap<>();
        if (before != null && before.getEvidence() != null) {
            before.getEvidence().forEach(e -> known.put(e.getToken(), e));
        }
        ReleaseArchitecture one = keeping(new ReleaseArchitecture(), before);
        one.setArchitecture(name);
        one.setState(told.state());
        one.setMachines(told.machines().running());
        one.setOffered(told.machines().offered());
        one.setStaged(told.machines().staged());
        one.setUpdated(told.machines().updated());
        one.setFailed(told.health().failed());
        one.setQuarantinedSince(FleetMapping.text(told.health().quarantinedSince()));
        one.setEvidence(told.health().evidence().stream()
                .map(p -> {
                    ReleaseEvidence evidence = keeping(new ReleaseEvidence(), known.get(p.token()));
                    evidence.setToken(p.token());
                    evidence.setMachine(p.machine());
                    evidence.setVerdict(p.verdict());
                    evidence.setCounted(p.counts());
                    evidence.setAccepted(p.accepted() ? true : null);
                    evidence.setAt(FleetMapping.text(p.at()));
                    return evidence;
                })
                .toList());
        return one;
    }

    /** With the fields that this version does not know; before stays as it is, as it is what differences are found by. */
    private static <T extends StatusPart> T keeping(T part, StatusPart before) {
        if (before != null) {
            before.getAdditionalProperties().forEach(part::setAdditionalProperty);
        }
        return part;
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
                or(spec.getFailureThreshold(), UpdateGraphDefaults.FAILURE_THRESHOLD),
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
