package dev.lockkeeper.fleetlock.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.semaphore.Asker;
import dev.lockkeeper.fleetlock.semaphore.BackoffRule;
import dev.lockkeeper.fleetlock.semaphore.Boot;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.PreReboot;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.SlotPolicy;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.semaphore.Slots;
import dev.lockkeeper.fleetlock.semaphore.Step;
import dev.lockkeeper.fleetlock.store.InMemoryGroupStore.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several replicas swap on one store, many agents on each, while writes conflict, fail and lose their answers. */
@Timeout(120)
class ContentionTest {

    private static final int REPLICAS = 3;
    private static final int AGENTS = 40;
    private static final int ROUNDS = 10;
    private static final int SLOTS = 2;
    private static final Instant NOW = Instant.parse("2026-07-07T08:00:00Z");

    private final InMemoryGroupStore store = new InMemoryGroupStore();
    private final List<Swapper> replicas = new ArrayList<>();
    private int freed;

    private static SlotPolicy policy() {
        return new SlotPolicy(
                "workers",
                new Slots.Count(SLOTS),
                true,
                null,
                null,
                null,
                false,
                1,
                Duration.ofMinutes(3),
                new BackoffRule(Duration.ofMinutes(30), Duration.ofHours(24)));
    }

    /** An answer of the store, asked again as an agent would until there is one. */
    private <T> T swap(int replica, Function<Snapshot, Step<T>> transition) throws Exception {
        while (true) {
            try {
                return replicas.get(replica)
                        .swap("workers", transition)
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isExactlyInstanceOf(StoreException.class);
            }
        }
    }

    @Test
    void everyAgentRebootsInItsTurnAndNoSlotIsLostOrGivenTwice() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed of this run: " + seed);
        Random random = new Random(seed);
        store.with(
                "workers",
                policy(),
                Semaphore.counted(SlotState.EMPTY, AGENTS, 0).next());
        store.writeFault(() -> {
            synchronized (random) {
                return switch (random.nextInt(10)) {
                    case 0 -> Fault.CONFLICT;
                    case 1 -> Fault.AWAY;
                    case 2 -> Fault.ANSWER_LOST;
                    default -> Fault.NONE;
                };
            }
        });
        store.sees(versions -> {
            synchronized (random) {
                // Mostly the newest, as a watch shows it, often one that is old, at times none.
                int age = random.nextInt(6);
                return age < 2 ? versions.getLast() : age == 5 ? null : versions.get(random.nextInt(versions.size()));
            }
        });
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(new Swapper(store, 3, Duration.ofNanos(100_000)));
        }
        Set<String> told = ConcurrentHashMap.newKeySet();
        List<Thread> agents = new ArrayList<>();
        AtomicInteger finished = new AtomicInteger();
        for (int i = 0; i < AGENTS; i++) {
            int agent = i;
            agents.add(Thread.startVirtualThread(() -> {
                try {
                    for (int round = 0; round < ROUNDS; round++) {
                        reboot(agent, round, told);
                    }
                    finished.incrementAndGet();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }));
        }
        for (Thread agent : agents) {
            agent.join();
        }
        replicas.forEach(Swapper::close);

        assertThat(finished).hasValue(AGENTS);
        assertThat(told).hasSize(AGENTS * ROUNDS);
        assertThat(store.state("workers").holders()).isEmpty();
        Set<String> begun = new HashSet<>();
        Set<String> rebooting = new HashSet<>();
        SlotState before = SlotState.EMPTY;
        for (SlotState state : store.history("workers")) {
            assertThat(state.holders()).hasSizeLessThanOrEqualTo(SLOTS);
            for (Holder holder : state.holders()) {
                if (before.holding(holder.token()).isEmpty()) {
                    assertThat(begun.add(holder.token()))
                            .as("a token begins once")
                            .isTrue();
                }
                if (holder.phase() == Phase.REBOOTING) {
                    rebooting.add(holder.token());
                }
            }
            before = state;
        }
        assertThat(rebooting).as("nobody is told but by a stored telling").containsAll(told);
        assertThat(begun).as("no slot went round without its agent").isEqualTo(told);
    }

    private void reboot(int agent, int round, Set<String> told) throws Exception {
        int replica = (agent + round) % REPLICAS;
        String id = "id-" + agent;
        Instant now = NOW.plusSeconds(round);
        NodeRef node = new NodeRef("worker-" + agent, "uid-" + agent);
        String fresh = "fresh-" + agent + "-" + round;
        String token = null;
        while (token == null) {
            int before = freed();
            Asker asker = new Asker(id, node, null, true, fresh, false, List.of());
            PreReboot outcome = swap(replica, s -> Semaphore.preReboot(s.state(), s.policy(), asker, now));
            assertThat(outcome).isInstanceOf(PreReboot.Wait.class);
            token = ((PreReboot.Wait) outcome).token();
            if (token == null) {
                awaitFreed(before);
            }
        }
        String mine = token;
        swap(replica, s -> Semaphore.drained(s.state(), mine, now));
        boolean mayReboot = swap(replica, s -> Semaphore.tell(s.state(), mine, Boot.UNKNOWN, null, now));
        assertThat(mayReboot).isTrue();
        told.add(mine);
        swap(replica, s -> Semaphore.steadyState(s.state(), id, now));
        swap(replica, s -> Semaphore.release(s.state(), mine, "verified", now));
        swap(replica, s -> Semaphore.free(s.state(), mine, false));
        synchronized (this) {
            freed++;
            notifyAll();
        }
    }

    private synchronized int freed() {
        return freed;
    }

    /** Whoever was refused before that many slots came back asks again when another one does. */
    private synchronized void awaitFreed(int before) throws InterruptedException {
        while (freed == before) {
            wait();
        }
    }
}
