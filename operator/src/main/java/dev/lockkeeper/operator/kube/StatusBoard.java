package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupStatus;
import dev.lockkeeper.crds.v1alpha1.WaitingCount;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.GroupStatus;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.GroupWork;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Publishes through the lock store what is known of a RebootGroup besides its holders: the leader's counts and conditions, and how
 * many machines wait at each replica. Writes only what differs from what is stored.
 */
public final class StatusBoard implements GroupWork.Store {

    private static final Logger LOG = Logger.getLogger(StatusBoard.class);

    private final KubernetesClient client;
    private final KubeGroupStore store;
    private final GroupCache cache;
    private final Duration waitingWindow;
    private final Clock clock;

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
    public void publish(GroupView group, int members, int unready, List<GroupStatus.Condition> conditions)
            throws StoreException {
        RebootGroupStatus known = cache.status(group.name());
        if (known != null && !changes(known, group, members, unready, conditions)) {
            return;
        }
        store.publish(group.name(), status -> {
            GroupMapping.write(
                    Semaphore.counted(GroupMapping.state(status), members, unready)
                            .next(),
                    group.policy(),
                    status);
            status.setObservedGeneration(group.generation());
            status.setConditions(merge(status.getConditions(), conditions, group.generation()));
            if (status.getWaitingBy() != null) {
                setWaiting(status, fresh(status.getWaitingBy()));
            }
        });
    }

    private boolean changes(
            RebootGroupStatus known,
            GroupView group,
            int members,
            int unready,
            List<GroupStatus.Condition> conditions) {
        return !Objects.equals(known.getMembers(), members)
                || !Objects.equals(known.getUnready(), unready)
                || !Objects.equals(known.getObservedGeneration(), group.generation())
                || known.getSlots() == null
                || !Objects.equals(
                        known.getSlots().getTotal(), group.policy().slots().total(members))
                || !merge(known.getConditions(), conditions, group.generation()).equals(known.getConditions())
                || known.getWaitingBy() != null
                        && fresh(known.getWaitingBy()).size()
                                != known.getWaitingBy().size();
    }

    /** The time of a condition moves only when its status flips. */
    private List<Condition> merge(List<Condition> old, List<GroupStatus.Condition> now, long generation) {
        List<Condition> merged = new ArrayList<>(old == null ? List.of() : old);
        for (GroupStatus.Condition condition : now) {
            String status = condition.status() ? "True" : "False";
            Optional<Condition> before = merged.stream()
                    .filter(c -> c.getType().equals(condition.type()))
                    .findFirst();
            String since = before.filter(c -> c.getStatus().equals(status))
                    .map(Condition::getLastTransitionTime)
                    .orElseGet(() ->
                            clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
            Condition next = new ConditionBuilder()
                    .withType(condition.type())
                    .withStatus(status)
                    .withReason(condition.reason())
                    .withMessage(condition.message())
                    .withLastTransitionTime(since)
                    .withObservedGeneration(generation)
                    .build();
            before.ifPresentOrElse(b -> merged.set(merged.indexOf(b), next), () -> merged.add(next));
        }
        return merged;
    }

    /** Tells how many machines wait at a replica; written on a change and before the stored count grows old. */
    public void waiting(GroupView group, String replica, int count) {
        RebootGroupStatus known = cache.status(group.name());
        WaitingCount stored = known == null || known.getWaitingBy() == null
                ? null
                : known.getWaitingBy().get(replica);
        boolean same = stored == null
                ? count == 0
                : stored.getCount() == count
                        && (count == 0
                                || Instant.parse(stored.getAt())
                                        .plus(waitingWindow.dividedBy(2))
                                        .isAfter(clock.instant()));
        if (same) {
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
        Map<String, WaitingCount> fresh = new HashMap<>(by);
        fresh.values().removeIf(c -> Instant.parse(c.getAt()).isBefore(oldest));
        return fresh;
    }

    @Override
    public void removeFreeSlot(GroupView group) {
        try {
            client.resources(RebootGroup.class)
                    .withName(group.name())
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"metadata\":{\"resourceVersion\":\"" + group.resourceVersion() + "\",\"annotations\":{\""
                                    + RebootGroup.FREE_SLOT_ANNOTATION + "\":null}}}");
        } catch (KubernetesClientException e) {
            LOG.infof(
                    "group=%s annotation %s not removed yet: %s",
                    group.name(), RebootGroup.FREE_SLOT_ANNOTATION, e.getMessage());
        }
    }
}
