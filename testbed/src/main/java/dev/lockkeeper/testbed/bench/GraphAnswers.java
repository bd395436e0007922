package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How many graphs a second one replica answers on one core: to agents whose offers stay as they are, and whole ones. */
final class GraphAnswers {

    private static final int NODES = 64;
    private static final String STREAM = "stable";
    private static final byte[] WHOLE =
            AgentWire.get("v1/graph?basearch=x86_64&oci=true&rollout_wariness=0&stream=" + STREAM);
    private static final Duration OFFER_LIMIT = Duration.ofSeconds(60);

    private GraphAnswers() {}

    static void run() throws Exception {
        try (Upstream upstream = Upstream.start();
                Site site = Site.start()) {
            List<MachineSpec> offered = machines(site, "offered", Upstream.old(STREAM));
            List<MachineSpec> current = machines(site, "current", Upstream.newest(STREAM));
            // An offer to each at once needs a slot for each.
            site.group("offered", NODES);
            site.group("current", 1);
            try (OperatorProcess operator = site.operator().start()) {
                upstream.serve(site.admin());
                awaitGraph(operator.port());
                ProcessFigures process = new ProcessFigures(operator.pid());
                process.pinTo(0);
                List<byte[]> withEdge = requests(offered, "offered");
                List<byte[]> withoutEdge = requests(current, "current");
                sizes(operator.port(), withEdge, withoutEdge.getFirst());
                AnswerRate rate = new AnswerRate(site, operator.port(), process);
                rate.measure("graph for an agent, one edge, offer unchanged", withEdge, 200);
                rate.measure("graph for an agent, no edge", withoutEdge, 200);
                rate.measure("whole graph", List.of(WHOLE), 200);
            }
        }
    }

    private static List<MachineSpec> machines(Site site, String group, String version) throws InterruptedException {
        return Fleet.of(group, NODES)
                .label(Site.LABEL, group)
                .each(m -> m.withVersion(version).withPayload(PublishedReleases.payload(version, m.architecture())))
                .register(site.admin());
    }

    static List<byte[]> requests(List<MachineSpec> machines, String group) {
        return machines.stream().map(m -> request(m, group)).toList();
    }

    /** As Zincati sends it, from a machine of bare metal. */
    private static byte[] request(MachineSpec machine, String group) {
        String payload = machine.payload()
                .orElseThrow()
                .replace("/", "%2F")
                .replace("@", "%40")
                .replace(":", "%3A");
        return AgentWire.get(
                "v1/graph?basearch=%s&stream=%s&os_version=%s&os_checksum=%s&group=%s&node_uuid=%s&platform=metal&oci=true"
                        .formatted(
                                machine.architecture().coreosName(),
                                STREAM,
                                machine.version(),
                                payload,
                                group,
                                machine.agentId()));
    }

    /** The operator serves it from its next look at what is stored. */
    static void awaitGraph(int port) throws IOException, InterruptedException {
        long limit = System.nanoTime() + OFFER_LIMIT.toNanos();
        try (AgentWire wire = new AgentWire(port)) {
            while (wire.ask(WHOLE) != 200) {
                if (System.nanoTime() > limit) {
                    throw new IllegalStateException("no graph is served");
                }
                Thread.sleep(20);
            }
        }
    }

    /** Asks until every machine has its offer. */
    private static void sizes(int port, List<byte[]> withEdge, byte[] withoutEdge)
            throws IOException, InterruptedException {
        List<Integer> sizes = new ArrayList<>();
        long limit = System.nanoTime() + OFFER_LIMIT.toNanos();
        try (AgentWire wire = new AgentWire(port)) {
            for (byte[] request : withEdge) {
                byte[] body = wire.body(request);
                while (!hasEdge(body)) {
                    if (System.nanoTime() > limit) {
                        throw new IllegalStateException(
                                "no edge is offered: " + new String(body, StandardCharsets.UTF_8));
                    }
                    Thread.sleep(20);
                    body = wire.body(request);
                }
                sizes.add(body.length);
            }
            byte[] none = wire.body(withoutEdge);
            if (hasEdge(none)) {
                throw new IllegalStateException("the newest release has an edge");
            }
            System.out.printf(
                    "an answer: %.0f bytes with an edge, %d without, %,d the whole graph of one stream and architecture%n",
                    Samples.of(sizes).median(), none.length, wire.body(WHOLE).length);
        }
    }

    private static boolean hasEdge(byte[] body) {
        return !new String(body, StandardCharsets.UTF_8).contains("\"edges\":[]");
    }
}
