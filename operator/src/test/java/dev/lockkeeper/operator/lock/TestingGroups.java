package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.GroupStore;
import dev.lockkeeper.fleetlock.store.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** RebootGroups in a store, and a cache of them that shows a change only when the test says so. */
public final class TestingGroups implements Groups, GroupStore {

    private final Map<String, GroupView> stored = new HashMap<>();
    private final Map<String, Integer> versions = new HashMap<>();
    private final Map<String, GroupView> shown = new ConcurrentHashMap<>();
    private final List<String> reads = new ArrayList<>();

    public synchronized void put(GroupView group) {
        stored.put(group.name(), group);
        versions.merge(group.name(), 1, Integer::sum);
    }

    public synchronized GroupView stored(String group) {
        return stored.get(group);
    }

    public synchronized void change(String group, java.util.function.UnaryOperator<SlotState> change) {
        put(with(stored.get(group), change.apply(stored.get(group).state())));
    }

    /** The cache shows the group as it was at some time. */
    public void show(GroupView group, Consumer<String> changed) {
        shown.put(group.name(), group);
        changed.accept(group.name());
    }

    /** The cache shows what is stored. */
    public void catchUp(String group, Consumer<String> changed) {
        show(stored(group), changed);
    }

    public synchronized List<String> reads() {
        return List.copyOf(reads);
    }

    public synchronized List<GroupView> all() {
        reads.add("*");
        return List.copyOf(stored.values());
    }

    private static GroupView with(GroupView g, SlotState state) {
        return new GroupView(
                g.name(),
                g.uid(),
                g.resourceVersion(),
                g.generation(),
                g.createdAt(),
                g.agentGroup(),
                g.others(),
                g.nodeSelector(),
                g.secret(),
                g.freeSlot(),
                g.policy(),
                g.drain(),
                g.verify(),
                state);
    }

    @Override
    public Membership membership() {
        return new Membership(shown.values());
    }

    @Override
    public Optional<GroupView> named(String rebootGroup) {
        return Optional.ofNullable(shown.get(rebootGroup));
    }

    @Override
    public Optional<GroupView> heldBy(String id) {
        return shown.values().stream()
                .filter(g -> g.state().holderOf(id).isPresent())
                .findFirst();
    }

    @Override
    public synchronized Optional<Snapshot> read(String group) {
        reads.add(group);
        return Optional.ofNullable(stored.get(group)).map(this::snapshot);
    }

    @Override
    public synchronized Optional<Snapshot> lastSeen(String group) {
        return named(group)
                .map(g -> new Snapshot(
                        g.state().equals(stored.get(group).state())
                                        && g.policy().equals(stored.get(group).policy())
                                ? versions.get(group).toString()
                                : "old",
                        g.policy(),
                        g.state()));
    }

    private Snapshot snapshot(GroupView group) {
        return new Snapshot(versions.get(group.name()).toString(), group.policy(), group.state());
    }

    @Override
    public synchronized boolean compareAndSet(String group, Snapshot base, SlotState next) {
        if (!base.version().equals(versions.get(group).toString())) {
            return false;
        }
        put(with(stored.get(group), next));
        return true;
    }
}
