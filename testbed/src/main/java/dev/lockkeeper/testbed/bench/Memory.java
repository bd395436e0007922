package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How much memory the operator takes with so many nodes, as it starts with them, with the JVM options of deploy/. */
final class Memory {

    private static final List<Integer> SIZES = List.of(0, 1_000, 5_000);
    private static final int IMAGES = 50;
    private static final Duration WATCHED = Duration.ofSeconds(10);

    private Memory() {}

    static void run() throws Exception {
        try (Site site = Site.startForLargeFleet()) {
            site.group("bench", 1);
            List<MachineSpec> fleet = Fleet.of("bench", SIZES.getLast())
                    .label(Site.LABEL, "bench")
                    .images(IMAGES)
                    .machines();
            int registered = 0;
            for (int size : SIZES) {
                Fleet.register(site.admin(), fleet.subList(registered, size));
                registered = size;
                measure(site, size);
            }
        }
    }

    private static void measure(Site site, int nodes) throws Exception {
        try (OperatorProcess operator = site.operator().start()) {
            double ready = Duration.between(operator.startedAt(), Instant.now()).toMillis() / 1e3;
            ProcessFigures process = new ProcessFigures(operator.pid());
            Instant end = Instant.now().plus(WATCHED);
            double peak = 0;
            while (Instant.now().isBefore(end)) {
                peak = Math.max(peak, process.residentMiB());
                Thread.sleep(200);
            }
            System.out.printf(
                    "memory with %,d nodes of %d images: %.0f MiB resident (the highest of %d s after it became ready, which took %.1f s)%n",
                    nodes, IMAGES, peak, WATCHED.toSeconds(), ready);
        }
    }
}
