package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.fleet.FleetWatcher;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.fleet.Workloads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The main road: machines ask, are drained, reboot one at a time, are verified and freed. */
class RebootIT {

    @Test
    void allMachinesOfAGroupUpdateOneAtATimeAndAreUncordoned() throws Exception {
        try (Rig rig = Rig.start();
                FleetWatcher watcher = FleetWatcher.start(rig.admin, rig.journal)) {
            var operator = rig.operator();
            rig.group("workers");
            List<SimulatedMachine> machines = IntStream.rangeClosed(1, 3)
                    .mapToObj(i -> rig.machine("worker-" + i, "workers", operator))
                    .toList();
            Workloads shop = Workloads.inNewNamespace(rig.admin, "shop");
            // They take their time, so that a grant before they are gone is seen.
            shop.awaitReady(shop.deployment("web", 3, PodShape.PLAIN.withGrace(Duration.ofSeconds(2))));

            machines.forEach(m -> m.stage(Rig.NEW));

            Rig.await(Duration.ofSeconds(90))
                    .untilAsserted(() -> assertThat(machines).allMatch(m -> rig.updated("workers", m)));
            assertThat(watcher.awaitCurrent(Duration.ofSeconds(5))).isTrue();
            watcher.checkCordons(Map.of());
            assertThat(watcher.violations()).isEmpty();
            assertThat(watcher.heldAtMost("workers")).isEqualTo(1);
            assertThat(rig.journal.entries(Journal.Boot.class)).hasSize(3);
            assertThat(rig.events("Node", "worker-1"))
                    .anyMatch(e -> e.startsWith("SlotGranted"))
                    .anyMatch(e -> e.startsWith("Rebooted"))
                    .anyMatch(e -> e.startsWith("Verified"))
                    .anyMatch(e -> e.startsWith("SlotFreed"));
            assertThat(operator.logText())
                    .as("one line for each decision about worker-1")
                    .containsSubsequence(
                            "group=workers SlotGranted: worker-1 got a slot of workers.",
                            "group=workers DrainStarted: worker-1 is cordoned and being drained.",
                            "group=workers RebootAllowed: worker-1 was told to reboot.",
                            "group=workers Rebooted: worker-1 has rebooted; it is being verified.",
                            "group=workers Verified: worker-1: it runs " + Rig.NEW,
                            "group=workers SlotFreed: The slot of worker-1 is free");
        }
    }
}
