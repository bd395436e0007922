package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.Machines;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.SecretReference;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.crds.v1alpha1.StreamPinSpec;
import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What pins, blocks and Fedora's metadata mean to the machines, through the real API server. */
class PinIT {

    private static final String V1 = "44.20260501.3.0";
    private static final String V2 = "44.20260515.3.0";
    private static final String V3 = "44.20260601.3.0";

    private static Rig rig;
    private static Releases releases;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        releases = new Releases(rig);
        operator = releases.operator();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @BeforeEach
    void publish() {
        releases.publish(stable());
    }

    @AfterEach
    void removePins() {
        rig.admin.resources(StreamPin.class).delete();
        for (String version : List.of(V1, V2, V3)) {
            FleetRelease release = rig.admin
                    .resources(FleetRelease.class)
                    .withName(FleetRelease.nameOf("stable", version))
                    .get();
            if (release != null
                    && release.getSpec() != null
                    && release.getSpec().getBlock() != null) {
                releases.unblock("stable", version);
            }
        }
    }

    private static PublishedReleases stable() {
        return new PublishedReleases("stable").out(V1).out(V2).out(V3);
    }

    private static LabelSelector nodes(String group) {
        return new LabelSelectorBuilder().addToMatchLabels("group", group).build();
    }

    private static void pin(String name, String group, Consumer<StreamPinSpec> change) {
        releases.pin(name, spec -> {
            spec.setNodeSelector(nodes(group));
            change.accept(spec);
        });
    }

    private static Optional<String> edge(MachineSpec machine, String group) throws Exception {
        return releases.edge(operator, machine, group);
    }

    private static void awaitEdge(MachineSpec machine, String group, String version) {
        Rig.await().untilAsserted(() -> assertThat(edge(machine, group)).isEqualTo(Optional.ofNullable(version)));
    }

    private static MachineSpec node(String name, String group, String version) {
        return releases.node(name, group, version);
    }

    private static void awaitState(String machine, MachineState state) {
        Rig.await()
                .untilAsserted(() -> assertThat(releases.machine(machine).getState())
                        .as(() -> machine + ": " + releases.machine(machine).getMessage())
                        .isEqualTo(state));
    }

    // ---- pins

    @Test
    void withoutAPinAMachineFollowsItsStream() {
        rig.group("free");
        MachineSpec machine = node("free-1", "free", V1);
        awaitEdge(machine, "free", V3);
        awaitState("free-1", MachineState.Offered);
        assertThat(releases.machine("free-1").getOffers())
                .singleElement()
                .satisfies(o -> assertThat(o.getVersion()).isEqualTo(V3));
        assertThat(releases.machine("free-1").getPin()).isNull();
    }

    @Test
    void aPinsVersionIsTheTargetAndAChangeHoldsAtOnce() {
        rig.group("moved");
        MachineSpec machine = node("moved-1", "moved", V1);
        pin("moved", "moved", spec -> spec.setVersion(V1));
        awaitEdge(machine, "moved", null);
        awaitState("moved-1", MachineState.Current);
        releases.patchPin("moved", "{\"version\":\"" + V2 + "\"}");
        awaitEdge(machine, "moved", V2);
        assertThat(releases.pin("moved").getStatus().getArchitectures()).isNotEmpty();
        rig.admin.resources(StreamPin.class).withName("moved").delete();
        awaitEdge(machine, "moved", V3);
    }

    @Test
    void theHighestFedoraReleaseIsACeiling() {
        rig.group("major");
        releases.publish(stable().out("45.20260801.3.0"));
        MachineSpec machine = node("major-1", "major", V1);
        pin("major", "major", spec -> spec.setMaxFedoraMajor(44));
        awaitEdge(machine, "major", V3);
        Rig.await()
                .untilAsserted(
                        () -> assertThat(releases.pinned("major", "HeldBack").getMessage())
                                .contains("45.20260801.3.0 is out"));
    }

    @Test
    void aMachineAheadOfItsPinStays() {
        rig.group("ahead");
        MachineSpec machine = node("ahead-1", "ahead", V3);
        pin("ahead", "ahead", spec -> spec.setVersion(V1));
        awaitEdge(machine, "ahead", null);
        Rig.await().untilAsserted(() -> {
            assertThat(releases.pinned("ahead", "Degraded").getReason()).isEqualTo("MachinesAhead");
            assertThat(releases.pinned("ahead", "Degraded").getMessage())
                    .contains("ahead-1 runs a newer release than the target: no update leads back, so they stay.");
        });
    }

    @Test
    void aVersionThatDoesNotExistOrLacksAnArchitectureIsTold() {
        rig.group("lacking");
        releases.publish(stable().release("44.20260615.3.0", Architecture.X86_64));
        MachineSpec x86 = node("lacking-1", "lacking", V1);
        MachineSpec plain = MachineSpec.of("lacking-2", 2)
                .withLabel("group", "lacking")
                .withArchitecture(Architecture.S390X)
                .withVersion(V1);
        MachineSpec mainframe = plain.withPayload(PublishedReleases.payload(V1, Architecture.S390X));
        rig.register(mainframe);
        pin("lacking", "lacking", spec -> spec.setVersion("44.20260615.3.0"));
        awaitEdge(x86, "lacking", "44.20260615.3.0");
        awaitEdge(mainframe, "lacking", null);
        Rig.await()
                .untilAsserted(
                        () -> assertThat(releases.pinned("lacking", "Degraded").getMessage())
                                .contains("was not made for s390x"));
        releases.patchPin("lacking", "{\"version\":\"44.20269999.3.0\"}");
        Rig.await()
                .untilAsserted(
                        () -> assertThat(releases.pinned("lacking", "Degraded").getMessage())
                                .contains("Release 44.20269999.3.0 does not exist in stream 'stable'"));
        awaitEdge(x86, "lacking", null);
    }

    @Test
    void theHigherPriorityWinsAndOfEqualOnesTheOlder() {
        rig.group("contested");
        MachineSpec machine = node("contested-1", "contested", V1);
        pin("contested-a", "contested", spec -> spec.setVersion(V1));
        awaitEdge(machine, "contested", null);
        // Ages are told in seconds.
        Instant made = Instant.now();
        Rig.await().until(() -> Instant.now().isAfter(made.plusMillis(1_100)));
        pin("contested-b", "contested", spec -> spec.setVersion(V2));
        Rig.await().untilAsserted(() -> {
            assertThat(releases.pinned("contested-a", "Degraded").getMessage())
                    .contains("contested-1 is selected by contested-b too, with the same priority");
            assertThat(edge(machine, "contested")).isEmpty();
        });
        releases.patchPin("contested-b", "{\"priority\":5}");
        awaitEdge(machine, "contested", V2);
    }

    @Test
    void aPinThatSelectsNothingSaysSo() {
        pin("nothing", "nobody", spec -> {});
        Rig.await()
                .untilAsserted(
                        () -> assertThat(releases.pinned("nothing", "Degraded").getReason())
                                .isEqualTo("SelectsNothing"));
    }

    @Test
    void aNodeOnAnotherStreamIsToldWithTheCommandThatMovesIt() throws Exception {
        rig.group("strayed");
        MachineSpec machine = node("strayed-1", "strayed", V1);
        pin("strayed", "strayed", spec -> spec.setStream("testing"));
        Rig.await().untilAsserted(() -> {
            // Until the operator has seen the node, what its agent says is a stranger's word: agents ask again.
            edge(machine, "strayed");
            assertThat(releases.pinned("strayed", "WrongStream").getMessage())
                    .startsWith("strayed-1 follows another stream")
                    .contains("rpm-ostree rebase ostree-image-signed:docker://quay.io/fedora/fedora-coreos:testing");
            assertThat(releases.pinned("strayed", "Ready").getReason()).isEqualTo("UnknownStream");
        });
    }

    @Test
    void aPinByGroupIsForMachinesThatAreNoNodes() throws Exception {
        releases.pin("edge", spec -> {
            spec.setGroups(List.of("edge-boxes"));
            spec.setVersion(V2);
        });
        MachineSpec box = MachineSpec.of("box", 77).withVersion(V1);
        MachineSpec machine = box.withPayload(PublishedReleases.payload(V1, Architecture.X86_64));
        awaitEdge(machine, "edge-boxes", V2);
        String record = "id-" + machine.agentId();
        Rig.await()
                .untilAsserted(
                        () -> assertThat(releases.machine(record).getPin()).isEqualTo("edge"));
        assertThat(edge(machine, "nobody-named-this"))
                .as("no pin names that group")
                .isEmpty();
    }

    @Test
    void machinesThatAreNoNodesNeedThePasswordAndAreShownByTheirName() throws Exception {
        rig.admin
                .secrets()
                .inNamespace(Manifests.NAMESPACE)
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("boxes")
                        .endMetadata()
                        .withStringData(Map.of("password", "open sesame"))
                        .build())
                .create();
        rig.group("boxes", spec -> {
            spec.setMachines(Machines.NodesAndOthers);
            SecretReference secret = new SecretReference();
            secret.setName("boxes");
            spec.setClientSecretRef(secret);
        });
        MachineSpec box = MachineSpec.of("a-box", 78).withVersion(V1);
        MachineSpec machine = box.withPayload(PublishedReleases.payload(V1, Architecture.X86_64));
        assertThat(edge(machine, "boxes")).as("without the password").isEmpty();
        String record = "id-" + machine.agentId();
        assertThat(rig.admin.resources(FleetMachine.class).withName(record).get())
                .isNull();
        Rig.await()
                .untilAsserted(
                        () -> assertThat(releases.pollAs(operator, machine, "boxes", "box-in-the-attic", "open sesame")
                                        .body())
                                .contains(V3));
        Rig.await()
                .untilAsserted(() ->
                        assertThat(releases.machine(record).getDisplayName()).isEqualTo("box-in-the-attic"));
    }

    @Test
    void aMachineWhoseNodeIsNotThereYetIsOfferedNothingUntilItIs() throws Exception {
        rig.group("early");
        MachineSpec plain =
                MachineSpec.of("early-1", 5).withLabel("group", "early").withVersion(V1);
        MachineSpec machine = plain.withPayload(PublishedReleases.payload(V1, Architecture.X86_64));
        assertThat(edge(machine, "early")).isEmpty();
        assertThat(rig.admin
                        .resources(FleetMachine.class)
                        .withName("id-" + machine.agentId())
                        .get())
                .isNull();
        rig.register(machine);
        awaitEdge(machine, "early", V3);
    }

    @Test
    void aNodeInNoGroupIsOfferedNothingAndShownSo() throws Exception {
        rig.group("some");
        MachineSpec machine = node("lost-1", "no-such-label", V1);
        // An agent goes on polling: the operator may not have seen the node at the first time.
        Rig.await().untilAsserted(() -> {
            assertThat(edge(machine, "some")).isEmpty();
            assertThat(releases.machine("lost-1").getState()).isEqualTo(MachineState.NoGroup);
        });
    }

    @Test
    void aDerivedImageGetsItsOwnNodeAndNoEdge() throws Exception {
        rig.group("derived");
        MachineSpec plain =
                MachineSpec.of("derived-1", 6).withLabel("group", "derived").withVersion(V1);
        MachineSpec machine = plain.withPayload("registry.example.org/own/coreos@sha256:" + "7".repeat(64));
        rig.register(machine);
        assertThat(edge(machine, "derived")).isEmpty();
        Rig.await()
                .untilAsserted(() ->
                        assertThat(releases.machine("derived-1").getMessage()).contains("runs an image of its own"));
        awaitState("derived-1", MachineState.Unmanaged);
    }

    @Test
    void anAgentThatSaysAnotherArchitectureThanItsNodeIsNotBelieved() throws Exception {
        rig.group("spoofed");
        MachineSpec machine = node("spoofed-1", "spoofed", V1);
        MachineSpec liar = machine.withArchitecture(Architecture.S390X)
                .withPayload(PublishedReleases.payload(V1, Architecture.S390X));
        assertThat(edge(liar, "spoofed")).isEmpty();
        awaitState("spoofed-1", MachineState.Unmanaged);
        assertThat(releases.machine("spoofed-1").getVersion()).isNull();
    }

    @Test
    void offersArePacedPerGroupAndArchitecture() throws Exception {
        rig.group("paced");
        int offered = 0;
        for (int i = 1; i <= 7; i++) {
            offered += edge(node("paced-" + i, "paced", V1), "paced").isPresent() ? 1 : 0;
        }
        assertThat(offered).as("2 × 1 slot + 2").isEqualTo(4);
        // An offer that is withdrawn holds nobody back.
        releases.block("stable", V3, "sick");
        Rig.await()
                .untilAsserted(() ->
                        assertThat(releases.machine("paced-1").getState()).isEqualTo(MachineState.StagedWithdrawn));
        MachineSpec last = node("paced-8", "paced", V1);
        awaitEdge(last, "paced", V2);
    }

    // ---- blocks and withdrawals, while agents have staged

    private static SimulatedMachine staged(String name, String group, String version) {
        rig.group(group, spec -> spec.setPaused(true));
        SimulatedMachine machine = releases.agent(node(name, group, version), group, operator);
        Rig.await()
                .until(() -> !rig.journal.entries(Journal.Answered.class, name).stream()
                        .filter(a -> a.api() == Api.PRE_REBOOT)
                        .toList()
                        .isEmpty());
        return machine;
    }

    private static void awaitRefusal(String machine, String kind) {
        Rig.await()
                .until(() -> rig.journal.entries(Journal.Answered.class, machine).stream()
                        .anyMatch(a -> a.body().contains("\"kind\":\"" + kind + "\"")));
    }

    private static void open(String group) {
        rig.admin
                .resources(RebootGroup.class)
                .withName(group)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"paused\":false}}");
    }

    @Test
    void aStagedReleaseThatIsBlockedIsNeverLetThrough() {
        SimulatedMachine machine = staged("blocked-1", "blocked", V1);
        awaitState("blocked-1", MachineState.Waiting);
        releases.block("stable", V3, "the disk driver is broken", "x86_64");
        awaitState("blocked-1", MachineState.StagedWithdrawn);
        assertThat(releases.machine("blocked-1").getMessage())
                .contains("it is withheld from x86_64: the disk driver is broken")
                .contains("systemctl restart zincati");
        open("blocked");
        awaitRefusal("blocked-1", "release_withdrawn");
        assertThat(machine.version()).isEqualTo(V1);

        releases.unblock("stable", V3);
        Rig.await(Duration.ofSeconds(60)).until(() -> machine.version().equals(V3));
    }

    @Test
    void anotherArchitecturesBlockStopsNobodyHere() {
        releases.block("stable", V3, "broken there", "s390x");
        SimulatedMachine machine = staged("other-1", "other", V1);
        open("other");
        Rig.await(Duration.ofSeconds(60)).until(() -> machine.version().equals(V3));
    }

    @Test
    void aPinThatIsLoweredTakesWhatIsStagedBack() {
        SimulatedMachine machine = staged("lowered-1", "lowered", V1);
        pin("lowered", "lowered", spec -> spec.setVersion(V2));
        awaitState("lowered-1", MachineState.StagedWithdrawn);
        open("lowered");
        awaitRefusal("lowered-1", "release_withdrawn");
        assertThat(machine.version()).isEqualTo(V1);
        releases.patchPin("lowered", "{\"version\":\"" + V3 + "\"}");
        Rig.await(Duration.ofSeconds(60)).until(() -> machine.version().equals(V3));
    }

    @Test
    void whatFedoraTakesBackIsTakenBackHere() {
        SimulatedMachine machine = withdrawnByFedora();
        open("fedora");
        awaitRefusal("fedora-1", "release_withdrawn");
        assertThat(machine.version()).isEqualTo(V1);
    }

    /** Its rollout was removed before it was complete. */
    private static SimulatedMachine withdrawnByFedora() {
        String bad = "44.20260620.3.0";
        PublishedReleases published =
                stable().release(bad).rollout(bad, Instant.now().minusSeconds(3600), 0.9999, Duration.ofDays(100));
        releases.publish(published);
        SimulatedMachine machine = staged("fedora-1", "fedora", V1);
        assertThat(releases.machine("fedora-1").getOffers().getLast().getVersion())
                .isEqualTo(bad);
        releases.publish(published.withdraw(bad));
        awaitState("fedora-1", MachineState.StagedWithdrawn);
        return machine;
    }

    @Test
    void aReleaseThatFedoraWithdrewWhileItAgedIsNeverOffered() {
        String bad = "44.20260701.3.0";
        String fix = "44.20260703.3.0";
        rig.group("patient");
        pin("patient", "patient", spec -> spec.setMinimumAge("72h"));
        MachineSpec machine = node("patient-1", "patient", V1);
        PublishedReleases published =
                stable().release(bad).rollout(bad, Instant.now().minus(Duration.ofHours(60)), 0.1, Duration.ofDays(30));
        releases.publish(published);
        awaitEdge(machine, "patient", V3);
        releases.publish(published
                .withdraw(bad)
                .release(fix)
                .rollout(fix, Instant.now().minus(Duration.ofHours(73)), 1, Duration.ZERO));
        awaitEdge(machine, "patient", fix);
    }

    @Test
    void aMachineThatFollowsFedorasOwnGraphIsStoppedByABlockOfItsStreamsNewest() {
        rig.group("alone");
        releases.block("stable", V3, "broken");
        SimulatedMachine machine = rig.agent(node("alone-1", "alone", V1), "alone", operator);
        machine.stage(V3);
        awaitRefusal("alone-1", "release_withdrawn");
        releases.unblock("stable", V3);
        Rig.await(Duration.ofSeconds(60)).until(() -> machine.version().equals(V3));
    }

    @Test
    void aPausedRecordGetsNoSlot() {
        SimulatedMachine machine = staged("halted-1", "halted", V1);
        rig.admin
                .resources(FleetMachine.class)
                .withName("halted-1")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"lockkeeper.dev/paused\":\"disk swap\"}}}");
        open("halted");
        Rig.await()
                .until(() -> rig.journal.entries(Journal.Answered.class, "halted-1").stream()
                        .anyMatch(a -> a.body().contains("FleetMachine halted-1 is paused: disk swap.")));
        assertThat(machine.version()).isEqualTo(V1);
    }

    // ---- explained

    @Test
    void itIsExplainedWhyAMachineStays() throws Exception {
        rig.group("explained");
        MachineSpec machine = node("explained-1", "explained", V1);
        pin("explained", "explained", spec -> spec.setVersion(V2));
        awaitEdge(machine, "explained", V2);
        HttpResponse<String> page = operator.management("/explain?node=explained-1");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("\"offered\" : \"" + V2 + "\"")
                .contains("\"pin\" : \"it is past the pin's release " + V2 + "\"")
                .contains("\"pin\" : \"explained\"");
        assertThat(operator.management("/explain?node=nobody").statusCode()).isEqualTo(404);
        assertThat(operator.management("/explain").body())
                .contains("missing_params")
                .contains("node=<name>");
        assertThat(operator.management("/explain?basearch=x86_64&stream=stable&oci=true&os_version=" + V1
                                + "&os_checksum=" + machine.payload().orElseThrow() + "&group=explained&node_uuid="
                                + machine.agentId())
                        .body())
                .contains("\"offered\" : \"" + V2 + "\"");
    }
}
