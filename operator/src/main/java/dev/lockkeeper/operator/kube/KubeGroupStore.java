package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupStatus;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.GroupStore;
import dev.lockkeeper.fleetlock.store.Snapshot;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.GroupView;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The lock store: the only writer of RebootGroup.status, always by one PUT with the resourceVersion that was read.
 *
 * <p>Its client must not retry: a PUT whose answer was lost and that is sent again gets a conflict although it won. Every failure
 * is therefore answered as "outcome unknown", and the caller reads anew.
 */
public final class KubeGroupStore implements GroupStore {

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final GroupMapping mapping;
    /** What was read last, so that a write keeps the fields that this version does not know; one batch per group is in flight. */
    private final Map<String, RebootGroup> lastRead = new ConcurrentHashMap<>();

    public KubeGroupStore(KubernetesClient client, GroupMapping mapping) {
        this.client = client;
        this.mapping = mapping;
    }

    @Override
    public Optional<Snapshot> read(String group) throws StoreException {
        Optional<RebootGroup> read = get(group);
        read.ifPresentOrElse(g -> lastRead.put(group, g), () -> lastRead.remove(group));
        return read.map(mapping::view).map(v -> new Snapshot(v.resourceVersion(), v.policy(), v.state()));
    }

    /** All RebootGroups, by quorum. */
    public List<GroupView> readAll() throws StoreException {
        try {
            return client.resources(RebootGroup.class).list().getItems().stream()
                    .map(mapping::view)
                    .toList();
        } catch (KubernetesClientException e) {
            throw new StoreException("the RebootGroups cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean compareAndSet(String group, Snapshot base, SlotState next) throws StoreException {
        RebootGroup read = lastRead.get(group);
        if (read == null || !read.getMetadata().getResourceVersion().equals(base.version())) {
            return false;
        }
        RebootGroupStatus status = read.getStatus() == null ? new RebootGroupStatus() : read.getStatus();
        GroupMapping.write(next, base.policy(), status);
        read.setStatus(status);
        return put(read);
    }

    /**
     * Changes what of the status is not the semaphore's: conditions, counts of who waits. Writes nothing where the change changes
     * nothing.
     *
     * @return false if another writer was faster; the caller's next look tries again
     */
    public boolean publish(String group, Consumer<RebootGroupStatus> change) throws StoreException {
        Optional<RebootGroup> read = get(group);
        if (read.isEmpty()) {
            return true;
        }
        RebootGroup current = read.get();
        String before = client.getKubernetesSerialization().asJson(current.getStatus());
        RebootGroupStatus status = current.getStatus() == null ? new RebootGroupStatus() : current.getStatus();
        change.accept(status);
        if (client.getKubernetesSerialization().asJson(status).equals(before)) {
            return true;
        }
        current.setStatus(status);
        return put(current);
    }

    private Optional<RebootGroup> get(String group) throws StoreException {
        try {
            return Optional.ofNullable(
                    client.resources(RebootGroup.class).withName(group).get());
        } catch (KubernetesClientException e) {
            throw new StoreException("RebootGroup '" + group + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean put(RebootGroup group) throws StoreException {
        try {
            client.resource(group).updateStatus();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
                return false;
            }
            throw new StoreException(
                    "the status of RebootGroup '" + group.getMetadata().getName() + "' cannot be written: "
                            + e.getMessage(),
                    e);
        } finally {
            lastRead.remove(group.getMetadata().getName(), group);
        }
    }
}
