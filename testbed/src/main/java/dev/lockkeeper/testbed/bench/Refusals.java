package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** How many answers a second one replica gives on one core, and what they cost the API server. */
final class Refusals {

    private static final int NODES = 64;
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
                AnswerRate rate = new AnswerRate(site, operator.port(), process);
                rate.measure("refusals (423 lock_held)", requests(Api.PRE_REBOOT, others), 423);
                rate.measure("steady-state (200)", requests(Api.STEADY_STATE, others), 200);
            }
        }
    }

    private static List<byte[]> requests(Api api, List<MachineSpec> machines) {
        return machines.stream()
                .map(m -> AgentWire.request(api, m.agentId(), "bench"))
                .toList();
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
}
