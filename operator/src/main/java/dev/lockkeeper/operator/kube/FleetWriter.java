package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.FleetReleaseStatus;
import dev.lockkeeper.crds.v1alpha1.PinnedArchitecture;
import dev.lockkeeper.crds.v1alpha1.StateCount;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.crds.v1alpha1.StreamPinStatus;
import dev.lockkeeper.fleetlock.store.StoreException;
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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;

/** Writes what the leader concludes of machines, pins and releases. */
public final class FleetWriter implements FleetStore {

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private static final int TURNS = 16;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final MachineCache machines;
    private final int tries;
    private final Clock clock;
    /** Many machines are judged on one release at a time: their writes queue here, where they would fail by conflict else. */
    private final List<Lock> turns =
            Stream.<Lock>generate(ReentrantLock::new).limit(TURNS).toList();

    /** @param tries how often a change that conflicts is tried on a fresh read */
    public FleetWriter(KubernetesClient client, MachineCache machines, int tries, Clock clock) {
        this.client = client;
        this.machines = machines;
        this.tries = tries;
        this.clock = clock;
    }

    @Override
    public MachineView makeMachine(String name) {
        return machines.make(name);
    }

    @Override
    public void tell(MachineView machine, Picture picture) {
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
    public Map<String, PinStatus.Since> told(String pin) {
        StreamPin stored = client.resources(StreamPin.class).withName(pin).get();
        Map<String, PinStatus.Since> told = new HashMap<>();
        if (stored != null && stored.getStatus() != null && stored.getStatus().getArchitectures() != null) {
            stored.getStatus()
                    .getArchitectures()
                    .forEach(a -> told.put(
                            a.getArchitecture(),
                            new PinStatus.Since(
                                    a.getTarget(),
                                    FleetMapping.time(a.getBehindSince()),
                                    FleetMapping.time(a.getRollingSince()),
                                    FleetMapping.time(a.getHeldBackSince()))));
        }
        return told;
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
        one.setSummary(told.summary());
        one.setHealth(told.roll().health());
        one.setReason(told.roll().reason());
        one.setTarget(told.target());
        one.setMachines(told.machines());
        one.setCurrent(told.current());
        one.setBehind(told.behind());
        one.setElsewhere(told.elsewhere());
        one.setStates(told.states().entrySet().stream()
                .map(e -> {
                    StateCount count = new StateCount();
                    count.setState(e.getKey());
                    count.setMachines(e.getValue());
                    return count;
                })
                .toList());
        one.setUpdated(told.roll().updated());
        one.setFailed(told.roll().failed());
        one.setRollingSince(FleetMapping.text(told.roll().since()));
        one.setEstimatedEnd(FleetMapping.text(told.roll().estimatedEnd()));
        one.setBehindSince(FleetMapping.text(told.behindSince()));
        one.setHeldBackSince(FleetMapping.text(told.heldBackSince()));
        return one;
    }

    @Override
    public ReleaseView change(String release, Function<ReleaseView, ReleaseView.Status> change) throws StoreException {
        Lock turn = turns.get(Math.floorMod(release.hashCode(), TURNS));
        try {
            if (!turn.tryLock(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreException("FleetRelease '" + release + "' is being written by others for "
                        + LONGEST_WAIT.toSeconds() + " s.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("FleetRelease '" + release + "' was not written: interrupted.", e);
        }
        try {
            return swap(release, change);
        } finally {
            turn.unlock();
        }
    }

    private ReleaseView swap(String release, Function<ReleaseView, ReleaseView.Status> change) throws StoreException {
        try {
            for (int i = 0; i < tries; i++) {
                FleetRelease stored =
                        client.resources(FleetRelease.class).withName(release).get();
                if (stored == null) {
                    stored = make(release);
                }
                if (stored == null) {
                    continue;
                }
                ReleaseView before = PolicyMapping.release(stored);
                ReleaseView.Status next = change.apply(before);
                if (next.equals(before.status())) {
                    return before;
                }
                ReleaseView after = put(stored, before, next);
                if (after != null) {
                    return after;
                }
            }
        } catch (KubernetesClientException e) {
            throw new StoreException("FleetRelease '" + release + "' cannot be written: " + e.getMessage(), e);
        }
        throw new StoreException("FleetRelease '" + release + "' is changed by others all the time.");
    }

    /** Null if somebody else was faster. */
    private FleetRelease make(String name) {
        FleetRelease release = new FleetRelease();
        release.setMetadata(new ObjectMetaBuilder().withName(name).build());
        try {
            return client.resource(release).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                return null;
            }
            throw e;
        }
    }

    /** Null if it was changed or removed since it was read. */
    private ReleaseView put(FleetRelease stored, ReleaseView before, ReleaseView.Status next) {
        FleetReleaseStatus status = PolicyMapping.status(before, next, stored.getStatus());
        try {
            String answer = StatusPatch.swap(
                    client,
                    "fleetreleases",
                    stored.getMetadata().getName(),
                    stored.getMetadata().getResourceVersion(),
                    status,
                    stored.getStatus());
            return PolicyMapping.release(client.getKubernetesSerialization().unmarshal(answer, FleetRelease.class));
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
                return null;
            }
            throw e;
        }
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
