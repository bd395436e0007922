package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.Phase;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.FleetWatcher;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From poseidon/fleetlock to Lockkeeper and back: no machine is forgotten, none gets a slot twice, none reboots twice. */
class MigrationIT {

    private static Rig rig;

    private ServiceAddress address;
    private FormerServer former;
    private final List<OperatorProcess> operators = new ArrayList<>();

    @BeforeAll
    static void start() {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @BeforeEach
    void formerServerRuns() throws IOException {
        former = FormerServer.start(rig.admin);
        address = ServiceAddress.open();
        address.leadsTo(former.port());
    }

    @AfterEach
    void end() throws IOException {
        // The next test's would not lead for as long as one of this is there.
        operators.forEach(OperatorProcess::kill);
        address.close();
        former.close();
    }

    // ---- forth

    @Test
    void aMachineInTheMiddleOfItsRebootKeepsItsSlotAndTheNextOneWaitsForIt() throws Exception {
        SimulatedMachine first = machine("mid-1", "mid");
        SimulatedMachine second = machine("mid-2", "mid");
        first.inject(new Fault.NeverComesBack());
        goesDown(first, "mid");
        formerServerEnds();
        second.stage(Rig.NEW);
        mayRead("mid");
        try (FleetWatcher watcher = FleetWatcher.start(rig.admin, rig.journal)) {
            importing("mid");
            OperatorProcess operator = operator(_ -> {});
            Instant switched = Instant.now();
            address.leadsTo(operator.port());

            Rig.await().untilAsserted(() -> assertThat(annotations("mid")).doesNotContainKey(wish()));
            assertThat(rig.holder("mid", "mid-1")).hasValueSatisfying(h -> {
                assertThat(h.getPhase()).isEqualTo(Phase.Rebooting);
                assertThat(h.getImportedFrom()).isEqualTo("default/fleetlock-mid");
                assertThat(rig.node("mid-1").getMetadata().getAnnotations())
                        .containsEntry(RebootGroup.CORDONED_ANNOTATION, h.getToken());
            });
            Rig.await()
                    .untilAsserted(
                            () -> assertThat(rig.events("RebootGroup", "mid"))
                                    .anyMatch(
                                            e -> e.startsWith(
                                                    "HolderImported: mid-1 holds a slot, taken over from Lease default/fleetlock-mid")));
            Rig.await()
                    .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Sent.class, "mid-2"))
                            .anyMatch(s -> s.api() == Api.PRE_REBOOT && s.at().isAfter(switched)));
            first.repair();

            Rig.await(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(rig.updated("mid", first)).isTrue();
                assertThat(rig.updated("mid", second)).isTrue();
            });
            assertThat(rig.journal
                            .entries(Journal.Down.class, "mid-2")
                            .getFirst()
                            .at())
                    .as("the second goes down when the first is back")
                    .isAfter(boot(first).at());
            assertThat(rig.journal.entries(Journal.Boot.class, "mid-1")).hasSize(1);
            assertThat(rig.journal.entries(Journal.Boot.class, "mid-2")).hasSize(1);
            assertThat(watcher.awaitCurrent(Duration.ofSeconds(5))).isTrue();
            assertThat(watcher.violations()).isEmpty();
            assertThat(watcher.heldAtMost("mid")).isEqualTo(1);
        }
    }

    @Test
    void aMachineThatIsBackAlreadyIsUncordonedAndFreedAndNotTakenOverTwice() throws Exception {
        SimulatedMachine machine = machine("back-1", "back");
        goesDown(machine, "back");
        formerServerEnds();
        Rig.await()
                .until(() -> machine.bootId()
                                .equals(rig.node("back-1")
                                        .getStatus()
                                        .getNodeInfo()
                                        .getBootID())
                        && !rig.journal.entries(Journal.Boot.class, "back-1").isEmpty());
        mayRead("back");
        importing("back");
        OperatorProcess operator = operator(_ -> {});
        Rig.await().untilAsserted(() -> assertThat(rig.holder("back", "back-1")).isPresent());
        address.leadsTo(operator.port());

        Rig.await().untilAsserted(() -> assertThat(rig.updated("back", machine)).isTrue());
        Rig.await()
                .untilAsserted(() -> assertThat(rig.events("Node", "back-1"))
                        .anyMatch(e -> e.startsWith("Verified") && e.contains("whether it rebooted before")));
        assertThat(former.holder("back")).as("its Lease still names it").isEqualTo(machine.agentId());
        rig.annotate("back", wish(), "default/fleetlock-back");
        Rig.await().untilAsserted(() -> {
            assertThat(annotations("back")).doesNotContainKey(wish());
            assertThat(rig.events("RebootGroup", "back"))
                    .anyMatch(e -> e.startsWith("NothingToImport") && e.contains("was taken over before"));
        });
        rig.admin
                .leases()
                .inNamespace(FormerServer.NAMESPACE)
                .withName(FormerServer.lease("back"))
                .delete();
        rig.annotate("back", wish(), "default/fleetlock-back");
        tells("back", "was taken over before, and is gone");
        Rig.await().untilAsserted(() -> assertThat(annotations("back")).doesNotContainKey(wish()));
        assertThat(rig.holder("back", "back-1")).isEmpty();
        assertThat(rig.journal.entries(Journal.Boot.class, "back-1")).hasSize(1);
    }

    /** The right to read the Lease comes late: a report that was answered 200 before would be lost, and with it the slot. */
    @Test
    void aMachineThatReportsBeforeItsLeaseCanBeReadIsFreedByItsRepeatedReport() throws Exception {
        SimulatedMachine machine = machine("early-1", "early");
        goesDown(machine, "early");
        formerServerEnds();
        importing("early");
        OperatorProcess operator = operator(_ -> {});
        tells("early", "NotImported: Lockkeeper may not read Lease default/fleetlock-early");
        address.leadsTo(operator.port());
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Answered.class, "early-1"))
                        .anyMatch(a -> a.api() == Api.STEADY_STATE && a.status() == 423));
        assertThat(rig.holder("early", "early-1")).isEmpty();

        mayRead("early");
        tells("early", "HolderImported: early-1 holds a slot");
        Rig.await(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(rig.updated("early", machine)).isTrue());
        assertThat(rig.read("early").getStatus().getHolders()).isEmpty();
        assertThat(rig.journal.entries(Journal.Boot.class, "early-1")).hasSize(1);
    }

    /** The former server had no time to answer, or users were logged in: it asks again, so it is still up. */
    @Test
    void aMachineThatAsksOnceMoreIsDrainedBeforeItIsTold() throws Exception {
        SimulatedMachine machine = machine("again-1", "again");
        machine.usersLoggedIn(true);
        machine.stage(Rig.NEW);
        Rig.await().until(() -> machine.agentId().equals(former.holder("again")));
        formerServerEnds();
        mayRead("again");
        importing("again");
        OperatorProcess operator = operator(_ -> {});
        Rig.await().untilAsserted(() -> assertThat(annotations("again")).doesNotContainKey(wish()));
        String token = rig.holder("again", "again-1").orElseThrow().getToken();
        address.leadsTo(operator.port());

        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("again", "again-1")).hasValueSatisfying(h -> {
                    assertThat(h.getToken())
                            .as("what was seen before does not count")
                            .isNotEqualTo(token);
                    assertThat(rig.node("again-1").getMetadata().getAnnotations())
                            .containsEntry(RebootGroup.CORDONED_ANNOTATION, h.getToken());
                    assertThat(h.getDrain()).as("drained here").isNotNull();
                    assertThat(h.getImportedFrom()).isNull();
                }));
        machine.usersLoggedIn(false);
        Rig.await()
                .untilAsserted(() -> assertThat(rig.updated("again", machine)).isTrue());
        assertThat(rig.journal.entries(Journal.Boot.class, "again-1")).hasSize(1);
    }

    // ---- what is in the way

    @Test
    void whatIsInTheWayIsToldAndChangesNothing() {
        MachineSpec member = rig.node("odd-1", "other");
        rig.admin
                .nodes()
                .withName("odd-1")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"unschedulable\":true}}");
        rig.group("other");
        Map<String, String> holders = Map.of(
                "free", "", "nobody", "0".repeat(32), "other-group", member.agentId(), "unread", member.agentId());
        holders.forEach((group, holder) ->
                rig.admin.resource(FormerServer.of(group, holder)).create());
        Stream.of("free", "nobody", "other-group", "absent").forEach(MigrationIT::mayRead);
        Stream.of("free", "nobody", "other-group", "absent", "unread").forEach(MigrationIT::importing);
        rig.group("typo");
        rig.annotate("typo", wish(), "fleetlock-typo");
        rig.group("foreign");
        rig.annotate("foreign", wish(), "default/fleetlock-free");
        OperatorProcess operator = operator(_ -> {});

        tells("free", "NothingToImport: Nobody holds Lease default/fleetlock-free");
        tells(
                "nobody",
                "NotImported: The holder of Lease default/fleetlock-nobody, " + "0".repeat(32) + ", matches no node");
        tells(
                "other-group",
                "is no member of this RebootGroup, nor of another one for the agents' group 'other-group'");
        tells("absent", "NotImported: There is no Lease default/fleetlock-absent");
        tells(
                "unread",
                "--resource-name=fleetlock-unread; kubectl -n default create rolebinding lockkeeper-import"
                        + " --role=lockkeeper-import --user=system:serviceaccount:lockkeeper:lockkeeper");
        tells("typo", "NotImported: 'fleetlock-typo' is not the name of a Lease");
        tells("foreign", "belongs to agents of the group 'free', and this RebootGroup serves 'foreign'");
        Rig.await().untilAsserted(() -> assertThat(annotations("free")).doesNotContainKey(wish()));
        for (String group : List.of("nobody", "other-group", "absent", "unread", "typo", "foreign")) {
            assertThat(annotations(group)).as(group).containsKey(wish());
            Rig.await()
                    .untilAsserted(() -> assertThat(rig.read(group).getStatus().getConditions())
                            .as(group)
                            .anyMatch(c -> c.getType().equals("Ready")
                                    && c.getMessage().contains("is to be taken over first")));
        }
        for (String group : List.of("free", "nobody", "other-group", "absent", "unread", "typo", "foreign")) {
            assertThat(rig.read(group).getStatus().getSlots().getHeld())
                    .as(group)
                    .isZero();
        }
        assertThat(rig.node("odd-1").getSpec().getUnschedulable())
                .as("a person's cordon")
                .isTrue();
        assertThat(Rig.cordonedByUs(rig.node("odd-1"))).isFalse();
    }

    private static void tells(String group, String sentence) {
        Rig.await()
                .untilAsserted(
                        () -> assertThat(rig.events("RebootGroup", group)).anyMatch(e -> e.contains(sentence)));
    }

    /** The former server still runs, and its machine is steady again before the taking over has ended. */
    @Test
    void aSlotWhoseLeaseIsFreedMeanwhileIsGivenBack() throws Exception {
        SimulatedMachine machine = machine("live-1", "live");
        machine.inject(new Fault.NeverComesBack());
        goesDown(machine, "live");
        mayRead("live");
        importing("live");
        OperatorProcess doomed = operator(o -> o.set("LOCKKEEPER_TESTING_HALT_AT", "AFTER_IMPORT"));
        Rig.await().until(() -> !doomed.alive());
        machine.repair();
        Rig.await().until(() -> former.holder("live") == null);

        doomed.relaunch("LOCKKEEPER_TESTING_HALT_AT", null);
        doomed.awaitReady();
        Rig.await().untilAsserted(() -> {
            assertThat(rig.updated("live", machine)).isTrue();
            assertThat(annotations("live")).doesNotContainKey(wish());
        });
        tells("live", "NotImported: live-1 gives its slot back");
    }

    // ---- crashes

    static Stream<String> steps() {
        boolean all = Double.parseDouble(System.getProperty("lockkeeper.test.scale", "0.1")) >= 1;
        return all
                ? Stream.of(
                        "BEFORE_IMPORT",
                        "AFTER_IMPORT",
                        "BEFORE_ADOPT",
                        "AFTER_ADOPT",
                        "BEFORE_IMPORTED",
                        "AFTER_IMPORTED")
                : Stream.of("AFTER_IMPORT", "AFTER_ADOPT");
    }

    @ParameterizedTest
    @MethodSource("steps")
    void aCrashAtAnyStepLeavesOneHolderAndEndsWithTheSlotFree(String step) throws Exception {
        String group = step.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        SimulatedMachine machine = machine(group + "-1", group);
        machine.inject(new Fault.NeverComesBack());
        goesDown(machine, group);
        formerServerEnds();
        mayRead(group);
        importing(group);
        OperatorProcess doomed = operator(o -> o.set("LOCKKEEPER_TESTING_HALT_AT", step));
        try (FleetWatcher watcher = FleetWatcher.start(rig.admin, rig.journal)) {
            Rig.await().until(() -> !doomed.alive());
            assertThat(doomed.await()).as("killed at %s", step).isEqualTo(137);
            // It comes back while nobody leads.
            machine.repair();
            doomed.relaunch("LOCKKEEPER_TESTING_HALT_AT", null);
            doomed.awaitReady();
            address.leadsTo(doomed.port());

            Rig.await().untilAsserted(() -> {
                assertThat(annotations(group)).doesNotContainKey(wish());
                assertThat(rig.updated(group, machine)).isTrue();
            });
            assertThat(watcher.heldAtMost(group)).isEqualTo(1);
            assertThat(rig.read(group).getStatus().getHolders()).isEmpty();
            assertThat(rig.journal.entries(Journal.Boot.class, machine.name())).hasSize(1);
        }
    }

    // ---- and back

    /** With the Lease that the guide says to make. */
    @Test
    void theFormerServerTakesAHolderBack() throws Exception {
        SimulatedMachine first = machine("home-1", "home");
        SimulatedMachine second = machine("home-2", "home");
        rig.group("home");
        OperatorProcess operator = operator(_ -> {});
        address.leadsTo(operator.port());
        first.inject(new Fault.NeverComesBack());
        first.stage(Rig.NEW);
        Rig.await()
                .until(() -> !rig.journal.entries(Journal.Down.class, "home-1").isEmpty());
        second.stage(Rig.NEW);
        operator.kill();
        address.leadsNowhere();

        rig.admin
                .resource(leaseOfTheGuide("home", first.agentId()))
                .forceConflicts()
                .serverSideApply();
        rig.admin
                .nodes()
                .withName("home-1")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"" + RebootGroup.CORDONED_ANNOTATION + "\":null}}}");
        address.leadsTo(former.port());
        Instant back = Instant.now();
        Rig.await()
                .untilAsserted(() -> assertThat(rig.journal.entries(Journal.Answered.class, "home-2"))
                        .anyMatch(a -> a.api() == Api.PRE_REBOOT
                                && a.status() == 423
                                && a.askedAt().isAfter(back)));
        first.repair();
        Rig.await().untilAsserted(() -> {
            assertThat(first.version()).isEqualTo(Rig.NEW);
            assertThat(second.version()).isEqualTo(Rig.NEW);
            assertThat(former.holder("home")).isNull();
            for (String node : List.of("home-1", "home-2")) {
                assertThat(Boolean.TRUE.equals(rig.node(node).getSpec().getUnschedulable()))
                        .as(node)
                        .isFalse();
            }
        });
        assertThat(rig.journal.entries(Journal.Boot.class, "home-1")).hasSize(1);
        assertThat(rig.journal.entries(Journal.Boot.class, "home-2")).hasSize(1);
    }

    private static Lease leaseOfTheGuide(String group, String id) throws IOException {
        String guide = Files.readString(Manifests.root().resolve("docs/typhoon.md"));
        Matcher lease = Pattern.compile("(?s)```yaml\n(apiVersion: coordination.k8s.io/v1\nkind: Lease\n.*?)```")
                .matcher(guide);
        assertThat(lease.find()).isTrue();
        String yaml = lease.group(1)
                .replace("fleetlock-default", FormerServer.lease(group))
                .replace("<id>", id);
        return (Lease) rig.admin
                .load(new java.io.ByteArrayInputStream(yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .items()
                .getFirst();
    }

    // ---- words of these tests

    private OperatorProcess operator(Consumer<OperatorProcess.Builder> settings) {
        OperatorProcess operator = rig.operator(settings);
        operators.add(operator);
        return operator;
    }

    private static String wish() {
        return RebootGroup.IMPORT_LEASE_ANNOTATION;
    }

    private SimulatedMachine machine(String name, String group) {
        AgentSettings settings = AgentSettings.of(address.url(), group).withTimeScale(Rig.SCALE);
        SimulatedMachine machine =
                rig.agent(rig.node(name, group), settings, RebootShape.USUAL.withDownFor(Duration.ofSeconds(60)));
        former.knows(machine);
        return machine;
    }

    /** The former server lets it, and holds its Lease and a cordon for it. */
    private void goesDown(SimulatedMachine machine, String group) {
        machine.stage(Rig.NEW);
        Rig.await()
                .until(() ->
                        !rig.journal.entries(Journal.Down.class, machine.name()).isEmpty());
        assertThat(former.holder(group)).isEqualTo(machine.agentId());
        assertThat(rig.node(machine.name()).getSpec().getUnschedulable()).isTrue();
    }

    private void formerServerEnds() {
        address.leadsNowhere();
    }

    private static Journal.Boot boot(SimulatedMachine machine) {
        return rig.journal.entries(Journal.Boot.class, machine.name()).getFirst();
    }

    /** The right that the guide has one give, for one Lease. */
    private static void mayRead(String group) {
        String name = "lockkeeper-import-" + group;
        rig.admin
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withNamespace(FormerServer.NAMESPACE)
                        .withName(name)
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("coordination.k8s.io")
                        .withResources("leases")
                        .withResourceNames(FormerServer.lease(group))
                        .withVerbs("get")
                        .endRule()
                        .build())
                .create();
        rig.admin
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withNamespace(FormerServer.NAMESPACE)
                        .withName(name)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", name)
                        .addNewSubject("", "ServiceAccount", Manifests.SERVICE_ACCOUNT, Manifests.NAMESPACE)
                        .build())
                .create();
    }

    /** A group that takes its Lease over from its beginning on. */
    private static void importing(String group) {
        rig.group(group);
        rig.annotate(group, wish(), FormerServer.NAMESPACE + "/" + FormerServer.lease(group));
    }

    private static Map<String, String> annotations(String group) {
        return Optional.ofNullable(rig.read(group).getMetadata().getAnnotations())
                .orElse(Map.of());
    }
}
