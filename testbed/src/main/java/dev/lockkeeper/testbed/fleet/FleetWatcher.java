package dev.lockkeeper.testbed.fleet;

import dev.lockkeeper.testbed.fleet.FleetRules.Cordon;
import dev.lockkeeper.testbed.fleet.Violation.Rule;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Watches from outside whether the operator keeps its promises.
 *
 * <ol>
 *   <li>It follows every stored version of every RebootGroup. If its watch breaks so that versions may have been missed,
 *       it lists again and counts that in {@link #relists()}; a watch that goes on where it stopped misses nothing.
 *   <li>At each 200 to a pre-reboot, and when a machine goes down, it lists the node's pods while the machine waits for
 *       it: a read by quorum at that very moment, which no cache or late watch event can blur.
 *   <li>{@link #checkCordons} judges the nodes when the test says that all is over.
 * </ol>
 */
public final class FleetWatcher implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final ResourceDefinitionContext REBOOT_GROUPS = new ResourceDefinitionContext.Builder()
            .withGroup("lockkeeper.dev")
            .withVersion("v1alpha1")
            .withKind("RebootGroup")
            .withPlural("rebootgroups")
            .withNamespaced(false)
            .build();

    private final KubernetesClient client;
    private final Journal journal;
    private final Predicate<String> drainedNodes;
    private final Predicate<Pod> evictable;
    private final Thread follower;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Violation> violations = new ArrayList<>();
    private final Map<String, GroupView> groups = new HashMap<>();
    private final Map<String, Integer> heldAtMost = new HashMap<>();
    private int versions;
    private int relists;

    private FleetWatcher(
            KubernetesClient client, Journal journal, Predicate<String> drainedNodes, Predicate<Pod> evictable) {
        this.client = client;
        this.journal = journal;
        this.drainedNodes = drainedNodes;
        this.evictable = evictable;
        this.follower = Thread.ofVirtual().name("fleet-watcher").unstarted(this::follow);
    }

    /** Watches groups whose drains are as by default: all nodes are drained, bare pods are left. */
    public static FleetWatcher start(KubernetesClient client, Journal journal) {
        return start(client, journal, node -> true, FleetRules::evictableAndManaged);
    }

    /**
     * @param drainedNodes names of nodes whose group cordons and drains them
     * @param evictable pods that may not be on such a node any more when it is told to reboot
     */
    public static FleetWatcher start(
            KubernetesClient client, Journal journal, Predicate<String> drainedNodes, Predicate<Pod> evictable) {
        FleetWatcher watcher = new FleetWatcher(client, journal, drainedNodes, evictable);
        journal.listen(watcher::judge);
        watcher.follower.start();
        return watcher;
    }

    public List<Violation> violations() {
        return locked(() -> List.copyOf(violations));
    }

    /** The newest version of each group, by name. */
    public Map<String, GroupView> groups() {
        return locked(() -> Map.copyOf(groups));
    }

    /** The most holders that the group ever had at once. */
    public int heldAtMost(String group) {
        return locked(() -> heldAtMost.getOrDefault(group, 0));
    }

    /** How many stored versions of groups were seen. */
    public int versions() {
        return locked(() -> versions);
    }

    /** How often the watch broke and versions may have been missed. */
    public int relists() {
        return locked(() -> relists);
    }

    /**
     * Waits until every version of the groups that is stored by now was seen.
     *
     * @return false after the time-out
     */
    public boolean awaitCurrent(Duration timeout) throws InterruptedException {
        List<GroupView> stored = list().getItems().stream().map(GroupView::of).toList();
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!stored.stream().allMatch(this::seen) && left > 0) {
                left = changed.awaitNanos(left);
            }
            return stored.stream().allMatch(this::seen);
        } finally {
            lock.unlock();
        }
    }

    private boolean seen(GroupView stored) {
        GroupView newest = groups.get(stored.name());
        return newest != null && newest.resourceVersion() >= stored.resourceVersion();
    }

    /** Judges all nodes now: those not named are expected to be cordoned by nobody. */
    public void checkCordons(Map<String, Cordon> expected) {
        client.nodes()
                .list()
                .getItems()
                .forEach(node -> FleetRules.cordon(
                                node, expected.getOrDefault(node.getMetadata().getName(), Cordon.NONE))
                        .ifPresent(what -> record(Rule.CORDON, what)));
    }

    @Override
    public void close() {
        follower.interrupt();
        try {
            follower.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void judge(Journal.Entry entry) {
        if (!drainedNodes.test(entry.machine())) {
            return;
        }
        try {
            switch (entry) {
                case Journal.Answered answer
                when answer.api() == Api.PRE_REBOOT && answer.ok() -> {
                    Node node = client.nodes().withName(answer.machine()).get();
                    if (node != null) {
                        FleetRules.granted(node, podsOn(answer.machine()), evictable)
                                .ifPresent(what -> record(Rule.DRAINED_BEFORE_GRANT, what));
                    }
                }
                case Journal.Down down ->
                    FleetRules.emptied(down.machine(), podsOn(down.machine()), evictable)
                            .ifPresent(what -> record(Rule.DRAINED_BEFORE_REBOOT, what));
                default -> {}
            }
        } catch (KubernetesClientException e) {
            // An interrupt means that the machine was closed: it hears of no answer any more.
            if (!Thread.currentThread().isInterrupted()) {
                record(Rule.UNCHECKED, "Could not look at node %s: %s".formatted(entry.machine(), e.getMessage()));
            }
        }
    }

    private List<Pod> podsOn(String node) {
        return client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", node)
                .list()
                .getItems();
    }

    private void follow() {
        boolean first = true;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                GenericKubernetesResourceList start = list();
                restart(start, first);
                first = false;
                watchFrom(start.getMetadata().getResourceVersion());
            } catch (KubernetesClientException e) {
                if (!pause()) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(RETRY);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private GenericKubernetesResourceList list() {
        return client.genericKubernetesResources(REBOOT_GROUPS).list();
    }

    /** Returns when the watch can go on no more. The client itself resumes one that merely lost its connection. */
    private void watchFrom(String resourceVersion) throws InterruptedException {
        CountDownLatch broken = new CountDownLatch(1);
        Watcher<GenericKubernetesResource> watcher = new Watcher<>() {
            @Override
            public void eventReceived(Action action, GenericKubernetesResource group) {
                switch (action) {
                    case ADDED, MODIFIED -> sawVersion(GroupView.of(group));
                    case DELETED -> sawDeletion(group.getMetadata().getName());
                    default -> {}
                }
            }

            @Override
            public void onClose(WatcherException cause) {
                broken.countDown();
            }
        };
        Watch watch = client.genericKubernetesResources(REBOOT_GROUPS)
                .watch(
                        new ListOptionsBuilder()
                                .withResourceVersion(resourceVersion)
                                .build(),
                        watcher);
        try {
            broken.await();
        } finally {
            watch.close();
        }
    }

    private void restart(GenericKubernetesResourceList list, boolean first) {
        lock.lock();
        try {
            groups.clear();
            if (!first) {
                relists++;
            }
        } finally {
            lock.unlock();
        }
        list.getItems().stream().map(GroupView::of).forEach(this::sawVersion);
    }

    private void sawVersion(GroupView now) {
        lock.lock();
        try {
            versions++;
            Optional<GroupView> before = Optional.ofNullable(groups.put(now.name(), now));
            heldAtMost.merge(now.name(), now.holders().size(), Math::max);
            FleetRules.slots(before, now).ifPresent(what -> record(Rule.SLOTS, what));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void sawDeletion(String group) {
        locked(() -> groups.remove(group));
    }

    private void record(Rule rule, String what) {
        Violation violation = new Violation(journal.now(), rule, what);
        locked(() -> violations.add(violation));
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
