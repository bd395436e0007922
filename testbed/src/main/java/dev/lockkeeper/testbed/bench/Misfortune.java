package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.testbed.control.Part;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What goes wrong in a soak, by chance and from a seed: machines at every look; the API server, etcd, the source of releases, the second
 * replica and a group's settings each at times of their own. Nothing of it ends the first replica: it is the one that is measured.
 */
final class Misfortune {

    /** Of a look, ten times a second, that one machine gets a fault for its next reboot. */
    private static final double FAULTY = 0.05;
    /** So many machines are repaired at each look, if they are broken. */
    private static final int REPAIRED = 2;
    /** After it, an answer 5xx is still due to the trouble. */
    private static final Duration AFTERMATH = Duration.ofSeconds(10);

    private record Trouble(Instant from, Instant to) {}

    /** One kind of trouble, which goes on beside the rest, and its next time. */
    private final class Beside {
        private final String name;
        private final int secondsBetween;
        private final Callable<Void> trouble;
        private Future<Void> running;
        private Instant next;

        Beside(String name, int secondsBetween, Callable<Void> trouble) {
            this.name = name;
            this.secondsBetween = secondsBetween;
            this.trouble = trouble;
            this.next = soon();
        }

        private Instant soon() {
            return Instant.now().plusSeconds(secondsBetween / 2 + random.nextInt(secondsBetween));
        }

        void look() throws Exception {
            if (running != null && running.isDone()) {
                finish();
            }
            if (running == null && Instant.now().isAfter(next)) {
                running = threads.submit(trouble);
                counts.merge(name, 1, Integer::sum);
            }
        }

        void finish() throws Exception {
            if (running == null) {
                return;
            }
            try {
                running.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(
                        name + " failed: " + e.getCause().getMessage(), e.getCause());
            }
            running = null;
            next = soon();
        }
    }

    private final Random random;
    private final Site site;
    private final Upstream upstream;
    private final OperatorProcess steady;
    private final OperatorProcess mortal;
    private final SoakFleet fleet;
    private final Strangers strangers;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<Trouble> troubles = new CopyOnWriteArrayList<>();
    private final List<Beside> besides;

    /** @param operators the first is spared */
    Misfortune(long seed, Site site, Upstream upstream, List<OperatorProcess> operators, SoakFleet fleet) {
        this.random = new Random(seed);
        this.site = site;
        this.upstream = upstream;
        this.steady = operators.getFirst();
        this.mortal = operators.getLast();
        this.fleet = fleet;
        this.strangers = Strangers.start(
                seed, operators.stream().map(OperatorProcess::port).toList());
        this.besides = List.of(
                new Beside("API pauses", 90, () -> away(Part.API_SERVER)),
                new Beside("etcd pauses", 150, () -> away(Part.ETCD)),
                new Beside("replica ends", 200, this::mortalEnds),
                new Beside("source failures", 120, this::sourceFails),
                new Beside("policy changes", 30, this::policyChanges),
                new Beside("users logged in", 60, this::usersLogIn));
    }

    /** One look: to be called ten times a second. */
    void next() throws Exception {
        if (random.nextDouble() < FAULTY) {
            fleet.any(random).inject(fault());
            counts.merge("machine faults", 1, Integer::sum);
        }
        for (int i = 0; i < REPAIRED; i++) {
            fleet.any(random).repair();
        }
        for (Beside beside : besides) {
            beside.look();
        }
    }

    /** Waits until nothing is out of order any more that {@link #next} began. */
    void end() throws Exception {
        for (Beside beside : besides) {
            beside.finish();
        }
        strangers.end();
        threads.shutdown();
        threads.awaitTermination(1, TimeUnit.MINUTES);
    }

    private Fault fault() {
        Duration some = Duration.ofMillis(random.nextInt(5_000));
        return switch (random.nextInt(11)) {
            case 0 -> new Fault.NeverComesBack();
            case 1 -> new Fault.RolledBack();
            case 2 -> new Fault.BootsInto(Upstream.version("stable", Upstream.COUNT - 4));
            case 3 -> new Fault.ComesBackNotReady();
            case 4 -> new Fault.FlapsReady(1 + random.nextInt(3), Duration.ofSeconds(1));
            case 5 -> new Fault.KubeletLater(some);
            case 6 -> new Fault.KubeletNeverStarts();
            case 7 -> new Fault.AgentLater(some);
            case 8 -> new Fault.AgentNeverStarts();
            case 9 -> new Fault.AgentRestarts();
            default -> new Fault.DisconnectsAfter(some);
        };
    }

    private Void away(Part part) throws InterruptedException {
        return during(() -> {
            site.plane().pause(part);
            try {
                Thread.sleep(500 + random.nextInt(3_500));
            } finally {
                site.plane().resume(part);
            }
        });
    }

    private interface Act {
        void run() throws InterruptedException;
    }

    private Void during(Act act) throws InterruptedException {
        Instant from = Instant.now();
        try {
            act.run();
        } finally {
            troubles.add(new Trouble(from, Instant.now().plus(AFTERMATH)));
        }
        return null;
    }

    private Void mortalEnds() throws InterruptedException {
        switch (random.nextInt(3)) {
            case 0 -> mortal.kill();
            case 1 -> mortal.terminate();
            default -> freeze();
        }
        if (!mortal.alive()) {
            mortal.launch();
        }
        mortal.awaitReady();
        return null;
    }

    /** Longer than its lease lasts: if it led, it ends itself when it finds out. */
    private void freeze() throws InterruptedException {
        mortal.freeze(true);
        try {
            Thread.sleep(Duration.ofSeconds(40));
        } finally {
            mortal.freeze(false);
        }
        Thread.sleep(Duration.ofSeconds(5));
    }

    private Void sourceFails() throws InterruptedException {
        upstream.failing(true);
        try {
            Thread.sleep(Duration.ofSeconds(5 + random.nextInt(40)));
        } finally {
            upstream.failing(false);
        }
        return null;
    }

    private Void policyChanges() throws InterruptedException {
        String group = "soak-" + random.nextInt(4);
        if (random.nextBoolean()) {
            patch(group, "{\"spec\":{\"slots\":%d}}".formatted(8 + random.nextInt(6)));
        } else {
            patch(group, "{\"spec\":{\"paused\":true}}");
            Thread.sleep(Duration.ofSeconds(5 + random.nextInt(10)));
            patch(group, "{\"spec\":{\"paused\":false}}");
        }
        return null;
    }

    private Void usersLogIn() throws InterruptedException {
        SimulatedMachine machine = fleet.any(random);
        machine.usersLoggedIn(true);
        Thread.sleep(Duration.ofSeconds(20));
        machine.usersLoggedIn(false);
        return null;
    }

    /** Repeated while the API server is away. */
    private void patch(String group, String patch) throws InterruptedException {
        for (int i = 0; ; i++) {
            try {
                site.admin()
                        .resources(RebootGroup.class)
                        .withName(group)
                        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
                return;
            } catch (RuntimeException e) {
                if (i == 20) {
                    throw e;
                }
                Thread.sleep(1_000);
            }
        }
    }

    /** Whether the API server was in trouble when the request was answered, or just before. */
    boolean explains(Instant answered) {
        return troubles.stream().anyMatch(t -> answered.isAfter(t.from()) && answered.isBefore(t.to()));
    }

    String strangers() {
        return strangers.toString();
    }

    int strangersMet500() {
        return strangers.met500();
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
