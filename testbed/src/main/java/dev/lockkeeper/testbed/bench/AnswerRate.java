package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.control.AuditEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Measures how many answers a second the operator gives to kept connections that each send one request after the other, how long each
 * answer takes, and what the API server is asked meanwhile.
 *
 * @param process of the operator, pinned to one core
 */
record AnswerRate(Site site, int port, ProcessFigures process) {

    private static final int CONNECTIONS = 16;
    private static final int RUNS = 5;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration RUN = Duration.ofSeconds(3);

    /**
     * Prints two lines.
     *
     * @param requests sent in turn
     * @param status that every answer must have
     */
    void measure(String what, List<byte[]> requests, int status) throws Exception {
        load(requests, status, WARM_UP);
        int before = site.operatorRequests().size();
        List<Double> perSecond = new ArrayList<>();
        List<Double> perCoreSecond = new ArrayList<>();
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            Duration used = process.processorTime();
            long begin = System.nanoTime();
            double[] answers = load(requests, status, RUN);
            double seconds = (System.nanoTime() - begin) / 1e9;
            double core = process.processorTime().minus(used).toMillis() / 1e3;
            perSecond.add(answers.length / seconds);
            perCoreSecond.add(answers.length / core);
            DoubleStream.of(answers).forEach(millis::add);
        }
        Samples rate = Samples.of(perSecond);
        Samples answer = Samples.of(millis);
        System.out.printf(
                "%s: median %.0f/s, %.0f to %.0f/s; %.0f per second of the operator's processor time; an answer: median %.2f ms, p99 %.2f ms (%d runs of %d s, %d connections, operator pinned to one core)%n",
                what,
                rate.median(),
                rate.min(),
                rate.max(),
                Samples.of(perCoreSecond).median(),
                answer.median(),
                answer.percentile(99),
                RUNS,
                RUN.toSeconds(),
                CONNECTIONS);
        List<AuditEntry> all = site.operatorRequests();
        List<AuditEntry> during = all.subList(before, all.size());
        System.out.printf(
                "  API requests of the operator during these %d answers: %d %s%n",
                answer.count(),
                during.size(),
                during.stream()
                        .collect(Collectors.groupingBy(e -> e.verb() + " " + e.resource(), Collectors.counting())));
    }

    /** How long each answer took, in milliseconds. */
    private double[] load(List<byte[]> requests, int status, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        List<Callable<double[]>> connections = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int first = i * requests.size() / CONNECTIONS;
            connections.add(() -> {
                DoubleStream.Builder millis = DoubleStream.builder();
                try (AgentWire wire = new AgentWire(port)) {
                    int next = first;
                    for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
                        int got = wire.ask(requests.get(next++ % requests.size()));
                        if (got != status) {
                            throw new IllegalStateException("answer " + got + " instead of " + status);
                        }
                        millis.add((System.nanoTime() - begin) / 1e6);
                    }
                }
                return millis.build().toArray();
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            DoubleStream all = DoubleStream.empty();
            for (Future<double[]> connection : threads.invokeAll(connections)) {
                all = DoubleStream.concat(all, DoubleStream.of(connection.get()));
            }
            return all.toArray();
        }
    }
}
