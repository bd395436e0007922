package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How long a refresh of three streams takes, and what the operator's memory does over a thousand of them. */
final class Refreshes {

    private static final int EACH = 20;
    private static final int ALL = 1_000;
    private static final int EARLY = 100;

    private Refreshes() {}

    static void run() throws Exception {
        try (Upstream upstream = Upstream.start();
                Site site = Site.start()) {
            try (OperatorProcess operator = site.operator().start()) {
                System.out.printf("memory without a graph: %.0f MiB resident%n", peak(operator));
                System.out.printf(
                        "first refresh of %d streams, %,d bytes of JSON: %.0f ms%n",
                        Upstream.STREAMS.size(), upstream.bytes(), upstream.serve(site.admin()));
                int done = refresh(site, upstream, 0, EACH, false);
                done = refresh(site, upstream, done, EACH, true);
                String early = "";
                while (done < ALL) {
                    if (done % 10 == 0) {
                        change(upstream, done);
                    }
                    upstream.refresh(site.admin(), done++);
                    if (done == EARLY) {
                        early = memory(operator);
                    }
                }
                System.out.printf(
                        "memory after %,d refreshes, each tenth with changed data: %s; after %,d: %s%n",
                        EARLY, early, ALL, memory(operator));
            }
            try (OperatorProcess operator = site.operator().start()) {
                System.out.printf(
                        "memory after a start with %d streams of all architectures stored: %.0f MiB resident%n",
                        Upstream.STREAMS.size(), peak(operator));
            }
        }
    }

    private static String memory(OperatorProcess operator) throws IOException {
        double resident = new ProcessFigures(operator.pid()).residentMiB();
        return "%.0f MiB resident, %.1f MiB of live heap".formatted(resident, operator.liveHeap() / 1024.0 / 1024.0);
    }

    /** The highest in ten seconds. */
    private static double peak(OperatorProcess operator) throws Exception {
        ProcessFigures process = new ProcessFigures(operator.pid());
        Instant end = Instant.now().plusSeconds(10);
        double peak = 0;
        while (Instant.now().isBefore(end)) {
            peak = Math.max(peak, process.residentMiB());
            Thread.sleep(200);
        }
        return peak;
    }

    private static int refresh(Site site, Upstream upstream, int done, int times, boolean changed) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            if (changed) {
                change(upstream, done);
            }
            millis.add(upstream.refresh(site.admin(), done++));
        }
        Samples all = Samples.of(millis);
        System.out.printf(
                "refresh of %d streams, %s: median %.0f ms, max %.0f ms (%d, from the first request at the source to the UpdateGraph's status)%n",
                Upstream.STREAMS.size(),
                changed ? "all changed" : "none changed (304)",
                all.median(),
                all.max(),
                all.count());
        return done;
    }

    /** The newest release's rollout is another one. */
    private static void change(Upstream upstream, int number) {
        for (String stream : Upstream.STREAMS) {
            PublishedReleases releases = Upstream.releases(stream);
            String newest = releases.versions().getLast();
            upstream.publish(releases.rollout(newest, Instant.now().plusSeconds(number), 0.0, Duration.ofDays(30)));
        }
    }
}
