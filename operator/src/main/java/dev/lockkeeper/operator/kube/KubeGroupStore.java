package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupStatus;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.GroupStore;
import dev.lockkeeper.fleetlock.store.Snapshot;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.GroupStatus;
import dev.lockkeeper.operator.lock.GroupView;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The lock store: the only writer of RebootGroup.status, always by one PUT with the resourceVersion that the decision was made on.
 *
 * <p>Its client must not retry: a PUT whose answer was lost and that is sent again gets a conflict although it won. Every failure
 * is therefore answered as "outcome unknown", and the caller reads anew.
 */
public final class KubeGroupStore implements GroupStore {

    private static final Logger LOG = Logger.getLogger(KubeGroupStore.class);
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final GroupMapping mapping;
    private final Clock clock;
    /** The newest version of each group that a read, a write or a watch showed; whole, so that a write keeps unknown fields. */
    private final Map<String, RebootGroup> latest = new ConcurrentHashMap<>();

    public KubeGroupStore(KubernetesClient client, GroupMapping mapping, Clock clock) {
        this.client = client;
        this.mapping = mapping;
        this.clock = clock;
    }

    /** Takes note of what a watch showed. The object must not be changed afterwards. */
    void seen(RebootGroup group) {
        latest.merge(group.getMetadata().getName(), group, KubeGroupStore::newer);
    }

    void gone(String group) {
        latest.remove(group);
    }

    /** The group as it is given, or as this process saw it later. */
    RebootGroup newest(RebootGroup group) {
        RebootGroup seen = latest.get(group.getMetadata().getName());
        return seen == null ? group : newer(seen, group);
    }

    /** A version that cannot be compared is taken for the newer one: a wrong guess costs a conflict, nothing else. */
    private static RebootGroup newer(RebootGroup known, RebootGroup other) {
        if (!known.getMetadata().getUid().equals(other.getMetadata().getUid())) {
            return other;
        }
        try {
            long before = Long.parseLong(known.getMetadata().getResourceVersion());
            return before > Long.parseLong(other.getMetadata().getResourceVersion()) ? known : other;
        } catch (NumberFormatException e) {
            return other;
        }
    }

    @Override
    public Optional<Snapshot> lastSeen(String group) {
        return Optional.ofNullable(latest.get(group)).map(this::snapshot);
    }

    @Override
    public Optional<Snapshot> read(String group) throws StoreException {
        return get(group).map(this::snapshot);
    }

    private Snapshot snapshot(RebootGroup group) {
        GroupView view = mapping.view(group);
        return new Snapshot(view.resourceVersion(), view.policy(), view.state());
    }

    /**
     * All RebootGroups, by quorum. One that cannot be understood is left out if nobody holds a slot or is parked in it.
     *
     * @throws StoreException also if one that has some cannot be understood: who they are is then not known
     */
    public List<GroupView> readAll() throws StoreException {
        try {
            List<GroupView> views = new ArrayList<>();
            for (RebootGroup group : client.resources(RebootGroup.class).list().getItems()) {
                try {
                    views.add(mapping.view(group));
                } catch (RuntimeException e) {
                    if (hasMachines(group)) {
                        throw new StoreException(
                                "RebootGroup '" + group.getMetadata().getName()
                                        + "' has holders or parked machines and cannot be understood: "
                                        + e.getMessage(),
                                e);
                    }
                    LOG.errorf(
                            "RebootGroup '%s' cannot be understood and is left out: %s",
                            group.getMetadata().getName(), e.getMessage());
                }
            }
            return views;
        } catch (KubernetesClientException e) {
            throw new StoreException("the RebootGroups cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean hasMachines(RebootGroup group) {
        RebootGroupStatus status = group.getStatus();
        return status != null && (isFilled(status.getHolders()) || isFilled(status.getFailed()));
    }

    private static boolean isFilled(List<?> list) {
        return list != null && !list.isEmpty();
    }

    @Override
    public boolean compareAndSet(String group, Snapshot base, SlotState next) throws StoreException {
        RebootGroup known = latest.get(group);
        if (known == null || !known.getMetadata().getResourceVersion().equals(base.version())) {
            forget(group, known);
            return false;
        }
        RebootGroupStatus status = copy(known.getStatus());
        GroupMapping.write(next, base.policy(), status);
        status.setConditions(Conditions.merge(
                status.getConditions(),
                List.of(GroupStatus.progressing(next)),
                known.getMetadata().getGeneration(),
                clock.instant()));
        return put(known, status);
    }

    /**
     * Changes what the leader counts and concludes, and who waits. Writes nothing where the change changes nothing, nor where another
     * writer was faster: the caller's next look tries again.
     */
    public void publish(String group, Consumer<RebootGroupStatus> change) throws StoreException {
        RebootGroup known = latest.get(group);
        if (known == null) {
            known = get(group).orElse(null);
        }
        if (known == null) {
            return;
        }
        RebootGroupStatus status = copy(known.getStatus());
        KubernetesSerialization json = client.getKubernetesSerialization();
        String before = json.asJson(status);
        change.accept(status);
        if (!json.asJson(status).equals(before)) {
            put(known, status);
        }
    }

    private RebootGroupStatus copy(RebootGroupStatus status) {
        return status == null
                ? new RebootGroupStatus()
                : client.getKubernetesSerialization().clone(status);
    }

    private Optional<RebootGroup> get(String group) throws StoreException {
        try {
            Optional<RebootGroup> read = Optional.ofNullable(
                    client.resources(RebootGroup.class).withName(group).get());
            read.ifPresentOrElse(this::seen, () -> gone(group));
            return read;
        } catch (KubernetesClientException e) {
            throw new StoreException("RebootGroup '" + group + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean put(RebootGroup base, RebootGroupStatus status) throws StoreException {
        RebootGroup next = new RebootGroup();
        next.setMetadata(base.getMetadata());
        next.setSpec(base.getSpec());
        next.setStatus(status);
        try {
            seen(client.resource(next).updateStatus());
            return true;
        } catch (KubernetesClientException e) {
            String name = base.getMetadata().getName();
            forget(name, base);
            if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
                return false;
            }
            throw new StoreException(
                    "the status of RebootGroup '" + name + "' cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * What a write did not succeed on is not used again, whatever its version says: of an etcd that was restored from a backup, the
     * true version may be the lower one.
     */
    private void forget(String group, RebootGroup known) {
        if (known != null) {
            latest.remove(group, known);
        }
    }
}
