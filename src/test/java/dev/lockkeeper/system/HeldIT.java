package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.Machines;
import dev.lockkeeper.crds.v1alpha1.Phase;
import dev.lockkeeper.crds.v1alpha1.SecretReference;
import dev.lockkeeper.system.RawHttp.Answer;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that wait: for how long, what is left of one whose client went away, and what many of them cost. */
class HeldIT {

    private static final double SCALE = Double.parseDouble(System.getProperty("lockkeeper.test.scale", "0.1"));
    private static final Duration HOLD = Duration.ofSeconds(3);
    private static final Duration LONG_HOLD = Duration.ofSeconds(20);
    private static final int THREADS_MORE = 5;

    private static Rig rig;
    /** Leads, and holds requests for a short time. */
    private static OperatorProcess operator;
    /** Holds them for long. */
    private static OperatorProcess patient;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        operator = rig.operator(
                o -> o.set("LOCKKEEPER_AGENT_MAX_HOLD", HOLD.toString()).set("LOCKKEEPER_AGENT_ASK_TIMEOUT", "PT3S"));
        patient = rig.operator(o ->
                o.set("LOCKKEEPER_AGENT_MAX_HOLD", LONG_HOLD.toString()).set("LOCKKEEPER_AGENT_ASK_TIMEOUT", "PT3S"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static List<MachineSpec> group(String name, int nodes) {
        rig.group(name);
        List<MachineSpec> machines = java.util.stream.IntStream.rangeClosed(1, nodes)
                .mapToObj(i -> rig.node(name + "-" + i, name))
                .toList();
        awaitFigure("members", name, nodes);
        return machines;
    }

    private static void awaitFigure(String figure, String group, int value) {
        String line = "lockkeeper_group_" + figure + "{group=\"" + group + "\"} " + value + ".0";
        for (OperatorProcess replica : List.of(operator, patient)) {
            Rig.await()
                    .untilAsserted(() ->
                            assertThat(replica.management("/q/metrics").body()).contains(line));
        }
    }

    /** The machine is told to reboot, and every replica knows that it has the slot. */
    private static void takeSlot(MachineSpec machine, String group) {
        assertThat(RawHttp.exchange(patient.port(), preReboot(machine.agentId(), group))
                        .status())
                .isEqualTo(200);
        awaitFigure("slots_held", group, 1);
    }

    private static byte[] preReboot(String id, String group, String... headers) {
        return RawHttp.request(RawHttp.PRE_REBOOT, id, group, headers);
    }

    private static void blockDrains(String group) {
        Workloads workloads = Workloads.inNewNamespace(rig.admin, group);
        workloads.minAvailable("db", "db", new IntOrString(1));
        workloads.awaitReady(workloads.deployment("db", 1, PodShape.PLAIN.onNodesWith("group", group)));
    }

    private static int descriptors(OperatorProcess process) throws IOException {
        try (var files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return (int) files.count();
        }
    }

    @Test
    void aRequestThatWaitsForASlotIsAnsweredWithinTheLongestHolding() {
        List<MachineSpec> machines = group("waits", 2);
        assertThat(RawHttp.exchange(
                                patient.port(), preReboot(machines.getFirst().agentId(), "waits"))
                        .text())
                .isEqualTo("200 {\"kind\":\"granted\",\"value\":\"waits-1 may reboot now.\"}");
        awaitFigure("slots_held", "waits", 1);

        long asked = System.nanoTime();
        Answer answer =
                RawHttp.exchange(operator.port(), preReboot(machines.getLast().agentId(), "waits"));
        Duration held = Duration.ofNanos(System.nanoTime() - asked);
        assertThat(answer.text())
                .matches(
                        "423 \\{\"kind\":\"lock_held\",\"value\":\"waits-1 holds 1 of 1 slots, Rebooting for \\d+s\\.\"}");
        assertThat(held).isBetween(HOLD.minusMillis(100), HOLD.plusSeconds(2));
    }

    @Test
    void aRequestThatWaitsGetsTheSlotAsSoonAsItIsFree() throws IOException {
        List<MachineSpec> machines = group("follows", 2);
        takeSlot(machines.getFirst(), "follows");
        try (RawHttp waiting = new RawHttp(patient.port())) {
            waiting.send(preReboot(machines.getLast().agentId(), "follows"));
            rig.annotate("follows", "lockkeeper.dev/free-slot", "follows-1");
            assertThat(waiting.answer(Duration.ofSeconds(20)).text())
                    .isEqualTo("200 {\"kind\":\"granted\",\"value\":\"follows-2 may reboot now.\"}");
        }
    }

    @Test
    void aHolderWhoseClientWentAwayIsTakenBack() throws IOException {
        MachineSpec machine = group("goes", 1).getFirst();
        blockDrains("goes");
        int threads = patient.threads();
        try (RawHttp client = new RawHttp(patient.port())) {
            client.send(preReboot(machine.agentId(), "goes"));
            Rig.await()
                    .untilAsserted(() -> assertThat(rig.holder("goes", "goes-1"))
                            .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(Phase.Draining)));
        }
        Rig.await(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(rig.events("RebootGroup", "goes"))
                        .contains("SlotFreed: The slot of goes-1 is free: its agent has not asked for 3s."));
        Rig.await().untilAsserted(() -> {
            assertThat(rig.holder("goes", "goes-1")).isEmpty();
            assertThat(rig.node("goes-1").getSpec().getUnschedulable()).isNotEqualTo(true);
        });
        assertThat(patient.threads()).isLessThanOrEqualTo(threads + THREADS_MORE);
        assertThat(patient.logText()).doesNotContain("internal error").doesNotContain("failed at one step");
    }

    @Test
    void aClientThatWentAwayWhileItWaitedNeverGetsASlot() throws IOException {
        List<MachineSpec> machines = group("left", 2);
        takeSlot(machines.getFirst(), "left");
        try (RawHttp client = new RawHttp(patient.port())) {
            client.send(preReboot(machines.getLast().agentId(), "left"));
            // The operator has the request once it counts its machine as waiting.
            Rig.await()
                    .until(() -> Integer.valueOf(1)
                            .equals(rig.read("left").getStatus().getWaiting()));
        }
        rig.annotate("left", "lockkeeper.dev/free-slot", "left-1");
        awaitFigure("slots_held", "left", 0);
        assertThat(rig.events("RebootGroup", "left")).noneMatch(e -> e.contains("left-2 got a slot"));
        assertThat(rig.holder("left", "left-2")).isEmpty();
    }

    @Test
    void aNodeThatIsPausedWhileItsRequestWaitsGetsNoSlot() throws IOException {
        List<MachineSpec> machines = group("pauses", 2);
        takeSlot(machines.getFirst(), "pauses");
        try (RawHttp waiting = new RawHttp(patient.port())) {
            waiting.send(preReboot(machines.getLast().agentId(), "pauses"));
            rig.admin
                    .nodes()
                    .withName("pauses-2")
                    .edit(node -> node.edit()
                            .editMetadata()
                            .addToAnnotations("lockkeeper.dev/paused", "db is being repaired")
                            .endMetadata()
                            .build());
            rig.annotate("pauses", "lockkeeper.dev/free-slot", "pauses-1");
            assertThat(waiting.answer(LONG_HOLD.plusSeconds(5)).text())
                    .isEqualTo(
                            "423 {\"kind\":\"paused\",\"value\":\"Node pauses-2 is paused: db is being repaired.\"}");
        }
        Rig.await()
                .untilAsserted(
                        () -> assertThat(rig.events("Node", "pauses-2"))
                                .contains(
                                        "Refused: pauses-2 got no slot (paused): Node pauses-2 is paused: db is being repaired."));
    }

    @Test
    void clientsThatWentAwayAreNoFaultOfOurs() throws IOException, InterruptedException {
        List<MachineSpec> machines = group("many-left", 2);
        takeSlot(machines.getFirst(), "many-left");
        int threads = patient.threads();
        int descriptors = descriptors(patient);
        for (int i = 0; i < 100; i++) {
            try (RawHttp client = new RawHttp(patient.port())) {
                client.send(preReboot(machines.getLast().agentId(), "many-left"));
            }
        }
        Rig.await().untilAsserted(() -> assertThat(descriptors(patient)).isLessThanOrEqualTo(descriptors + 10));
        assertThat(patient.threads()).isLessThanOrEqualTo(threads + THREADS_MORE);
        assertThat(rig.holder("many-left", "many-left-2")).isEmpty();
        assertThat(patient.logText()).doesNotContain("internal error");
        assertThat(patient.management("/q/metrics").body()).doesNotContain("internal_error");
    }

    /** It sends its body a byte at a time and never ends it; meanwhile all others are served. */
    @Test
    void aSlowClientHoldsUpNobodyAndIsAnsweredInTheEnd() throws IOException {
        MachineSpec machine = group("slow", 1).getFirst();
        byte[] request = preReboot(machine.agentId(), "slow");
        List<RawHttp> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                RawHttp client = new RawHttp(operator.port());
                slow.add(client);
                for (int at = 0; at < request.length - 1; at++) {
                    client.send(new byte[] {request[at]});
                }
            }
            long asked = System.nanoTime();
            assertThat(RawHttp.exchange(
                                    operator.port(), RawHttp.request(RawHttp.STEADY_STATE, machine.agentId(), "slow"))
                            .status())
                    .isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
            for (RawHttp client : slow) {
                assertThat(client.answer(Duration.ofSeconds(40)).text())
                        .isEqualTo(
                                "400 {\"kind\":\"decode_error\",\"value\":\"The body did not arrive within 30 s.\"}");
            }
        } finally {
            for (RawHttp client : slow) {
                client.close();
            }
        }
    }

    @Test
    void thousandsOfHeldRequestsCostNoThreadAndAreAllAnswered() throws IOException, InterruptedException {
        int count = (int) (5_000 * SCALE);
        rig.admin
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("crowd")
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .addToStringData("password", "right")
                        .build())
                .create();
        rig.group("crowd", spec -> {
            spec.setMachines(Machines.NodesAndOthers);
            SecretReference secret = new SecretReference();
            secret.setName("crowd");
            spec.setClientSecretRef(secret);
        });
        String password = RawHttp.basic("crowd", "right");
        Rig.await()
                .until(() -> RawHttp.exchange(patient.port(), preReboot("the-holder", "crowd", password))
                                .status()
                        == 200);
        Rig.await()
                .untilAsserted(() -> assertThat(patient.management("/q/metrics").body())
                        .contains("lockkeeper_group_slots_held{group=\"crowd\"} 1.0"));
        int threads = patient.threads();

        List<RawHttp> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                RawHttp client = new RawHttp(patient.port());
                clients.add(client);
                client.send(preReboot("machine-" + i, "crowd", password));
            }
            // The status shows it only once the operator has them all: none is answered yet.
            Rig.await(LONG_HOLD)
                    .untilAsserted(
                            () -> assertThat(rig.read("crowd").getStatus().getWaiting())
                                    .isEqualTo(count));
            assertThat(patient.management("/q/metrics").body())
                    .doesNotContainPattern("lockkeeper_requests_total\\{[^}]*group=\"crowd\",outcome=\"lock_held\"");
            assertThat(patient.threads()).isLessThanOrEqualTo(threads + THREADS_MORE);
            for (RawHttp client : clients) {
                assertThat(client.answer(LONG_HOLD.plusSeconds(20)).text())
                        .matches(
                                "423 \\{\"kind\":\"lock_held\",\"value\":\"the-holder holds 1 of 1 slots, Rebooting for"
                                        + " \\d+s\\.\"}");
            }
        } finally {
            for (RawHttp client : clients) {
                client.close();
            }
        }
        assertThat(patient.threads()).isLessThanOrEqualTo(threads + THREADS_MORE);
        assertThat(RawHttp.exchange(
                                patient.port(), RawHttp.request(RawHttp.STEADY_STATE, "the-holder", "crowd", password))
                        .text())
                .isEqualTo("200 {\"kind\":\"released\",\"value\":\"the-holder holds no slot.\"}");
    }
}
