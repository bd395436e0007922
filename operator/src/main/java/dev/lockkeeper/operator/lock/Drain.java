package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.DrainFigures;
import dev.lockkeeper.operator.lock.DrainReport.Attempt;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Empties a node, one pass at a time.
 *
 * <p>A pass lists the node's pods, asks each one that may go to go, once, and tells what came of it; it waits for no pod. Nothing
 * is remembered between passes, so any leader can make the next one.
 */
public final class Drain {

    /** Removals asked for at the same time: a full node is through in seconds, and the API server has others to serve. */
    private static final int PARALLEL = 10;

    private final Pods pods;
    private final Clock clock;

    public Drain(Pods pods, Clock clock) {
        this.pods = pods;
        this.clock = clock;
    }

    /**
     * One pass. It asks the API server nothing if the mode removes no pods, and once if there is nothing to remove.
     *
     * @param force whether PodDisruptionBudgets are overridden
     * @param before the figures as stored, null at the start of a drain
     */
    public DrainStep step(NodeView node, DrainPolicy policy, boolean force, DrainFigures before) {
        DrainPlan plan = plan(node, policy, force);
        List<Attempt> attempts = remove(plan);
        return DrainReport.of(plan, attempts, budgets(attempts), before);
    }

    /** The pods that still have to go; changes nothing. */
    public List<PodView> remaining(NodeView node, DrainPolicy policy) {
        return plan(node, policy, false).remaining();
    }

    private DrainPlan plan(NodeView node, DrainPolicy policy, boolean force) {
        List<PodView> found = policy.mode().removesPods() ? pods.on(node.name()) : List.of();
        return DrainPlanner.plan(found, policy, force, clock.instant());
    }

    /** Once a request gets no answer, those that have not begun are left to the next pass. */
    private List<Attempt> remove(DrainPlan plan) {
        if (plan.evict().isEmpty() && plan.delete().isEmpty()) {
            return List.of();
        }
        ConcurrentLinkedQueue<Attempt> attempts = new ConcurrentLinkedQueue<>();
        AtomicBoolean away = new AtomicBoolean();
        Semaphore places = new Semaphore(PARALLEL, true);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            plan.evict().forEach(pod -> threads.execute(() -> attempt(places, away, attempts, pod, true)));
            plan.delete().forEach(pod -> threads.execute(() -> attempt(places, away, attempts, pod, false)));
        }
        return List.copyOf(attempts);
    }

    private void attempt(
            Semaphore places, AtomicBoolean away, ConcurrentLinkedQueue<Attempt> attempts, PodView pod, boolean evict) {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            if (away.get()) {
                return;
            }
            PodRemoval answer = ask(pod, evict);
            if (answer instanceof PodRemoval.Failed failed && failed.code() == 0) {
                away.set(true);
            }
            attempts.add(new Attempt(pod, evict, answer));
        } finally {
            places.release();
        }
    }

    private PodRemoval ask(PodView pod, boolean evict) {
        try {
            return evict ? pods.evict(pod) : pods.delete(pod);
        } catch (RuntimeException e) {
            return new PodRemoval.Failed(0, String.valueOf(e.getMessage()));
        }
    }

    private Map<String, List<PodBudget>> budgets(List<Attempt> attempts) {
        return attempts.stream()
                .filter(a -> DrainReport.needsBudgets(a.answer()))
                .map(a -> a.pod().namespace())
                .distinct()
                .collect(Collectors.toMap(Function.identity(), pods::budgets));
    }
}
