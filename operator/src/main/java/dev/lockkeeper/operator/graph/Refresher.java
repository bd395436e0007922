package dev.lockkeeper.operator.graph;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Decides at the leader when each UpdateGraph is refreshed: at its interval, earlier after a failure, and at once when what a person
 * wrote has changed. Never twice at a time for one of them; a tenth of the time is left to chance, so that many operators do not come
 * together.
 */
public final class Refresher {

    private static final Logger LOG = Logger.getLogger(Refresher.class);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
    private static final double CHANCE = 0.1;

    /** One UpdateGraph's refreshing; all of it is touched under the lock, but for the refresh itself. */
    private static final class Plan {
        final Refresh refresh;
        Instant next = Instant.MIN;
        boolean running;
        long generation;
        String accepted;

        Plan(Refresh refresh) {
            this.refresh = refresh;
        }
    }

    private final RefreshStore store;
    private final Refresh.Fetching fetching;
    private final BiConsumer<String, String> results;
    private final Executor threads;
    private final Clock wall;
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<String, Plan> plans = new HashMap<>();

    /**
     * @param limit of one request to a source
     * @param mostBytes of an answer
     * @param results told the UpdateGraph's name and what came of each stream
     * @param threads for what blocks
     */
    public Refresher(
            RefreshStore store,
            Duration limit,
            int mostBytes,
            BiConsumer<String, String> results,
            Executor threads,
            Clock wall,
            Clock clock,
            RandomGenerator random) {
        this.store = store;
        this.fetching = new Refresh.Fetching(limit, mostBytes);
        this.results = results;
        this.threads = threads;
        this.wall = wall;
        this.clock = clock;
        this.random = random;
    }

    /** Starts what is due. To be called often; does not block. */
    public synchronized void look(Policies policies) {
        Map<String, GraphView> graphs = new HashMap<>();
        policies.graphs().forEach(graph -> graphs.put(graph.uid(), graph));
        plans.entrySet().removeIf(plan -> {
            boolean gone = !graphs.containsKey(plan.getKey()) && !plan.getValue().running;
            if (gone) {
                plan.getValue().refresh.close();
            }
            return gone;
        });
        Instant now = wall.instant();
        graphs.values().forEach(graph -> look(graph, now));
    }

    private void look(GraphView graph, Instant now) {
        Plan plan =
                plans.computeIfAbsent(graph.uid(), _ -> new Plan(new Refresh(store, fetching, results, wall, clock)));
        boolean changed = plan.generation != graph.generation() || !Objects.equals(plan.accepted, graph.accepted());
        if (plan.running || !changed && plan.next.isAfter(now)) {
            return;
        }
        plan.running = true;
        plan.generation = graph.generation();
        plan.accepted = graph.accepted();
        threads.execute(() -> run(graph, plan));
    }

    private void run(GraphView graph, Plan plan) {
        boolean good = false;
        try {
            good = plan.refresh.run(graph);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.errorf(e, "graph=%s refresh failed", graph.name());
        } finally {
            end(graph, plan, good);
        }
    }

    private synchronized void end(GraphView graph, Plan plan, boolean good) {
        Duration usual = graph.refreshInterval();
        Duration wait = good || usual.compareTo(AFTER_FAILURE) < 0 ? usual : AFTER_FAILURE;
        double part = 1 + CHANCE * (2 * random.nextDouble() - 1);
        plan.next = wall.instant().plusMillis((long) (wait.toMillis() * part));
        plan.running = false;
    }
}
