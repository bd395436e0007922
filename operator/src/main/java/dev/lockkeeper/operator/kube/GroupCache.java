package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupStatus;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.Groups;
import dev.lockkeeper.operator.lock.Membership;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Watches the RebootGroups and keeps them as records; tells its listeners the name of each that changed. */
public final class GroupCache implements Groups, ResourceEventHandler<RebootGroup>, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(GroupCache.class);

    private record Known(Map<String, GroupView> byName, Membership membership) {}

    private final Map<String, RebootGroupStatus> statuses = new ConcurrentHashMap<>();

    private final GroupMapping mapping;
    private final KubeGroupStore store;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private volatile Known known = new Known(Map.of(), new Membership(List.of()));
    private volatile SharedIndexInformer<RebootGroup> informer;

    /** @param store told of every version that is seen, before any listener */
    public GroupCache(GroupMapping mapping, KubeGroupStore store) {
        this.mapping = mapping;
        this.store = store;
    }

    /** Begins to watch; {@link #synced} tells when the first list is in. */
    public void start(KubernetesClient client) {
        informer = client.resources(RebootGroup.class).runnableInformer(0);
        informer.addEventHandler(this);
        informer.exceptionHandler((started, error) -> {
            LOG.warnf("watching RebootGroups failed, trying again: %s", error.getMessage());
            return true;
        });
        informer.start();
    }

    public boolean synced() {
        SharedIndexInformer<RebootGroup> current = informer;
        // The handlers run a little later than the informer's own list is filled.
        return current != null
                && current.hasSynced()
                && current.getStore().list().stream()
                        .allMatch(g -> seen.contains(g.getMetadata().getUid()));
    }

    public void listen(Consumer<String> listener) {
        listeners.add(listener);
    }

    @Override
    public Membership membership() {
        return known.membership();
    }

    @Override
    public Optional<GroupView> named(String rebootGroup) {
        return Optional.ofNullable(known.byName().get(rebootGroup));
    }

    @Override
    public Optional<GroupView> heldBy(String id) {
        return known.byName().values().stream()
                .filter(g -> g.state().holderOf(id).isPresent())
                .findFirst();
    }

    /** The status as it was last seen, not to be changed; null if there is none. */
    RebootGroupStatus status(String rebootGroup) {
        return statuses.get(rebootGroup);
    }

    /** How many machines wait, by the group's status. */
    public int waiting(String rebootGroup) {
        RebootGroupStatus status = statuses.get(rebootGroup);
        return status == null || status.getWaiting() == null ? 0 : status.getWaiting();
    }

    public List<GroupView> all() {
        return List.copyOf(known.byName().values());
    }

    @Override
    public void onAdd(RebootGroup group) {
        put(group);
    }

    @Override
    public void onUpdate(RebootGroup old, RebootGroup group) {
        put(group);
    }

    @Override
    public void onDelete(RebootGroup group, boolean finalStateUnknown) {
        store.gone(group.getMetadata().getName());
        statuses.remove(group.getMetadata().getName());
        seen.remove(group.getMetadata().getUid());
        change(group.getMetadata().getName(), null);
    }

    private void put(RebootGroup group) {
        store.seen(group);
        seen.add(group.getMetadata().getUid());
        if (group.getStatus() != null) {
            statuses.put(group.getMetadata().getName(), group.getStatus());
        }
        try {
            change(group.getMetadata().getName(), mapping.view(group));
        } catch (RuntimeException e) {
            LOG.errorf(
                    "RebootGroup '%s' cannot be read and is not served: %s",
                    group.getMetadata().getName(), e.getMessage());
            change(group.getMetadata().getName(), null);
        }
    }

    private synchronized void change(String name, GroupView view) {
        Map<String, GroupView> next = new HashMap<>(known.byName());
        if (view == null) {
            next.remove(name);
        } else {
            next.put(name, view);
        }
        known = new Known(Map.copyOf(next), new Membership(next.values()));
        listeners.forEach(listener -> listener.accept(name));
    }

    @Override
    public void close() {
        if (informer != null) {
            informer.close();
        }
    }
}
