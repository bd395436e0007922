package dev.lockkeeper.operator.observe;

import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.kube.Patch;
import dev.lockkeeper.operator.lock.Events;
import dev.lockkeeper.operator.lock.Reason;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * Writes to the log, and as Events, what happens: Events from a queue of {@value #QUEUED} that one thread works off. What the queue has no room for or the API server does not
 * take is lost, and said so in the log at most once a minute. They are those of {@code v1}, not of {@code events.k8s.io/v1}: only these
 * have the times by which {@code kubectl describe} sorts.
 *
 * <p>A repeat of the same text about the same object within 10 minutes raises the count of the first Event. Names follow from the
 * content, so that a repeat by another replica, or after a crash, finds the first one too, and leaves it as it is.
 */
public final class KubeEvents implements Events, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(KubeEvents.class);

    static final int QUEUED = 1_000;
    private static final int REMEMBERED = 1_000;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration SAME = Duration.ofMinutes(10);
    private static final Duration REPORT = Duration.ofMinutes(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    /** Wakes the thread to its end. */
    private static final EventText END = new EventText(null, null, null, null, true);

    /** @param own whether this process wrote the Event, so that it knows its count */
    private record Told(String name, Instant first, boolean own, int count) {}

    private final KubernetesClient client;
    private final UnaryOperator<String> groupUid;
    private final String replica;
    private final Duration refusedInterval;
    private final Clock clock;
    private final RefusalFilter refusals;
    private final BlockingQueue<EventText> queue = new ArrayBlockingQueue<>(QUEUED);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    /** Touched by the thread alone. */
    private final Map<String, Told> told = new LinkedHashMap<>();

    private Instant reported = Instant.MIN;
    private long failed;
    private String failure;

    /**
     * @param client should not retry by itself: an Event is not worth holding up the next
     * @param groupUid gives the uid of a RebootGroup by its name, null if it is not known; {@code kubectl describe} finds Events by it
     * @param replica the name of this replica
     * @param refusedInterval for so long, a second refusal of the same kind to the same machine leaves no Event
     */
    public KubeEvents(
            KubernetesClient client,
            UnaryOperator<String> groupUid,
            String replica,
            Duration refusedInterval,
            Clock clock) {
        this.client = client;
        this.groupUid = groupUid;
        this.replica = replica;
        this.refusedInterval = refusedInterval;
        this.clock = clock;
        this.refusals = new RefusalFilter(clock, refusedInterval);
        this.thread = Thread.ofPlatform().name("events").daemon().start(this::work);
    }

    @Override
    public void groupAndNode(NodeRef node, String rebootGroup, Reason reason, String note) {
        log("group=" + rebootGroup, reason, note);
        offer(EventText.of(groupReference(rebootGroup), reason, note));
        if (node != null) {
            offer(EventText.of(nodeReference(node), reason, note));
        }
    }

    @Override
    public void group(String rebootGroup, Reason reason, String note) {
        log("group=" + rebootGroup, reason, note);
        offer(EventText.of(groupReference(rebootGroup), reason, note));
    }

    @Override
    public void node(NodeRef node, Reason reason, String note) {
        log("node=" + node.name(), reason, note);
        offer(EventText.of(nodeReference(node), reason, note));
    }

    @Override
    public void poolWindow(String poolWindow, String uid, Reason reason, String note) {
        log("poolwindow=" + poolWindow, reason, note);
        offer(EventText.of(reference("PoolWindow", poolWindow, uid), reason, note));
    }

    @Override
    public void judged(NodeRef node, String rebootGroup, String key, String note) throws StoreException {
        boolean news = rebootGroup != null
                && tellNow(EventText.forEver(groupReference(rebootGroup), Reason.Judged, key, note));
        if (node != null) {
            news |= tellNow(EventText.forEver(nodeReference(node), Reason.Judged, key, note));
        }
        if (news) {
            log(rebootGroup == null ? "node=" + node.name() : "group=" + rebootGroup, Reason.Judged, note);
        }
    }

    /** Whether it was not told before. It is told once for ever: its key is never used again. */
    private boolean tellNow(EventText text) throws StoreException {
        try {
            client.v1()
                    .events()
                    .inNamespace(EventText.NAMESPACE)
                    .resource(text.event(text.name(0), replica, clock.instant()))
                    .create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            if (e.getCode() == 0 || e.getCode() == TOO_MANY_REQUESTS || e.getCode() >= 500) {
                throw new StoreException("the Event " + text.reason() + " got no answer: " + e.getMessage(), e);
            }
            LOG.warnf("the Event %s was refused and is lost: %s", text.reason(), e.getMessage());
            return true;
        }
    }

    @Override
    public void quarantined(String release, String uid, String key, String note) throws StoreException {
        ObjectReference reference = reference("FleetRelease", release, uid);
        if (tellNow(EventText.forEver(reference, Reason.Quarantined, key, note))) {
            log("release=" + release, Reason.Quarantined, note);
        }
    }

    @Override
    public void refused(NodeRef node, String rebootGroup, String id, Refusal refusal) {
        if (!refusals.lets(id, refusal.kind())) {
            return;
        }
        String machine = node == null ? id : node.name();
        String kind = refusal.kind().text();
        String note = machine + " got no slot (" + kind + "): " + refusal.value();
        log(rebootGroup == null ? "machine=" + machine : "group=" + rebootGroup, Reason.Refused, note);
        if (rebootGroup != null) {
            offer(EventText.ofRefusal(groupReference(rebootGroup), machine, kind, note));
        }
        if (node != null) {
            offer(EventText.ofRefusal(nodeReference(node), machine, kind, note));
        }
    }

    /** One line for what may become two Events: Events are gone after an hour, and lost when the API server is away. */
    private static void log(String where, Reason reason, String note) {
        LOG.logf(reason.isWarning() ? Logger.Level.WARN : Logger.Level.INFO, "%s %s: %s", where, reason, note);
    }

    private ObjectReference groupReference(String name) {
        return reference("RebootGroup", name, groupUid.apply(name));
    }

    private static ObjectReference reference(String kind, String name, String uid) {
        return new ObjectReferenceBuilder()
                .withApiVersion("lockkeeper.dev/v1alpha1")
                .withKind(kind)
                .withName(name)
                .withUid(uid)
                .build();
    }

    /** As the kubelet does it: kubectl, of every version, looks for a node's Events by its name as uid. */
    private static ObjectReference nodeReference(NodeRef node) {
        return new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node.name())
                .withUid(node.name())
                .build();
    }

    private void offer(EventText text) {
        if (!queue.offer(text)) {
            dropped.incrementAndGet();
        }
    }

    private void work() {
        while (!closed || !queue.isEmpty()) {
            try {
                EventText text = queue.poll(REPORT.toSeconds(), TimeUnit.SECONDS);
                if (text != null && text != END) {
                    tell(text);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                failed++;
                failure = e.getMessage();
            }
            report();
        }
    }

    private void tell(EventText text) {
        Instant now = clock.instant();
        told.values().removeIf(t -> !t.first().plus(SAME).isAfter(now));
        Told before = told.get(text.key());
        if (before != null) {
            if (!text.once() && before.own()) {
                count(text, new Told(before.name(), before.first(), true, before.count() + 1), now);
            }
            return;
        }
        Duration span = text.once() ? refusedInterval : SAME;
        String name = text.name(now.getEpochSecond() / Math.max(1, span.toSeconds()));
        try {
            client.v1()
                    .events()
                    .inNamespace(EventText.NAMESPACE)
                    .resource(text.event(name, replica, now))
                    .create();
            remember(text, new Told(name, now, true, 1));
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            // Told before, by another replica or before a crash. How often is not worth a read, and a count must not go
            // down.
            remember(text, new Told(name, now, false, 1));
        }
    }

    private void count(EventText text, Told next, Instant now) {
        Patch.merge(
                client,
                "api/v1/namespaces/" + EventText.NAMESPACE + "/events/" + next.name(),
                "{\"count\":" + next.count() + ",\"lastTimestamp\":\"" + EventText.seconds(now) + "\"}");
        remember(text, next);
    }

    private void remember(EventText text, Told next) {
        told.put(text.key(), next);
        if (told.size() > REMEMBERED) {
            told.remove(told.keySet().iterator().next());
        }
    }

    private void report() {
        Instant now = clock.instant();
        if (reported.plus(REPORT).isAfter(now)) {
            return;
        }
        long lost = dropped.getAndSet(0);
        if (lost + failed > 0) {
            LOG.warnf(
                    "%d Events were lost: %d found the queue full, %d were not taken by the API server%s. Status and log"
                            + " say the same as they would have.",
                    lost + failed, lost, failed, failure == null ? "" : " (" + failure + ")");
            reported = now;
            failed = 0;
            failure = null;
        }
    }

    /** Writes what is queued, for at most 2 s. */
    @Override
    public void close() {
        closed = true;
        queue.offer(END);
        try {
            if (!thread.join(LAST_WORDS)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
