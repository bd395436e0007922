package dev.lockkeeper.operator.graph;

import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.MachineView.Labels;
import dev.lockkeeper.operator.graph.MachineView.Picture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Records of releases in memory; a write can fail. What is told of machines and pins goes nowhere. */
final class TestingReleases implements FleetStore {

    int writes;
    StoreException failure;
    private final Map<String, ReleaseView> stored = new HashMap<>();

    ReleaseView stored(String name) {
        return stored.get(name);
    }

    @Override
    public ReleaseView change(String name, Function<ReleaseView, ReleaseView.Status> change) throws StoreException {
        if (failure != null) {
            throw failure;
        }
        ReleaseView before = stored.getOrDefault(name, made(name, 0, ReleaseView.Status.NONE));
        ReleaseView.Status next = change.apply(before);
        if (next.equals(before.status())) {
            return before;
        }
        writes++;
        ReleaseView after = made(name, writes, next);
        stored.put(name, after);
        return after;
    }

    private static ReleaseView made(String name, int version, ReleaseView.Status status) {
        return new ReleaseView(
                name,
                "uid",
                "" + version,
                1,
                FleetRelease.streamOf(name),
                FleetRelease.versionOf(name),
                List.of(),
                List.of(),
                status);
    }

    @Override
    public MachineView makeMachine(String name) {
        return MachineView.absent(name);
    }

    @Override
    public void tell(MachineView machine, Picture picture) {}

    @Override
    public void label(String machine, Labels labels) {}

    @Override
    public void remove(MachineView machine) {}

    @Override
    public Map<String, PinStatus.Since> told(String pin) {
        return Map.of();
    }

    @Override
    public void tell(PinView pin, PinStatus status) {}

    @Override
    public void remove(ReleaseView release) {}
}
