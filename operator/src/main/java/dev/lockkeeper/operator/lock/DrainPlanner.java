package dev.lockkeeper.operator.lock;

import dev.lockkeeper.operator.lock.DrainPlan.Held;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides for each pod of a node whether it goes, waits, blocks or stays.
 *
 * <p>The order is the lowest priority first, so that what a cluster lives on (DNS, ingress) keeps serving the longest, and then
 * by name, so that two looks at the same pods tell people the same.
 */
public final class DrainPlanner {

    /** Pods take up to half a minute by default; one that may take more than this is named while it does. */
    private static final Duration LONG_GRACE = Duration.ofSeconds(60);

    /** A kubelet needs a moment after the grace to report that the containers are gone. */
    private static final Duration KUBELET_LAG = Duration.ofSeconds(5);

    private static final String APP_NAME = "app.kubernetes.io/name";
    private static final String OWN_APP_NAME = "lockkeeper";

    private static final Comparator<PodView> ORDER = Comparator.comparingInt(PodView::priority)
            .thenComparing(PodView::namespace)
            .thenComparing(PodView::name);

    private DrainPlanner() {}

    /**
     * @param pods all pods of the node
     * @param force whether PodDisruptionBudgets are overridden; what else blocks (emptyDir data, bare pods) still does
     */
    public static DrainPlan plan(List<PodView> pods, DrainPolicy policy, boolean force, Instant now) {
        List<PodView> remove = new ArrayList<>();
        List<Held> waiting = new ArrayList<>();
        List<Held> lingering = new ArrayList<>();
        List<Held> blocked = new ArrayList<>();
        for (PodView pod : pods.stream().sorted(ORDER).toList()) {
            if (isLeftAlone(pod, policy)) {
                continue;
            }
            if (pod.isTerminating()) {
                (lingers(pod, now) ? lingering : waiting).add(new Held(pod, terminating(pod, now)));
            } else {
                whyBlocked(pod, policy).ifPresentOrElse(why -> blocked.add(new Held(pod, why)), () -> remove.add(pod));
            }
        }
        boolean evict = policy.mode() == DrainPolicy.Mode.EVICT && !force;
        return new DrainPlan(evict ? remove : List.of(), evict ? List.of() : remove, waiting, lingering, blocked);
    }

    /** It stays, and does not keep the machine from rebooting. */
    private static boolean isLeftAlone(PodView pod, DrainPolicy policy) {
        boolean own = pod.namespace().equals(policy.ownNamespace())
                && OWN_APP_NAME.equals(pod.labels().get(APP_NAME));
        boolean outside = policy.podSelector() != null && !policy.podSelector().matches(pod.labels());
        return !policy.mode().removesPods()
                || pod.mirror()
                || pod.isFinished()
                || "DaemonSet".equals(pod.controllerKind())
                || own
                || outside
                || isBare(pod) && policy.unmanaged() == DrainPolicy.Unmanaged.LEAVE;
    }

    private static Optional<String> whyBlocked(PodView pod, DrainPolicy policy) {
        if (isBare(pod) && policy.unmanaged() == DrainPolicy.Unmanaged.BLOCK) {
            return Optional.of("no controller would start it again and drain.unmanaged is Block: remove it by hand");
        }
        if (pod.hasEmptyDir() && !policy.deleteEmptyDirData()) {
            return Optional.of(
                    "its emptyDir data would be lost and drain.deleteEmptyDirData is false: remove it by hand");
        }
        return Optional.empty();
    }

    private static boolean isBare(PodView pod) {
        return pod.controllerKind() == null;
    }

    private static boolean lingers(PodView pod, Instant now) {
        boolean slow = grace(pod).compareTo(LONG_GRACE) > 0;
        Duration patience = pod.finalizers().isEmpty() ? KUBELET_LAG : Duration.ZERO;
        return slow || !now.isBefore(pod.deletionTimestamp().plus(patience));
    }

    /** Names points in time, not spans: a text that changes at every look would be written at every look. */
    private static String terminating(PodView pod, Instant now) {
        Instant end = pod.deletionTimestamp().truncatedTo(ChronoUnit.SECONDS);
        String grace = "its grace of " + grace(pod).toSeconds() + " s";
        if (now.isBefore(pod.deletionTimestamp())) {
            return "terminating; " + grace + " ends at " + end;
        }
        if (!pod.finalizers().isEmpty()) {
            boolean one = pod.finalizers().size() == 1;
            return "terminating; " + (one ? "finalizer " : "finalizers ") + String.join(", ", pod.finalizers())
                    + (one ? " holds it" : " hold it");
        }
        return "terminating; still there though " + grace + " ended at " + end + ": look at its node's kubelet";
    }

    private static Duration grace(PodView pod) {
        return Duration.ofSeconds(pod.deletionGraceSeconds() == null ? 0 : pod.deletionGraceSeconds());
    }
}
