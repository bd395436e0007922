package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.Machines;
import dev.lockkeeper.crds.v1alpha1.Phase;
import dev.lockkeeper.crds.v1alpha1.SecretReference;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which machine an agent speaks for, and which RebootGroup serves it. */
class IdentityIT {

    private static Rig rig;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        operator = rig.operator(o -> o.set("LOCKKEEPER_AGENT_MAX_HOLD", "PT5S"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static void awaitUpdated(String group, SimulatedMachine machine) {
        Rig.await().untilAsserted(() -> assertThat(rig.updated(group, machine)).isTrue());
    }

    private static void awaitRefused(SimulatedMachine machine, int status, String kind) {
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Answered.class, machine.name()))
                        .anyMatch(a -> a.status() == status && a.body().contains("\"kind\":\"" + kind + "\"")));
    }

    @Test
    void aNodeWhoseMachineIdDiffersIsFoundByItsSystemUuid() {
        rig.group("uuid");
        MachineSpec spec = rig.node("uuid-1", "uuid");
        MachineSpec reported =
                spec.withMachineId("00000000000000000000000000000001").withSystemUuid(dashed(spec));
        rig.admin.nodes().withName("uuid-1").delete();
        rig.register(reported);
        SimulatedMachine machine = rig.agent(spec, "uuid", operator);
        machine.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Down.class, "uuid-1"))
                        .hasSize(1));
    }

    private static String dashed(MachineSpec spec) {
        String id = spec.machineId();
        return String.join(
                        "-",
                        id.substring(0, 8),
                        id.substring(8, 12),
                        id.substring(12, 16),
                        id.substring(16, 20),
                        id.substring(20))
                .toUpperCase(java.util.Locale.ROOT);
    }

    @Test
    void anIdThatTwoNodesShareMatchesNoneAndAConditionNamesThem() {
        rig.group("shared");
        MachineSpec one = rig.node("shared-1", "shared");
        rig.register(MachineSpec.of("shared-2", 99).withLabel("group", "shared").withMachineId(one.machineId()));
        SimulatedMachine machine = rig.agent(one, "shared", operator);
        machine.stage(Rig.NEW);
        awaitRefused(machine, 409, "ambiguous_machine");
        Rig.await()
                .untilAsserted(() -> assertThat(rig.read("shared").getStatus().getConditions())
                        .anyMatch(c -> c.getType().equals("Degraded")
                                && c.getReason().equals("SharedMachineId")
                                && c.getMessage().contains("shared-1, shared-2")));
    }

    @Test
    void aMachineThatIsNoNodeIsRefusedWhereOnlyNodesMay() {
        rig.group("nodes-only");
        SimulatedMachine machine = SimulatedMachine.startWithoutNode(
                MachineSpec.of("stranger", 77), Rig.settings("nodes-only", operator), RebootShape.USUAL, rig.journal);
        try {
            machine.stage(Rig.NEW);
            awaitRefused(machine, 403, "unknown_machine");
        } finally {
            machine.close();
        }
    }

    @Test
    void aMachineThatIsNoNodeUpdatesWhereOthersMay() {
        rig.admin
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("builders")
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .addToStringData("password", "correct")
                        .build())
                .create();
        rig.group("builders", spec -> {
            spec.setMachines(Machines.NodesAndOthers);
            SecretReference secret = new SecretReference();
            secret.setName("builders");
            spec.setClientSecretRef(secret);
        });
        URI url = URI.create("http://builder-1:correct@127.0.0.1:" + operator.port() + "/");
        SimulatedMachine machine = SimulatedMachine.startWithoutNode(
                MachineSpec.of("builder-1", 78),
                AgentSettings.of(url, "builders").withTimeScale(Rig.SCALE),
                RebootShape.USUAL,
                rig.journal);
        try {
            machine.stage(Rig.NEW);
            Rig.await().untilAsserted(() -> {
                assertThat(machine.version()).isEqualTo(Rig.NEW);
                assertThat(rig.read("builders").getStatus().getHolders()).isNullOrEmpty();
            });
        } finally {
            machine.close();
        }
    }

    @Test
    void aNodeOutsideTheSelectorIsRefused() {
        rig.group("selected");
        MachineSpec spec = MachineSpec.of("outsider", 55).withLabel("group", "somewhere-else");
        rig.register(spec);
        SimulatedMachine machine = rig.agent(spec, "selected", operator);
        machine.stage(Rig.NEW);
        awaitRefused(machine, 403, "wrong_group");
    }

    @Test
    void groupNamesWithUpperCaseAndDotsAreServed() {
        rig.group("upper", spec -> spec.setGroup("Workers.Rack-1"));
        SimulatedMachine machine = rig.agent(rig.node("upper-1", "upper"), "Workers.Rack-1", operator);
        machine.stage(Rig.NEW);
        awaitUpdated("upper", machine);
    }

    @Test
    void twoGroupsSplitOneAgentsGroupByTheirSelectors() {
        rig.group("rack-a", spec -> spec.setGroup("racks"));
        rig.group("rack-b", spec -> spec.setGroup("racks"));
        SimulatedMachine a = rig.agent(rig.node("rack-a-1", "rack-a"), "racks", operator);
        SimulatedMachine b = rig.agent(rig.node("rack-b-1", "rack-b"), "racks", operator);
        a.stage(Rig.NEW);
        b.stage(Rig.NEW);
        awaitUpdated("rack-a", a);
        awaitUpdated("rack-b", b);
        assertThat(rig.events("RebootGroup", "rack-b")).anyMatch(e -> e.contains("rack-b-1"));
        assertThat(rig.events("RebootGroup", "rack-a")).noneMatch(e -> e.contains("rack-b-1"));
    }

    @Test
    void ofTwoGroupsForOneNameWithoutSelectorsTheOlderServes() throws InterruptedException {
        rig.group("first", spec -> {
            spec.setGroup("twice");
            spec.setNodeSelector(null);
        });
        Rig.await()
                .until(() -> rig.read("first").getStatus() != null
                        && rig.read("first").getStatus().getConditions() != null);
        // Creation times have whole seconds: the second must be younger in them too.
        String created = rig.read("first").getMetadata().getCreationTimestamp();
        Rig.await()
                .until(() -> java.time.Instant.now()
                        .isAfter(java.time.Instant.parse(created).plusSeconds(1)));
        rig.group("second", spec -> {
            spec.setGroup("twice");
            spec.setNodeSelector(null);
        });
        Rig.await().untilAsserted(() -> {
            var status = rig.read("second").getStatus();
            assertThat(status).isNotNull();
            assertThat(status.getConditions())
                    .anyMatch(c -> c.getType().equals("Ready")
                            && c.getStatus().equals("False")
                            && c.getReason().equals("NotServing")
                            && c.getMessage().contains("'first' is older"));
        });
    }

    @Test
    void anAgentThatChangesItsGroupWhileHoldingKeepsItsOneSlot() {
        rig.group("before");
        rig.group("after");
        MachineSpec spec = rig.node("mover", "before");
        SimulatedMachine machine = rig.agent(spec, "before", operator);
        machine.inject(new Fault.NeverComesBack());
        machine.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("before", "mover"))
                        .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(Phase.Rebooting)));
        rig.admin.nodes().withName("mover").patch("{\"metadata\":{\"labels\":{\"group\":\"after\"}}}");
        SimulatedMachine again = rig.agent(spec, "after", operator);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("before", "mover"))
                        .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(Phase.Verifying)));
        assertThat(rig.holder("after", "mover")).isEmpty();
        again.close();
    }

    @Test
    void aNodeThatIsMadeAnewUnderTheSameNameIsAnotherMachine() {
        rig.group("anew");
        SimulatedMachine machine = rig.machine("anew-1", "anew", operator);
        machine.inject(new Fault.NeverComesBack());
        machine.stage(Rig.NEW);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("anew", "anew-1"))
                        .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(Phase.Rebooting)));
        rig.admin.nodes().withName("anew-1").delete();
        rig.register(MachineSpec.of("anew-1", 1234).withLabel("group", "anew"));
        Rig.await(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(rig.holder("anew", "anew-1")).isEmpty());
        assertThat(rig.node("anew-1").getSpec().getUnschedulable()).isNotEqualTo(true);
    }
}
