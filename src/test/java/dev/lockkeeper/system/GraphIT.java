package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines take their updates from our graph: where they may go, and where not. */
class GraphIT {

    static final String V1 = "43.20260301.3.0";
    static final String BARRIER = "43.20260315.3.0";
    static final String V2 = "43.20260401.3.0";
    static final String V3 = "44.20260501.3.0";

    private static Rig rig;
    private static Releases releases;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        releases = new Releases(rig);
        operator = releases.operator();
        releases.publish(new PublishedReleases("stable")
                .out(V1)
                .out(BARRIER)
                .barrier(BARRIER)
                .out(V2)
                .out(V3));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static List<String> hops(String machine) {
        return rig.journal.entries(Journal.Boot.class, machine).stream()
                .map(Journal.Boot::toVersion)
                .toList();
    }

    @Test
    void machinesPassTheBarrierAndEndWhereTheirPinSays() {
        rig.group("rolling", spec -> spec.setSlots(new IntOrString(2)));
        rig.group("pinned");
        releases.pin("pinned", spec -> {
            spec.setNodeSelector(new LabelSelectorBuilder()
                    .addToMatchLabels("group", "pinned")
                    .build());
            spec.setVersion(V2);
        });
        MachineSpec old = releases.node("rolling-1", "rolling", V1);
        MachineSpec newer = releases.node("rolling-2", "rolling", V2);
        MachineSpec held = releases.node("pinned-1", "pinned", V1);
        List<SimulatedMachine> machines = List.of(
                releases.agent(old, "rolling", operator),
                releases.agent(newer, "rolling", operator),
                releases.agent(held, "pinned", operator));

        Rig.await(Duration.ofSeconds(120))
                .untilAsserted(() -> assertThat(machines)
                        .extracting(SimulatedMachine::version)
                        .containsExactly(V3, V3, V2));

        assertThat(hops("rolling-1")).containsExactly(BARRIER, V3);
        assertThat(hops("rolling-2")).containsExactly(V3);
        assertThat(hops("pinned-1")).containsExactly(BARRIER, V2);
        Rig.await().untilAsserted(() -> {
            assertThat(releases.machine("rolling-1").getState()).isEqualTo(MachineState.Current);
            assertThat(releases.machine("pinned-1").getState()).isEqualTo(MachineState.Current);
            assertThat(releases.machine("pinned-1").getPin()).isEqualTo("pinned");
            assertThat(releases.pin("pinned").getStatus().getSummary()).isEqualTo(V2);
            assertThat(releases.pinned("pinned", "UpToDate").getStatus()).isEqualTo("True");
            assertThat(releases.pinned("pinned", "HeldBack"))
                    .satisfies(c -> assertThat(c.getStatus()).isEqualTo("True"))
                    .satisfies(c -> assertThat(c.getMessage()).contains(V3 + " is out"));
        });
        FleetMachine record =
                rig.admin.resources(FleetMachine.class).withName("pinned-1").get();
        assertThat(record.getMetadata().getLabels())
                .containsEntry("lockkeeper.dev/group", "pinned")
                .containsEntry("lockkeeper.dev/stream", "stable")
                .containsEntry("lockkeeper.dev/architecture", "x86_64");
        assertThat(rig.journal.entries(Journal.CheckFailed.class)).isEmpty();
    }
}
