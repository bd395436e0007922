package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.FleetReleaseStatus;
import dev.lockkeeper.crds.v1alpha1.PinnedArchitecture;
import dev.lockkeeper.crds.v1alpha1.ReleaseCount;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.crds.v1alpha1.StreamPinStatus;
import dev.lockkeeper.operator.graph.FleetStore;
import dev.lockkeeper.operator.graph.MachineView;
import dev.lockkeeper.operator.graph.MachineView.Labels;
import dev.lockkeeper.operator.graph.MachineView.Picture;
import dev.lockkeeper.operator.graph.PinStatus;
import dev.lockkeeper.operator.graph.PinView;
import dev.lockkeeper.operator.graph.ReleaseView;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes what the leader concludes of machines, pins and releases. */
public final class FleetWriter implements FleetStore {

    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final MachineCache machines;
    private final Clock clock;

    public FleetWriter(KubernetesClient client, MachineCache machines, Clock clock) {
        this.client = client;
        this.machines = machines;
        this.clock = clock;
    }

    @Override
    public void makeMachine(String name) {
        machines.make(name);
    }

    @Override
    public void tell(String machine, Picture picture) {
        machines.tell(machine, picture);
    }

    @Override
    public void label(String machine, Labels labels) {
        machines.label(machine, labels);
    }

    @Override
    public void remove(MachineView machine) {
        machines.remove(machine);
    }

    @Override
    public Map<String, Instant> behindSince(String pin) {
        StreamPin stored = client.resources(StreamPin.class).withName(pin).get();
        Map<String, Instant> since = new HashMap<>();
        if (stored != null && stored.getStatus() != null && stored.getStatus().getArchitectures() != null) {
            stored.getStatus().getArchitectures().stream()
                    .filter(a -> a.getBehindSince() != null)
                    .forEach(a -> since.put(a.getArchitecture(), FleetMapping.time(a.getBehindSince())));
        }
        return since;
    }

    @Override
    public void tell(PinView pin, PinStatus told) {
        StreamPin stored =
                client.resources(StreamPin.class).withName(pin.name()).get();
        if (stored == null || !stored.getMetadata().getUid().equals(pin.uid())) {
            return;
        }
        StreamPinStatus status = new StreamPinStatus();
        status.setObservedGeneration(told.observedGeneration());
        status.setSummary(told.summary());
        status.setMachines(told.machines());
        status.setBehind(told.behind());
        status.setArchitectures(
                told.architectures().stream().map(FleetWriter::architecture).toList());
        status.setConditions(Conditions.merge(
                stored.getStatus() == null ? List.of() : stored.getStatus().getConditions(),
                told.conditions(),
                told.observedGeneration(),
                clock.instant()));
        StatusPatch.send(client, "streampins", pin.name(), status, stored.getStatus());
    }

    private static PinnedArchitecture architecture(PinStatus.OfArchitecture told) {
        PinnedArchitecture one = new PinnedArchitecture();
        one.setArchitecture(told.architecture());
        one.setTarget(told.target());
        one.setMachines(told.machines());
        one.setCurrent(told.current());
        one.setBehind(told.behind());
        one.setElsewhere(told.elsewhere());
        one.setBehindSince(FleetMapping.text(told.behindSince()));
        return one;
    }

    @Override
    public void makeRelease(String name) {
        FleetRelease release = new FleetRelease();
        release.setMetadata(new ObjectMetaBuilder().withName(name).build());
        try {
            client.resource(release).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw e;
            }
        }
    }

    @Override
    public void tell(String release, ReleaseView.Status told) {
        FleetRelease stored =
                client.resources(FleetRelease.class).withName(release).get();
        if (stored == null) {
            return;
        }
        FleetReleaseStatus status = new FleetReleaseStatus();
        status.setObservedGeneration(told.observedGeneration());
        status.setSummary(told.summary());
        status.setFirstSeen(FleetMapping.text(told.firstSeen()));
        status.setRolloutCompleted(FleetMapping.text(told.rolloutCompleted()));
        status.setMachines(told.machines().values().stream()
                .mapToInt(ReleaseView.Count::running)
                .sum());
        status.setArchitectures(new TreeMap<>(told.machines())
                .entrySet().stream()
                        .map(e -> {
                            ReleaseCount count = new ReleaseCount();
                            count.setArchitecture(e.getKey());
                            count.setMachines(e.getValue().running());
                            count.setOffered(e.getValue().offered());
                            return count;
                        })
                        .toList());
        StatusPatch.send(client, "fleetreleases", release, status, stored.getStatus());
    }

    @Override
    public void remove(ReleaseView release) {
        FleetRelease gone = new FleetRelease();
        gone.setMetadata(new ObjectMetaBuilder()
                .withName(release.name())
                .withResourceVersion(release.resourceVersion())
                .build());
        client.resource(gone).lockResourceVersion(release.resourceVersion()).delete();
    }
}
