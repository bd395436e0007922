package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** From the start of the process to its readiness, one after another with files in the page cache. */
final class StartTime {

    private static final int RUNS = 5;

    private StartTime() {}

    static void run() throws Exception {
        try (Site site = Site.start()) {
            site.group("bench", 1);
            site.operator().start().close();
            List<Long> times = new ArrayList<>();
            List<Long> processor = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) {
                try (OperatorProcess operator = site.operator().launch()) {
                    operator.awaitReady();
                    times.add(Duration.between(operator.startedAt(), Instant.now())
                            .toMillis());
                    processor.add(
                            new ProcessFigures(operator.pid()).processorTime().toMillis());
                }
            }
            Samples all = Samples.of(times);
            System.out.printf(
                    "start to ready: median %.0f ms, %.0f to %.0f ms (%d runs, readiness asked every 20 ms; %.0f ms of processor time)%n",
                    all.median(),
                    all.min(),
                    all.max(),
                    all.count(),
                    Samples.of(processor).median());
        }
    }
}
