package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.control.AuditEntry;
import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** How many answers a second one replica gives on one core, and what they cost the API server. */
final class Refusals {

    private static final int NODES = 64;
    private static final int CONNECTIONS = 16;
    private static final int RUNS = 5;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration RUN = Duration.ofSeconds(3);
    private static final Duration GRANT_LIMIT = Duration.ofSeconds(30);

    private Refusals() {}

    static void run() throws Exception {
        try (Site site = Site.start()) {
            List<MachineSpec> machines =
                    Fleet.of("bench", NODES).label(Site.LABEL, "bench").register(site.admin());
            site.group("bench", 1);
            try (OperatorProcess operator =
                    site.operator().set("LOCKKEEPER_AGENT_MAX_HOLD", "PT0S").start()) {
                ProcessFigures process = new ProcessFigures(operator.pid());
                process.pinTo(0);
                takeSlot(operator.port(), machines.getFirst(), "bench");
                List<MachineSpec> others = machines.subList(1, machines.size());
                measure(site, operator.port(), process, "refusals (423 lock_held)", Api.PRE_REBOOT, 423, others);
                measure(site, operator.port(), process, "steady-state (200)", Api.STEADY_STATE, 200, others);
            }
        }
    }

    /** Asks as an agent until the machine is told to reboot; it holds the slot from then on. */
    static void takeSlot(int port, MachineSpec machine, String group) throws IOException {
        byte[] request = AgentWire.request(Api.PRE_REBOOT, machine.agentId(), group);
        long limit = System.nanoTime() + GRANT_LIMIT.toNanos();
        try (AgentWire wire = new AgentWire(port)) {
            int status = wire.ask(request);
            while (status != 200) {
                if (System.nanoTime() > limit) {
                    throw new IllegalStateException(machine.name() + " got no slot: " + status);
                }
                status = wire.ask(request);
            }
        }
    }

    private static void measure(
            Site site, int port, ProcessFigures process, String what, Api api, int status, List<MachineSpec> machines)
            throws Exception {
        List<byte[]> requests = machines.stream()
                .map(m -> AgentWire.request(api, m.agentId(), "bench"))
                .toList();
        load(port, requests, status, WARM_UP);
        List<AuditEntry> before = site.operatorRequests();
        List<Double> perSecond = new ArrayList<>();
        List<Double> perCoreSecond = new ArrayList<>();
        long answers = 0;
        for (int i = 0; i < RUNS; i++) {
            Duration used = process.processorTime();
            long begin = System.nanoTime();
            long count = load(port, requests, status, RUN);
            double seconds = (System.nanoTime() - begin) / 1e9;
            double core = process.processorTime().minus(used).toMillis() / 1e3;
            answers += count;
            perSecond.add(count / seconds);
            perCoreSecond.add(count / core);
        }
        Samples rate = Samples.of(perSecond);
        System.out.printf(
                "%s: median %.0f/s, %.0f to %.0f/s; %.0f per second of the operator's processor time (%d runs of %d s, %d connections, operator pinned to one core)%n",
                what,
                rate.median(),
                rate.min(),
                rate.max(),
                Samples.of(perCoreSecond).median(),
                RUNS,
                RUN.toSeconds(),
                CONNECTIONS);
        List<AuditEntry> after = site.operatorRequests();
        List<AuditEntry> during = after.subList(before.size(), after.size());
        System.out.printf(
                "  API requests of the operator during these %d answers: %d %s%n",
                answers,
                during.size(),
                during.stream()
                        .collect(Collectors.groupingBy(e -> e.verb() + " " + e.resource(), Collectors.counting())));
    }

    /** The answers given in that time; every one must have the status. */
    private static long load(int port, List<byte[]> requests, int status, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        List<Callable<Long>> connections = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int first = i * requests.size() / CONNECTIONS;
            connections.add(() -> {
                long count = 0;
                try (AgentWire wire = new AgentWire(port)) {
                    while (System.nanoTime() < end) {
                        int got = wire.ask(requests.get((int) ((first + count) % requests.size())));
                        if (got != status) {
                            throw new IllegalStateException("answer " + got + " instead of " + status);
                        }
                        count++;
                    }
                }
                return count;
            });
        }
        long total = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            for (Future<Long> connection : threads.invokeAll(connections)) {
                total += connection.get();
            }
        }
        return total;
    }
}
