package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * From the start of the process to its readiness, one after another with files in the page cache; and the same with an AOT cache (JEP
 * 514) that a training run left.
 */
final class StartTime {

    private static final int RUNS = 7;

    private StartTime() {}

    static void run() throws Exception {
        try (Site site = Site.start()) {
            site.group("bench", 1);
            measure(site, "start to ready");
            Path cache = site.folder().resolve("operator.aot");
            train(site, cache);
            System.out.printf("AOT cache of a training run: %d MiB%n", Files.size(cache) >> 20);
            measure(site, "start to ready with an AOT cache", "-XX:AOTCache=" + cache);
            Files.delete(cache);
        }
    }

    /** The JVM writes the cache as it ends. */
    private static void train(Site site, Path cache) throws IOException {
        OperatorProcess operator =
                site.operator().jvm(options("-XX:AOTCacheOutput=" + cache)).start();
        operator.terminate();
        if (!Files.exists(cache)) {
            throw new IOException("the training run left no AOT cache: " + operator.logText());
        }
    }

    private static String[] options(String... more) {
        return Stream.concat(OperatorProcess.SHIPPED_JVM.stream(), Stream.of(more))
                .toArray(String[]::new);
    }

    private static void measure(Site site, String what, String... options) throws Exception {
        OperatorProcess.Builder builder = site.operator().jvm(options(options));
        builder.start().close();
        List<Long> times = new ArrayList<>();
        List<Long> processor = new ArrayList<>();
        double memory = 0;
        for (int i = 0; i < RUNS; i++) {
            try (OperatorProcess operator = builder.launch()) {
                operator.awaitReady();
                times.add(Duration.between(operator.startedAt(), Instant.now()).toMillis());
                ProcessFigures process = new ProcessFigures(operator.pid());
                processor.add(process.processorTime().toMillis());
                memory = process.residentMiB();
            }
        }
        Samples all = Samples.of(times);
        System.out.printf(
                "%s: median %.0f ms, %.0f to %.0f ms (%d runs, readiness asked every 20 ms; %.0f ms of processor time, %.0f MiB then)%n",
                what,
                all.median(),
                all.min(),
                all.max(),
                all.count(),
                Samples.of(processor).median(),
                memory);
    }
}
