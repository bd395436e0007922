package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** How fast other agents are answered, and how much memory it takes, while thousands of requests are held. */
final class Held {

    private static final int REQUESTS = 5_000;
    private static final int ANSWERS = 1_000;
    private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(60);

    private Held() {}

    static void run() throws Exception {
        try (Site site = Site.startForLargeFleet()) {
            List<MachineSpec> waiting =
                    Fleet.of("bench", REQUESTS + 1).label(Site.LABEL, "bench").register(site.admin());
            MachineSpec other = Fleet.of("other", 1)
                    .label(Site.LABEL, "other")
                    .register(site.admin())
                    .getFirst();
            site.group("bench", 1);
            site.group("other", 1);
            site.pause("other");
            try (OperatorProcess operator = site.operator().start()) {
                Refusals.takeSlot(operator.port(), waiting.getFirst(), "bench");
                ProcessFigures process = new ProcessFigures(operator.pid());
                ask(operator.port(), other, "with none held");
                double before = process.residentMiB();
                hold(operator, process, waiting.subList(1, waiting.size()), other, before);
            }
        }
    }

    private static void hold(
            OperatorProcess operator,
            ProcessFigures process,
            List<MachineSpec> machines,
            MachineSpec other,
            double before)
            throws Exception {
        List<AgentWire> wires = new ArrayList<>();
        try {
            long begin = System.nanoTime();
            for (MachineSpec machine : machines) {
                AgentWire wire = new AgentWire(operator.port());
                wires.add(wire);
                wire.send(AgentWire.request(Api.PRE_REBOOT, machine.agentId(), "bench"));
            }
            long limit = begin + ARRIVAL_LIMIT.toNanos();
            while (waiting(operator) < machines.size()) {
                if (System.nanoTime() > limit) {
                    throw new IllegalStateException("only " + waiting(operator) + " requests are waiting");
                }
                Thread.sleep(50);
            }
            System.out.printf(
                    "%,d requests, one after the other on a connection each, are held after %.1f s%n",
                    machines.size(), (System.nanoTime() - begin) / 1e9);
            ask(operator.port(), other, "with %,d held".formatted(machines.size()));
            System.out.printf(
                    "memory with %,d nodes: %.0f MiB resident with none held, %.0f MiB with %,d held%n",
                    machines.size(), before, process.residentMiB(), machines.size());
        } finally {
            for (AgentWire wire : wires) {
                wire.close();
            }
        }
    }

    /** Of the gauge that shows how many machines asked lately; 0 while nobody answers. */
    private static double waiting(OperatorProcess operator) throws IOException, InterruptedException {
        OptionalDouble waiting = operator.management("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("lockkeeper_group_waiting{") && line.contains("\"bench\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst();
        return waiting.orElse(0);
    }

    private static void ask(int port, MachineSpec machine, String when) throws IOException {
        byte[] refused = AgentWire.request(Api.PRE_REBOOT, machine.agentId(), "other");
        byte[] steady = AgentWire.request(Api.STEADY_STATE, machine.agentId(), "other");
        try (AgentWire wire = new AgentWire(port)) {
            Samples refusals = times(wire, refused, 423);
            Samples steadies = times(wire, steady, 200);
            System.out.printf(
                    "a refusal (423 paused) %s: median %.2f ms, p99 %.2f ms, max %.2f ms (%d, one after the other); a steady-state: median %.2f ms, p99 %.2f ms%n",
                    when,
                    refusals.median(),
                    refusals.percentile(99),
                    refusals.max(),
                    refusals.count(),
                    steadies.median(),
                    steadies.percentile(99));
        }
    }

    private static Samples times(AgentWire wire, byte[] request, int status) throws IOException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < ANSWERS; i++) {
            long begin = System.nanoTime();
            int got = wire.ask(request);
            millis.add((System.nanoTime() - begin) / 1e6);
            if (got != status) {
                throw new IllegalStateException("answer " + got + " instead of " + status);
            }
        }
        return Samples.of(millis);
    }
}
