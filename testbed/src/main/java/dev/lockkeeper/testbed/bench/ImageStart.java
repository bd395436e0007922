package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.image.ContainerImage;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** From the start of a container to its readiness, with the image's AOT cache and without, in turn; and the image's size. */
final class ImageStart {

    private static final int RUNS = 7;
    private static final int USER = 123_456_789;

    private ImageStart() {}

    /** What was measured of one way to start. */
    private record Figures(String what, String option, List<Long> times, List<Long> processor, List<Double> memory) {
        Figures(String what, String option) {
            this(what, option, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void print() {
            Samples all = Samples.of(times);
            System.out.printf(
                    "%s: median %.0f ms, %.0f to %.0f ms (%d runs in turn; %.0f ms of processor time, %.0f MiB resident then)%n",
                    what,
                    all.median(),
                    all.min(),
                    all.max(),
                    all.count(),
                    Samples.of(processor).median(),
                    Samples.of(memory).median());
        }
    }

    static void run() throws Exception {
        String missing = ContainerImage.missing();
        if (missing != null) {
            System.out.println(missing + ": the image is not measured");
            return;
        }
        Path folder = Files.createTempDirectory("lockkeeper-image-");
        try (ContainerImage image = ContainerImage.build(Manifests.root(), folder);
                Site site = Site.start()) {
            site.group("bench", 1);
            System.out.printf("image: %d MiB unpacked%n", image.bytes() >> 20);
            List<Figures> ways = List.of(
                    new Figures("container to ready", ""),
                    new Figures("the same without the AOT cache", " -XX:AOTMode=off"));
            // The first ones warm the page cache.
            for (int i = 0; i <= RUNS; i++) {
                for (Figures way : ways) {
                    start(image, site, way, i > 0);
                }
            }
            ways.forEach(Figures::print);
        }
    }

    private static void start(ContainerImage image, Site site, Figures way, boolean counts) throws Exception {
        String name = "lockkeeper-bench";
        String options = String.join(" ", OperatorProcess.SHIPPED_JVM) + way.option();
        try (OperatorProcess operator = site.operator()
                .command(environment -> image.command(name, USER, environment, options))
                .launch()) {
            operator.awaitReady();
            long time = Duration.between(operator.startedAt(), Instant.now()).toMillis();
            ProcessFigures process = new ProcessFigures(image.pid(name));
            if (counts) {
                way.times().add(time);
                way.processor().add(process.processorTime().toMillis());
                way.memory().add(process.residentMiB());
            }
        } finally {
            image.remove(name);
        }
    }
}
