package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupStatus;
import dev.lockkeeper.crds.v1alpha1.WaitingCount;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.GroupStatus;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.GroupWork;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jboss.logging.Logger;

/**
 * Publishes through the lock store what is known of a RebootGroup besides its holders: the leader's counts and conditions, and how
 * many machines wait at each replica. Writes only what differs from what is stored.
 */
public final class StatusBoard implements GroupWork.Store {

    private static final Logger LOG = Logger.getLogger(StatusBoard.class);

    /** The answer to a JSON patch whose test fails. */
    private static final int ANOTHER_VALUE = 422;

    private final KubernetesClient client;
    private final KubeGroupStore store;
    private final GroupCache cache;
    private final Duration waitingWindow;
    private final Clock clock;
    /** The groups whose count of waiting machines differed from the stored one at the last report. */
    private final Set<String> differs = ConcurrentHashMap.newKeySet();

    /** @param waitingWindow a replica refreshes its count within this; one twice as old is dropped, its replica is gone */
    public StatusBoard(
            KubernetesClient client, KubeGroupStore store, GroupCache cache, Duration waitingWindow, Clock clock) {
        this.client = client;
        this.store = store;
        this.cache = cache;
        this.waitingWindow = waitingWindow;
        this.clock = clock;
    }

    @Override
    public List<GroupView> readAll() throws StoreException {
        return store.readAll();
    }

    @Override
    public void publish(
            GroupView group,
            int members,
            ToIntFunction<SlotState> unready,
            Function<SlotState, List<GroupStatus.Condition>> conditions)
            throws StoreException {
        store.publish(group.name(), status -> {
            SlotState state = GroupMapping.state(status);
            SlotState counted =
                    Semaphore.counted(state, members, unready.applyAsInt(state)).next();
            GroupMapping.write(counted, group.policy(), status);
            status.setObservedGeneration(group.generation());
            status.setConditions(Conditions.merge(
                    status.getConditions(), conditions.apply(counted), group.generation(), clock.instant()));
            if (status.getWaitingBy() != null) {
                setWaiting(status, fresh(status.getWaitingBy()));
            }
        });
    }

    /**
     * Tells how many machines wait at a replica. A count is written once two reports in a row differ from what is stored, as most
     * machines wait for less than that, and before the stored one grows old.
     */
    public void waiting(GroupView group, String replica, int count) {
        RebootGroupStatus known = cache.status(group.name());
        WaitingCount stored = known == null || known.getWaitingBy() == null
                ? null
                : known.getWaitingBy().get(replica);
        int before = stored == null ? 0 : stored.getCount();
        boolean old = before > 0
                && Instant.parse(stored.getAt())
                        .plus(waitingWindow.dividedBy(2))
                        .isBefore(clock.instant());
        if (before == count && !old) {
            differs.remove(group.name());
            return;
        }
        if (differs.add(group.name()) && !old) {
            return;
        }
        try {
            store.publish(group.name(), status -> {
                Map<String, WaitingCount> by = fresh(status.getWaitingBy() == null ? Map.of() : status.getWaitingBy());
                WaitingCount own = by.getOrDefault(replica, new WaitingCount());
                own.setCount(count);
                own.setAt(clock.instant().toString());
                by.put(replica, own);
                if (count == 0) {
                    by.remove(replica);
                }
                setWaiting(status, by);
            });
        } catch (StoreException e) {
            LOG.debugf("group=%s count of waiting machines not published: %s", group.name(), e.getMessage());
        }
    }

    private static void setWaiting(RebootGroupStatus status, Map<String, WaitingCount> by) {
        status.setWaitingBy(by);
        status.setWaiting(by.values().stream().mapToInt(WaitingCount::getCount).sum());
    }

    private Map<String, WaitingCount> fresh(Map<String, WaitingCount> by) {
        Instant oldest = clock.instant().minus(waitingWindow.multipliedBy(2));
        Map<String, WaitingCount> fresh = new TreeMap<>(by);
        fresh.values().removeIf(c -> Instant.parse(c.getAt()).isBefore(oldest));
        return fresh;
    }

    @Override
    public boolean removeFreeSlot(GroupView group) {
        return removed(group, RebootGroup.FREE_SLOT_ANNOTATION, group.freeSlot(), "");
    }

    @Override
    public boolean endImport(GroupView group, String mark) {
        String marking = """
                , {"op": "add", "path": "%s", "value": %s}""".formatted(path(RebootGroup.IMPORTED_LEASE_ANNOTATION), json(mark));
        return removed(
                group, RebootGroup.IMPORT_LEASE_ANNOTATION, group.policy().importing(), marking);
    }

    /** Removes an annotation that still has that value, and does the rest of the JSON patch, or neither. */
    private boolean removed(GroupView group, String annotation, String value, String rest) {
        String at = path(annotation);
        try {
            Patch.json(client, "apis/lockkeeper.dev/v1alpha1/rebootgroups/" + group.name(), """
                    [{"op": "test", "path": "%s", "value": %s}, {"op": "remove", "path": "%s"}%s]""".formatted(
                            at, json(value), at, rest));
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != ANOTHER_VALUE) {
                LOG.infof("group=%s annotation %s not removed yet: %s", group.name(), annotation, e.getMessage());
            }
            return false;
        }
    }

    private static String path(String annotation) {
        return "/metadata/annotations/" + annotation.replace("/", "~1");
    }

    private String json(String text) {
        return client.getKubernetesSerialization().asJson(text);
    }
}
