package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.MachineView.Evidence;
import dev.lockkeeper.operator.health.Update;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Records of machines in memory; a write can fail. */
final class TestingMachines implements Machines {

    final AtomicInteger writes = new AtomicInteger();
    volatile StoreException failure;
    private final Map<String, MachineView> stored = new ConcurrentHashMap<>();

    static Evidence running(String node, String version, Offer... offers) {
        return new Evidence(
                null,
                node,
                node,
                "uid-" + node,
                "workers",
                "stable",
                version,
                TestingState.payload(version, "x86_64"),
                "x86_64",
                "metal",
                Scheme.OCI,
                null,
                List.of(offers),
                TestingState.T0,
                null,
                List.of());
    }

    /** What an agent of another architecture says. */
    static Evidence on(Evidence e, String architecture) {
        return new Evidence(
                e.displayName(),
                e.agentId(),
                e.node(),
                e.nodeUid(),
                e.agentGroup(),
                e.stream(),
                e.version(),
                e.payload(),
                architecture,
                e.platform(),
                e.scheme(),
                e.wariness(),
                e.offers(),
                e.lastSeen(),
                e.steadyAt(),
                e.history());
    }

    /** The same machine, with what became of its updates. */
    static MachineView with(MachineView machine, Update... updates) {
        return new MachineView(
                machine.name(),
                machine.uid(),
                machine.resourceVersion(),
                machine.pausedReason(),
                machine.labels(),
                machine.evidence(),
                machine.picture(),
                List.of(updates));
    }

    static Offer offer(String version) {
        return new Offer(version, TestingState.T0, null, 1);
    }

    static MachineView view(String name, Evidence evidence) {
        return new MachineView(
                name, "uid", "1", null, MachineView.Labels.NONE, evidence, MachineView.Picture.NONE, List.of());
    }

    void put(String name, Evidence evidence) {
        stored.put(name, view(name, evidence));
    }

    void remove(String name) {
        stored.remove(name);
    }

    @Override
    public Collection<MachineView> all() {
        return stored.values();
    }

    @Override
    public Optional<MachineView> named(String name) {
        return Optional.ofNullable(stored.get(name));
    }

    @Override
    public Optional<MachineView> read(String name) throws StoreException {
        if (failure != null) {
            throw failure;
        }
        return named(name);
    }

    @Override
    public Recorded record(MachineView read, Update update) throws StoreException {
        String name = read.name();
        if (failure != null) {
            throw failure;
        }
        MachineView known = named(name).orElseGet(() -> view(name, Evidence.NONE));
        Update before = known.update(update.token()).orElse(null);
        if (before != null && (before.saysTheSameAs(update) || !update.mayReplace(before))) {
            return new Recorded(known, before);
        }
        writes.incrementAndGet();
        MachineView next = with(known, MachineView.with(known.updates(), update).toArray(Update[]::new));
        stored.put(name, next);
        return new Recorded(next, before);
    }

    @Override
    public MachineView change(String name, UnaryOperator<Evidence> change) throws StoreException {
        if (failure != null) {
            throw failure;
        }
        Evidence before = named(name).map(MachineView::evidence).orElse(Evidence.NONE);
        Evidence after = change.apply(before);
        if (!after.equals(before)) {
            writes.incrementAndGet();
            List<Update> updates = named(name).map(MachineView::updates).orElse(List.of());
            stored.put(name, with(view(name, after), updates.toArray(Update[]::new)));
        }
        return named(name).orElseGet(() -> view(name, after));
    }
}
