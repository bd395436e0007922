package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long one slot is idle between one machine's verdict and the next machine's drain, while the requests of all others are held.
 * Seen by a watch of the RebootGroup, so by arrival times of this process.
 */
final class Idle {

    private static final int MACHINES = 50;
    private static final String NEW = "44.20260721.3.1";
    private static final double SCALE = 0.01;
    /** Unscaled: half a second here. */
    private static final Duration DOWN_FOR = Duration.ofSeconds(50);

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private Idle() {}

    /** Pairs each verdict with the next drain; fed by one thread, read by another. */
    private static final class Gaps implements Watcher<RebootGroup> {
        private final Map<String, String> phases = new HashMap<>();
        private final List<Double> millis = new ArrayList<>();
        private long verdictAt;

        @Override
        public synchronized void eventReceived(Action action, RebootGroup group) {
            long now = System.nanoTime();
            Map<String, String> next = new HashMap<>();
            if (group.getStatus() != null && group.getStatus().getHolders() != null) {
                group.getStatus()
                        .getHolders()
                        .forEach(h -> next.put(h.getToken(), h.getPhase().toString()));
            }
            boolean verdict = phases.entrySet().stream()
                    .anyMatch(e -> !e.getValue().equals("Releasing")
                            && (!next.containsKey(e.getKey())
                                    || next.get(e.getKey()).equals("Releasing")));
            boolean drain = next.keySet().stream().anyMatch(token -> !phases.containsKey(token));
            if (verdict) {
                verdictAt = now;
            }
            if (drain && verdictAt != 0) {
                millis.add((now - verdictAt) / 1e6);
            }
            phases.clear();
            phases.putAll(next);
        }

        @Override
        public void onClose(WatcherException cause) {}

        synchronized List<Double> millis() {
            return List.copyOf(millis);
        }
    }

    static void run() throws Exception {
        try (Site site = Site.start()) {
            List<MachineSpec> fleet =
                    Fleet.of("bench", MACHINES).label(Site.LABEL, "bench").register(site.admin());
            site.group("bench", 1);
            Journal journal = new Journal(Clock.systemUTC());
            List<SimulatedMachine> machines = new ArrayList<>();
            Gaps gaps = new Gaps();
            try (OperatorProcess operator = site.operator().start();
                    Watch _ = site.admin()
                            .resources(RebootGroup.class)
                            .withName("bench")
                            .watch(gaps)) {
                for (MachineSpec spec : fleet) {
                    AgentSettings settings = AgentSettings.of(URI.create(operator.url()), "bench")
                            .withTimeScale(SCALE)
                            .withSeed(spec.name().hashCode());
                    machines.add(SimulatedMachine.start(
                            spec, settings, RebootShape.USUAL.withDownFor(DOWN_FOR), journal, site.admin()));
                }
                Instant begin = Instant.now();
                machines.forEach(m -> m.stage(NEW));
                await(machines, begin);
                Duration took = Duration.between(begin, Instant.now());
                report(gaps.millis(), took, journal);
            } finally {
                machines.forEach(SimulatedMachine::close);
            }
        }
    }

    private static void await(List<SimulatedMachine> machines, Instant begin) throws InterruptedException {
        while (!machines.stream().allMatch(m -> m.version().equals(NEW))
                && Duration.between(begin, Instant.now()).compareTo(LIMIT) < 0) {
            Thread.sleep(20);
        }
    }

    private static void report(List<Double> gaps, Duration took, Journal journal) {
        Samples idle = Samples.of(gaps);
        System.out.printf(
                "idle time of the slot from verdict to next drain: median %.0f ms, p99 %.0f ms, max %.0f ms (%d changes, one slot, the other requests held)%n",
                idle.median(), idle.percentile(99), idle.max(), idle.count());
        List<Journal.Boot> boots = journal.entries(Journal.Boot.class);
        double down = boots.stream()
                .mapToDouble(b -> Duration.between(downAt(journal, b).orElse(b.at()), b.at())
                                .toMillis()
                        / 1e3)
                .sum();
        double idleTotal = gaps.stream().mapToDouble(Double::doubleValue).sum() / 1e3;
        System.out.printf(
                "  whole roll of %d machines: %.1f s; ideal (the machines' own %.2f s down each, nothing else): %.1f s; the slot was idle for %.1f s of it, the rest is drains, telling and verdicts%n",
                boots.size(), took.toMillis() / 1e3, down / boots.size(), down, idleTotal);
    }

    private static Optional<Instant> downAt(Journal journal, Journal.Boot boot) {
        return journal.entries(Journal.Down.class, boot.machine()).stream()
                .map(Journal.Down::at)
                .findFirst();
    }
}
