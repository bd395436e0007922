package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.control.AuditEntry;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What thousands of agents that have nothing to do cost: they ask for their graph every five minutes, as Zincati does, and are offered
 * nothing. Their time runs {@value #FASTER} times faster, and so does the interval at which it is stored that a machine was heard of.
 */
final class Rest {

    private static final int AGENTS = 5_000;
    private static final int FASTER = 20;
    private static final Duration POLL = Duration.ofMinutes(5).dividedBy(FASTER);
    /** The default of lockkeeper.machine.seen-interval. */
    private static final Duration SEEN = Duration.ofHours(2).dividedBy(FASTER);

    private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete");

    private Rest() {}

    static void run() throws Exception {
        try (Upstream upstream = Upstream.start();
                Site site = Site.startForLargeFleetWithAudit()) {
            String newest = Upstream.newest("stable");
            List<MachineSpec> machines = Fleet.of("bench", AGENTS)
                    .label(Site.LABEL, "bench")
                    .each(m -> m.withVersion(newest).withPayload(PublishedReleases.payload(newest, m.architecture())))
                    .register(site.admin());
            site.group("bench", 1);
            List<byte[]> requests = GraphAnswers.requests(machines, "bench");
            try (OperatorProcess operator = site.operator()
                    .set("LOCKKEEPER_MACHINE_SEEN_INTERVAL", SEEN.toString())
                    .start()) {
                upstream.serve(site.admin());
                GraphAnswers.awaitGraph(operator.port());
                ProcessFigures process = new ProcessFigures(operator.pid());
                settle(site, operator.port(), requests);
                int before = site.operatorRequests().size();
                Duration used = process.processorTime();
                poll(operator.port(), requests, SEEN);
                Duration core = process.processorTime().minus(used);
                List<AuditEntry> all = site.operatorRequests();
                tell(all.subList(before, all.size()));
                System.out.printf(
                        "  processor time of the operator, at their true pace: %.2f %% of a core; memory: %.0f MiB resident%n",
                        100.0 * core.toMillis() / SEEN.toMillis() / FASTER, process.residentMiB());
            }
        }
    }

    /** Until every machine has its record, and nothing more is said of any. */
    private static void settle(Site site, int port, List<byte[]> requests) throws Exception {
        long before = -1;
        long now = records(site);
        while (before != now) {
            poll(port, requests, POLL);
            before = now;
            now = records(site);
        }
    }

    private static long records(Site site) {
        return site.operatorRequests().stream()
                .filter(e -> WRITES.contains(e.verb()) && e.resource().equals("fleetmachines"))
                .count();
    }

    private static void tell(List<AuditEntry> requests) {
        Map<String, Integer> kinds = new TreeMap<>();
        requests.stream()
                .filter(e -> WRITES.contains(e.verb()) && !e.resource().equals("selfsubjectaccessreviews"))
                .forEach(e -> kinds.merge(e.verb() + " " + e.resource(), 1, Integer::sum));
        double seconds = SEEN.toMillis() / 1e3;
        double[] total = {0};
        kinds.forEach((kind, count) -> {
            // All else goes at its own pace, whatever the agents do.
            double perSecond = count / seconds / (kind.endsWith(" fleetmachines") ? FASTER : 1);
            total[0] += perSecond;
            System.out.printf("    %.3f/s %s%n", perSecond, kind);
        });
        System.out.printf(
                "writes to the API server with %,d agents at rest: %.2f/s at their true pace, the renewals of the lead included (measured at %d times the pace over %d s)%n",
                AGENTS, total[0], FASTER, SEEN.toSeconds());
    }

    /** Every agent asks once in each {@link #POLL}, evenly spread. */
    private static void poll(int port, List<byte[]> requests, Duration time) throws Exception {
        long begin = System.nanoTime();
        long count = time.toNanos() * requests.size() / POLL.toNanos();
        try (AgentWire wire = new AgentWire(port)) {
            for (long i = 0; i < count; i++) {
                long due = begin + i * POLL.toNanos() / requests.size();
                long early = due - System.nanoTime();
                if (early > 0) {
                    Thread.sleep(Duration.ofNanos(early));
                }
                int status = wire.ask(requests.get((int) (i % requests.size())));
                if (status != 200) {
                    throw new IllegalStateException("answer " + status + " instead of 200");
                }
            }
        }
    }
}
