package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.control.AuditEntry;
import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How many whole cycles of the lock one replica makes a second, and what a cycle costs the API server: grant, drain of a node without
 * pods, telling, a reboot that takes no time, verdict, release.
 */
final class Cycles {

    private static final int GROUPS = 16;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration RUN = Duration.ofSeconds(5);
    private static final int RUNS = 3;
    private static final PatchContext STRATEGIC_MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);

    private Cycles() {}

    static void run() throws Exception {
        try (Site site = Site.start()) {
            List<MachineSpec> machines = Fleet.of("bench", GROUPS)
                    .each(m -> m.withLabel(Site.LABEL, m.name()))
                    .register(site.admin());
            machines.forEach(m -> site.group(m.name(), 1));
            try (OperatorProcess operator = site.operator().start()) {
                ProcessFigures process = new ProcessFigures(operator.pid());
                load(site.admin(), operator.port(), machines, WARM_UP);
                int before = site.operatorRequests().size();
                List<Double> rates = new ArrayList<>();
                List<Double> millis = new ArrayList<>();
                Duration used = process.processorTime();
                for (int i = 0; i < RUNS; i++) {
                    long begin = System.nanoTime();
                    List<Double> cycles = load(site.admin(), operator.port(), machines, RUN);
                    rates.add(cycles.size() / ((System.nanoTime() - begin) / 1e9));
                    millis.addAll(cycles);
                }
                double core = process.processorTime().minus(used).toMillis();
                Samples rate = Samples.of(rates);
                Samples cycle = Samples.of(millis);
                System.out.printf(
                        "cycles from grant to release: median %.1f/s, %.1f to %.1f/s (%d runs of %d s, %d groups of one slot and one node without pods, minReady 0s, all processes on this machine's cores); one cycle: median %.0f ms, p99 %.0f ms, %.1f ms of the operator's processor time%n",
                        rate.median(),
                        rate.min(),
                        rate.max(),
                        RUNS,
                        RUN.toSeconds(),
                        GROUPS,
                        cycle.median(),
                        cycle.percentile(99),
                        core / cycle.count());
                List<AuditEntry> all = site.operatorRequests();
                requests(all.subList(before, all.size()), cycle.count());
            }
        }
    }

    private static void requests(List<AuditEntry> requests, int cycles) {
        Map<String, Integer> kinds = new TreeMap<>();
        requests.forEach(e -> kinds.merge(
                e.verb() + " " + e.resource() + (e.subresource().isEmpty() ? "" : "/" + e.subresource())
                        + (e.code() < 300 ? "" : " (" + e.code() + ")"),
                1,
                Integer::sum));
        long events =
                requests.stream().filter(e -> e.resource().equals("events")).count();
        System.out.printf(
                "  API requests of the operator per cycle: %.2f, of these %.2f for Events (audit log, %d cycles)%n",
                (double) requests.size() / cycles, (double) events / cycles, cycles);
        kinds.forEach((kind, count) -> System.out.printf("    %.2f %s%n", (double) count / cycles, kind));
    }

    /** Each machine's cycles one after the other, all machines at once: how long each cycle took, in milliseconds. */
    private static List<Double> load(KubernetesClient admin, int port, List<MachineSpec> machines, Duration time)
            throws Exception {
        long end = System.nanoTime() + time.toNanos();
        List<Callable<List<Double>>> lives = new ArrayList<>();
        for (MachineSpec machine : machines) {
            lives.add(() -> {
                List<Double> millis = new ArrayList<>();
                try (AgentWire wire = new AgentWire(port)) {
                    while (System.nanoTime() < end) {
                        long begin = System.nanoTime();
                        cycle(admin, wire, machine);
                        millis.add((System.nanoTime() - begin) / 1e6);
                    }
                }
                return millis;
            });
        }
        List<Double> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(machines.size())) {
            for (Future<List<Double>> life : threads.invokeAll(lives)) {
                all.addAll(life.get());
            }
        }
        return all;
    }

    private static void cycle(KubernetesClient admin, AgentWire wire, MachineSpec machine) throws IOException {
        expectGranted(wire.ask(AgentWire.request(Api.PRE_REBOOT, machine.agentId(), machine.name())), machine);
        admin.nodes()
                .withName(machine.name())
                .subresource("status")
                .patch(
                        STRATEGIC_MERGE,
                        "{\"status\":{\"nodeInfo\":{\"bootID\":\"%s\",\"osImage\":\"Fedora CoreOS 44.20260721.3.%d\"}}}"
                                .formatted(UUID.randomUUID(), Math.abs(System.nanoTime() / 1_000_000)));
        expectGranted(wire.ask(AgentWire.request(Api.STEADY_STATE, machine.agentId(), machine.name())), machine);
    }

    private static void expectGranted(int status, MachineSpec machine) {
        if (status != 200) {
            throw new IllegalStateException("the held request of " + machine.name() + " was answered " + status);
        }
    }
}
