package dev.lockkeeper.operator.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Pods of one node in memory: an accepted removal takes effect at once. */
final class TestingPods implements Pods {

    private final Map<String, PodView> pods = new ConcurrentHashMap<>();
    private final Map<String, PodRemoval> answers = new ConcurrentHashMap<>();
    private final List<PodBudget> budgets = new ArrayList<>();
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private final AtomicInteger lists = new AtomicInteger();
    private final AtomicInteger budgetLists = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final CountDownLatch second = new CountDownLatch(2);
    private boolean slow;
    private boolean listFails;

    void add(TestingPod pod) {
        pods.put(pod.view().name(), pod.view());
    }

    void answer(String name, PodRemoval answer) {
        answers.put(name, answer);
    }

    void budget(PodBudget budget) {
        budgets.add(budget);
    }

    /** The first removal is answered only after a second one began. */
    void slow() {
        slow = true;
    }

    void listFails() {
        listFails = true;
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    int lists() {
        return lists.get();
    }

    int budgetLists() {
        return budgetLists.get();
    }

    int mostAtOnce() {
        return mostAtOnce.get();
    }

    @Override
    public List<PodView> on(String node) {
        lists.incrementAndGet();
        if (listFails) {
            throw new IllegalStateException("no list");
        }
        return List.copyOf(pods.values());
    }

    @Override
    public PodRemoval evict(PodView pod) {
        return remove("evict ", pod);
    }

    @Override
    public PodRemoval delete(PodView pod) {
        return remove("delete ", pod);
    }

    private PodRemoval remove(String verb, PodView pod) {
        int now = running.incrementAndGet();
        mostAtOnce.accumulateAndGet(now, Math::max);
        try {
            if (slow) {
                second.countDown();
                second.await(10, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            running.decrementAndGet();
        }
        calls.add(verb + pod.name());
        PodRemoval answer = answers.getOrDefault(pod.name(), new PodRemoval.Accepted());
        if (answer instanceof PodRemoval.Accepted) {
            pods.remove(pod.name());
        }
        return answer;
    }

    @Override
    public List<PodBudget> budgets(String namespace) {
        budgetLists.incrementAndGet();
        return List.copyOf(budgets);
    }
}
