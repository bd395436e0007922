package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.control.Part;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.FleetWatcher;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Three replicas, many agents, two slots, while processes are killed and the API server and etcd stand still. Full size, in
 * {@code make test-long}: 60 agents, 30 kills, pauses of 15 s.
 */
class ContentionIT {

    private static final double SCALE = Double.parseDouble(System.getProperty("lockkeeper.test.scale", "0.1"));
    private static final int AGENTS = (int) Math.max(8, 60 * SCALE);
    private static final int KILLS = (int) Math.max(3, 30 * SCALE);
    private static final int PAUSES = SCALE >= 1 ? 4 : 2;
    private static final Duration PAUSE = Duration.ofSeconds(SCALE >= 1 ? 15 : 5);

    @Test
    void neverMoreThanTwoHoldersWhateverIsKilledOrStandsStillAndAllFinish() throws Exception {
        long seed = Long.getLong("lockkeeper.test.seed", System.nanoTime());
        Random random = new Random(seed);
        try (Rig rig = Rig.start();
                FleetWatcher watcher = FleetWatcher.start(rig.admin, rig.journal)) {
            List<OperatorProcess> operators = List.of(rig.operator(), rig.operator(), rig.operator());
            rig.group("busy", spec -> spec.setSlots(new IntOrString(2)));
            List<SimulatedMachine> machines = new ArrayList<>();
            for (int i = 1; i <= AGENTS; i++) {
                MachineSpec spec = rig.node("busy-" + i, "busy");
                AgentSettings settings = AgentSettings.of(
                                URI.create(operators.get(i % 3).url()), "busy")
                        .withTimeScale(0.005)
                        .withSeed(seed + i)
                        .withHttpTimeout(Duration.ofSeconds(20));
                machines.add(rig.agent(spec, settings, RebootShape.USUAL.withDownFor(Duration.ofSeconds(60))));
            }
            machines.forEach(m -> m.stage(Rig.NEW));

            int kills = 0;
            int pauses = 0;
            Instant limit = Instant.now().plus(Duration.ofMinutes(SCALE >= 1 ? 20 : 4));
            while (!done(rig, machines) || kills < KILLS) {
                assertThat(Instant.now())
                        .as("seed %d: %s", seed, rig.read("busy").getStatus())
                        .isBefore(limit);
                TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(1_500));
                // Whoever lost the lead has ended itself; a cluster would start it again.
                operators.stream().filter(o -> !o.alive()).forEach(OperatorProcess::launch);
                if (kills < KILLS && random.nextInt(2) == 0) {
                    operators.get(random.nextInt(3)).kill();
                    kills++;
                } else if (pauses < PAUSES && random.nextInt(4) == 0) {
                    Part part = pauses % 2 == 0 ? Part.API_SERVER : Part.ETCD;
                    rig.plane.pause(part);
                    TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
                    rig.plane.resume(part);
                    pauses++;
                }
            }
            assertThat(watcher.awaitCurrent(Duration.ofSeconds(10))).isTrue();
            watcher.checkCordons(Map.of());
            assertThat(watcher.violations()).as("seed %d", seed).isEmpty();
            assertThat(watcher.heldAtMost("busy")).as("seed %d", seed).isBetween(1, 2);
            assertThat(rig.journal.entries(Journal.Boot.class))
                    .as("seed %d", seed)
                    .hasSize(AGENTS);
        }
    }

    private static boolean done(Rig rig, List<SimulatedMachine> machines) {
        return machines.stream().allMatch(m -> m.version().equals(Rig.NEW))
                && machines.stream().allMatch(m -> rig.updated("busy", m));
    }
}
