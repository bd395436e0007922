package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.DrainMode;
import dev.lockkeeper.crds.v1alpha1.Machines;
import dev.lockkeeper.crds.v1alpha1.OnFailure;
import dev.lockkeeper.crds.v1alpha1.Phase;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.SecretReference;
import dev.lockkeeper.system.RawHttp.Answer;
import dev.lockkeeper.testbed.control.Part;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every answer that the lock gives, to the last byte, over the network and in the state that calls for it. Nothing is held here, so
 * each request is answered with how things stand.
 */
class AnswersIT {

    private static final String SHAPE =
            "The body is not {\\\"client_params\\\":{\\\"id\\\":\\\"...\\\",\\\"group\\\":\\\"...\\\"}}: ";

    private static Rig rig;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        operator = rig.operator(o -> o.set("LOCKKEEPER_AGENT_MAX_HOLD", "PT0S"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    // ---- how a state is reached and an answer read

    private static Answer raw(String request) {
        return RawHttp.exchange(operator.port(), request.getBytes(StandardCharsets.UTF_8));
    }

    private static Answer preReboot(MachineSpec machine, String group) {
        return preReboot(machine.agentId(), group);
    }

    private static Answer preReboot(String id, String group) {
        return RawHttp.exchange(operator.port(), RawHttp.request(RawHttp.PRE_REBOOT, id, group));
    }

    private static Answer steadyState(MachineSpec machine, String group) {
        return RawHttp.exchange(operator.port(), RawHttp.request(RawHttp.STEADY_STATE, machine.agentId(), group));
    }

    private static String json(int status, String kind, String value) {
        return status + " {\"kind\":\"" + kind + "\",\"value\":\"" + value + "\"}";
    }

    private static void assertIs(Answer answer, int status, String kind, String value) {
        assertThat(answer.text()).isEqualTo(json(status, kind, value));
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
    }

    /** For sentences with a span of time in them: it is written as {@code #} and stands for seconds. */
    private static void assertLike(Answer answer, int status, String kind, String value) {
        assertThat(answer.text().replaceAll("\\b[0-9]+s\\b", "#")).isEqualTo(json(status, kind, value));
    }

    /** A group whose nodes, named like it with a number, are counted, and known to the operator's caches. */
    private static List<MachineSpec> group(String name, int nodes, Consumer<RebootGroupSpec> change) {
        rig.group(name, change);
        List<MachineSpec> machines = java.util.stream.IntStream.rangeClosed(1, nodes)
                .mapToObj(i -> rig.node(name + "-" + i, name))
                .toList();
        awaitFigure("members", name, nodes);
        return machines;
    }

    private static MachineSpec single(String name, Consumer<RebootGroupSpec> change) {
        return group(name, 1, change).getFirst();
    }

    private static MachineSpec single(String name) {
        return single(name, _ -> {});
    }

    /** The metrics are made from the operator's caches, so what they show is what the next answer is made from. */
    private static void awaitFigure(String figure, String group, int value) {
        String line = "lockkeeper_group_" + figure + "{group=\"" + group + "\"} " + value + ".0";
        Rig.await()
                .untilAsserted(() ->
                        assertThat(operator.management("/q/metrics").body()).contains(line));
    }

    private static void awaitPhase(String group, String node, Phase phase) {
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder(group, node))
                        .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(phase)));
    }

    private static void awaitNoHolder(String group, String node) {
        Rig.await().untilAsserted(() -> assertThat(rig.holder(group, node)).isEmpty());
    }

    /** Asks until the machine may reboot. */
    private static void tell(MachineSpec machine, String group) {
        Rig.await().until(() -> preReboot(machine, group).status() == 200);
    }

    /** A pod on the group's nodes that a budget keeps there; returns its name. */
    private static String blockedPod(String group) {
        Workloads workloads = Workloads.inNewNamespace(rig.admin, group);
        workloads.minAvailable("db", "db", new IntOrString(1));
        workloads.awaitReady(workloads.deployment("db", 1, PodShape.PLAIN.onNodesWith("group", group)));
        return rig.admin
                .pods()
                .inNamespace(group)
                .list()
                .getItems()
                .getFirst()
                .getMetadata()
                .getName();
    }

    // ---- what is no request of the protocol

    @Test
    void anUnknownPath() {
        String value =
                "There is nothing at this path: agents ask /v1/pre-reboot, /v1/steady-state and /v1/graph (base_url must"
                        + " end before v1, with a slash).";
        for (String path : List.of("/", "/v1", "/v1/", "/v1/pre-reboot/", "//v1/pre-reboot", "/V1/pre-reboot")) {
            assertIs(raw("POST " + path + " HTTP/1.1\r\nhost: x\r\n\r\n"), 404, "not_found", value);
            assertIs(raw("GET " + path + " HTTP/1.1\r\nhost: x\r\n\r\n"), 404, "not_found", value);
        }
    }

    @Test
    void aLongUri() {
        String longest = "/v1/pre-reboot?" + "x".repeat(8192 - "/v1/pre-reboot?".length());
        assertThat(raw("POST " + longest + " HTTP/1.1\r\nhost: x\r\n\r\n").status())
                .isEqualTo(400);
        assertIs(
                raw("POST " + longest + "x HTTP/1.1\r\nhost: x\r\n\r\n"),
                414,
                "uri_too_long",
                "The URI is longer than 8192 bytes.");
        assertIs(
                raw("POST /" + "x".repeat(70_000) + " HTTP/1.1\r\nhost: x\r\n\r\n"),
                414,
                "uri_too_long",
                "The URI is longer than 8192 bytes.");
    }

    @Test
    void aMissingHeader() {
        String rest = ": this address answers FleetLock agents only.";
        for (String path : List.of(RawHttp.PRE_REBOOT, RawHttp.STEADY_STATE)) {
            assertIs(
                    raw("POST " + path + " HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"),
                    400,
                    "missing_header",
                    "The header 'fleet-lock-protocol: true' is missing" + rest);
            assertIs(
                    raw("GET " + path + " HTTP/1.1\r\nhost: x\r\n\r\n"),
                    400,
                    "missing_header",
                    "The header 'fleet-lock-protocol: true' is missing" + rest);
            assertIs(
                    raw("POST " + path
                            + " HTTP/1.1\r\nhost: x\r\nfleet-lock-protocol: yes\r\ncontent-length: 2\r\n\r\n{}"),
                    400,
                    "missing_header",
                    "The header 'fleet-lock-protocol: true' has another value" + rest);
        }
    }

    @Test
    void aBodyThatIsNotTheProtocols() {
        assertBody("", "it is empty.");
        assertBody("[]", "it is no JSON object.");
        assertBody("{}", "client_params is missing.");
        assertBody("{\"client_params\":1}", "client_params is no object.");
        assertBody("{\"client_params\":{\"id\":\"a\"}}", "client_params.group is missing.");
        assertBody("{\"client_params\":{\"group\":\"a\"}}", "client_params.id is missing.");
        assertBody("{\"client_params\":{\"id\":1,\"group\":\"a\"}}", "client_params.id is no string.");
        assertBody("{\"client_params\":{\"id\":\"a\",\"group\":\"a\"}} x", null);
        assertBody("{\"client_params\":{\"id\":\"a\",\"group\":\"a\"}", "it ends too early.");
        assertBody("[".repeat(2000), "it is no JSON object.");
        assertBody(
                "{\"a\":" + "[".repeat(2000),
                "it is nested deeper than 16 levels, or a number or name in it is too long.");
    }

    private static void assertBody(String body, String why) {
        for (String path : List.of(RawHttp.PRE_REBOOT, RawHttp.STEADY_STATE)) {
            Answer answer = RawHttp.exchange(operator.port(), RawHttp.post(path, body));
            if (why == null) {
                assertThat(answer.text()).startsWith("400 {\"kind\":\"decode_error\",\"value\":\"" + SHAPE);
            } else {
                assertIs(answer, 400, "decode_error", SHAPE + why);
            }
        }
    }

    @Test
    void anInvalidClient() {
        String id =
                "client_params.id must be 1 to 64 characters of 0-9, A-Z, a-z and '-'; Zincati sends 32 hex digits.";
        for (String wrong : List.of("", "a b", "ä", "a_b", "../x", "a".repeat(65))) {
            assertIs(preReboot(wrong, "workers"), 400, "invalid_client", id);
        }
        String group =
                "client_params.group must be 1 to 63 characters of a-z, A-Z, 0-9, '.' and '-': correct the group in"
                        + " the agent's [identity] section.";
        for (String wrong : List.of("", "a b", "ä", "a_b", "a/b", "a".repeat(64))) {
            assertIs(preReboot("a".repeat(64), wrong), 400, "invalid_client", group);
        }
    }

    @Test
    void aBodyThatIsTooLarge() {
        String value = "The body is longer than 16384 bytes; a FleetLock request takes about 100.";
        String body = "{\"client_params\":{\"id\":\"a\",\"group\":\"nobody\"}}";
        String largest = body + " ".repeat(16_384 - body.length());
        assertThat(RawHttp.exchange(operator.port(), RawHttp.post(RawHttp.PRE_REBOOT, largest))
                        .status())
                .isEqualTo(404);
        assertIs(
                RawHttp.exchange(operator.port(), RawHttp.post(RawHttp.PRE_REBOOT, largest + " ")),
                413,
                "body_too_large",
                value);
        String chunk = Integer.toHexString(largest.length() + 1) + "\r\n" + largest + " \r\n0\r\n\r\n";
        assertIs(
                raw("POST /v1/pre-reboot HTTP/1.1\r\nhost: x\r\nfleet-lock-protocol: true\r\n"
                        + "transfer-encoding: chunked\r\n\r\n" + chunk),
                413,
                "body_too_large",
                value);
    }

    @Test
    void anotherMethodThanPost() {
        for (String method : List.of("GET", "PUT", "DELETE", "PATCH", "OPTIONS")) {
            Answer answer = raw(method + " /v1/steady-state HTTP/1.1\r\nhost: x\r\nfleet-lock-protocol: true\r\n\r\n");
            assertIs(answer, 405, "method_not_allowed", "FleetLock requests are POST requests: send this one by POST.");
            assertThat(answer.headers()).containsEntry("allow", "POST");
        }
    }

    // ---- who asks, and for which group

    @Test
    void aMissingPassword() {
        rig.admin
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("secured")
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .addToStringData("password", "right")
                        .build())
                .create();
        MachineSpec machine = single("secured", spec -> spec.setClientSecretRef(secret("secured")));
        String missing = "The group 'secured' asks for a password: put it into the agent's base_url as user:password@.";
        for (Answer answer : List.of(
                preReboot(machine, "secured"), steadyState(machine, "secured"), preReboot("stranger", "secured"))) {
            assertIs(answer, 401, "unauthorized", missing);
            assertThat(answer.headers())
                    .containsEntry("www-authenticate", "Basic realm=\"lockkeeper\", charset=\"UTF-8\"");
        }
        for (String path : List.of(RawHttp.PRE_REBOOT, RawHttp.STEADY_STATE)) {
            assertIs(
                    RawHttp.exchange(
                            operator.port(),
                            RawHttp.request(path, machine.agentId(), "secured", RawHttp.basic("x", "wrong"))),
                    401,
                    "unauthorized",
                    "The password is not one of those of the group 'secured'.");
        }
    }

    private static SecretReference secret(String name) {
        SecretReference secret = new SecretReference();
        secret.setName(name);
        return secret;
    }

    @Test
    void anUnknownGroupIsToldWhichThereAre() {
        group("a-first", 0, spec -> spec.setGroup("A.First"));
        Rig.await().untilAsserted(() -> {
            List<String> groups = rig.admin.resources(RebootGroup.class).list().getItems().stream()
                    .map(g -> Optional.ofNullable(g.getSpec().getGroup())
                            .orElse(g.getMetadata().getName()))
                    .distinct()
                    .sorted()
                    .limit(10)
                    .toList();
            assertThat(groups).contains("A.First");
            assertIs(
                    preReboot("some-machine", "nobody"),
                    404,
                    "unknown_group",
                    "No RebootGroup serves 'nobody' (there are: " + String.join(", ", groups) + ").");
        });
    }

    @Test
    void aNodeInTwoRebootGroupsOfOneGroup() {
        rig.group("two-a", spec -> spec.setGroup("two"));
        rig.group("two-b", spec -> {
            spec.setGroup("two");
            spec.getNodeSelector().setMatchLabels(java.util.Map.of("group", "two-a"));
        });
        MachineSpec machine = rig.node("two-1", "two-a");
        awaitFigure("members", "two-a", 1);
        awaitFigure("members", "two-b", 1);
        assertIs(
                preReboot(machine, "two"),
                409,
                "ambiguous_group",
                "Node two-1 is in 2 RebootGroups of 'two' (two-a, two-b): change their nodeSelectors so that one"
                        + " remains.");
    }

    @Test
    void anIdThatMatchesNoNode() {
        single("nodes-only");
        assertIs(
                preReboot("0123456789abcdef0123456789abcdef", "nodes-only"),
                403,
                "unknown_machine",
                "The id 0123456789abcdef0123456789abcdef matches no node, and 'nodes-only' is for nodes only. If the"
                        + " machine is no node, set machines: NodesAndOthers; if it is, its kubelet reports another"
                        + " machine-id.");
    }

    @Test
    void anIdThatMatchesTwoNodes() {
        rig.group("twins");
        MachineSpec one = rig.node("twins-1", "twins");
        rig.register(MachineSpec.of("twins-2", 99).withLabel("group", "twins").withMachineId(one.machineId()));
        awaitFigure("members", "twins", 2);
        assertIs(
                preReboot(one, "twins"),
                409,
                "ambiguous_machine",
                "The id " + one.agentId()
                        + " belongs to 2 nodes (twins-1, twins-2): give each machine a machine-id of its own.");
    }

    @Test
    void aNodeOutsideTheGroupsSelectors() {
        MachineSpec machine = single("its-own");
        single("another");
        assertIs(
                preReboot(machine, "another"),
                403,
                "wrong_group",
                "Node its-own-1 is no member of 'another': no RebootGroup of that group selects it. Change the agent's"
                        + " group or the node's labels.");
    }

    // ---- what the group's slots come to

    @Test
    void aHeldSlotAndARepeatAfterBeingTold() {
        List<MachineSpec> machines = group("held", 2, _ -> {});
        tell(machines.getFirst(), "held");
        assertIs(preReboot(machines.getFirst(), "held"), 200, "granted", "held-1 may reboot now.");
        assertIs(preReboot(machines.getFirst(), "held"), 200, "granted", "held-1 may reboot now.");
        assertThat(rig.holder("held", "held-1").orElseThrow().getPhase()).isEqualTo(Phase.Rebooting);
        awaitFigure("slots_held", "held", 1);
        assertLike(
                preReboot(machines.getLast(), "held"), 423, "lock_held", "held-1 holds 1 of 1 slots, Rebooting for #.");
    }

    @Test
    void twoHeldSlots() {
        List<MachineSpec> machines = group("both", 3, spec -> spec.setSlots(new IntOrString(2)));
        tell(machines.get(0), "both");
        tell(machines.get(1), "both");
        awaitFigure("slots_held", "both", 2);
        assertLike(
                preReboot(machines.get(2), "both"),
                423,
                "lock_held",
                "2 of 2 slots are held: both-1 Rebooting for #; both-2 Rebooting for #.");
    }

    @Test
    void aDrainThatRunsAndOneThatIsBlocked() {
        MachineSpec machine = single("drained");
        String pod = blockedPod("drained");
        assertIs(preReboot(machine, "drained"), 423, "draining", "drained-1 Draining for 0s.");
        Rig.await()
                .untilAsserted(() -> assertLike(
                        preReboot(machine, "drained"),
                        423,
                        "drain_blocked",
                        "drained-1 Draining for #: pod drained/" + pod
                                + " blocked by PDB drained/db (0 disruptions allowed)."));
        assertThat(rig.holder("drained", "drained-1").orElseThrow().getPhase()).isEqualTo(Phase.Draining);
    }

    @Test
    void aDrainThatWasGivenUp() {
        MachineSpec machine = single("given-up", spec -> spec.getDrain().setTimeout("1s"));
        blockedPod("given-up");
        assertIs(preReboot(machine, "given-up"), 423, "draining", "given-up-1 Draining for 0s.");
        Rig.await()
                .until(() -> rig.events("RebootGroup", "given-up").stream().anyMatch(e -> e.startsWith("SlotFreed")));
        awaitFigure("slots_held", "given-up", 0);
        assertIs(
                preReboot(machine, "given-up"),
                423,
                "drain_backoff",
                "The last drain of this machine was given up (1 in a row); it may ask again in 29m.");
    }

    @Test
    void aPausedGroup() {
        MachineSpec machine = single("paused", spec -> spec.setPaused(true));
        assertIs(preReboot(machine, "paused"), 423, "paused", "paused is paused: spec.paused is true.");
        assertThat(rig.read("paused").getStatus().getHolders()).isNullOrEmpty();
    }

    @Test
    void aGroupThatIsPausedByItsAnnotation() {
        MachineSpec machine = single("annotated");
        rig.annotate("annotated", "lockkeeper.dev/paused", "storage \\\"A\\\" is rebuilt");
        awaitFigure("paused", "annotated", 1);
        assertIs(preReboot(machine, "annotated"), 423, "paused", "annotated is paused: storage \\\"A\\\" is rebuilt.");
    }

    @Test
    void aNodeThatIsPausedByItsAnnotation() {
        // The group is paused too, so that no slot is given before the operator sees the node's annotation.
        MachineSpec machine = single("node-paused", spec -> spec.setPaused(true));
        rig.admin
                .nodes()
                .withName("node-paused-1")
                .patch("{\"metadata\":{\"annotations\":{\"lockkeeper.dev/paused\":\"disk is copied\"}}}");
        Rig.await()
                .untilAsserted(() -> assertIs(
                        preReboot(machine, "node-paused"),
                        423,
                        "paused",
                        "Node node-paused-1 is paused: disk is copied."));
    }

    @Test
    void anotherNodeThatIsNotReady() throws InterruptedException {
        List<MachineSpec> machines = group("unready", 2, _ -> {});
        SimulatedMachine other = rig.agent(machines.getLast(), "unready", operator);
        other.becomesUnready();
        awaitFigure("unready", "unready", 1);
        assertLike(
                preReboot(machines.getFirst(), "unready"),
                423,
                "nodes_unready",
                "No slot: unready-2, NotReady for #, uses it. Repair it or delete the Node.");
        other.becomesReady();
        awaitFigure("unready", "unready", 0);
        assertIs(preReboot(machines.getFirst(), "unready"), 423, "draining", "unready-1 Draining for 0s.");
    }

    @Test
    void moreParkedMachinesThanMaxParked() {
        List<MachineSpec> machines = group("parking", 2, spec -> {
            spec.getVerify().setMaxParked(0);
            spec.getVerify().setTimeout("2s");
        });
        SimulatedMachine failing = rig.agent(machines.getFirst(), "parking", operator);
        failing.inject(new Fault.ComesBackNotReady());
        failing.stage(Rig.NEW);
        awaitFigure("parked", "parking", 1);
        awaitFigure("slots_held", "parking", 0);
        assertIs(
                preReboot(machines.getLast(), "parking"),
                423,
                "nodes_unready",
                "No slot: 1 machine is parked after a failure, more than maxParked 0. Repair them, or free them with the"
                        + " annotation lockkeeper.dev/free-slot.");
    }

    // ---- what a holder is told in each phase

    @Test
    void verifyingToBothRequests() {
        MachineSpec machine = single("verifying", spec -> {
            spec.getVerify().setMinReady("5m");
            spec.getVerify().setTimeout("10m");
        });
        tell(machine, "verifying");
        assertLike(steadyState(machine, "verifying"), 423, "verifying", "verifying-1 Verifying for #.");
        awaitPhase("verifying", "verifying-1", Phase.Verifying);
        Rig.await()
                .untilAsserted(() -> assertLike(
                        preReboot(machine, "verifying"),
                        423,
                        "verifying",
                        "verifying-1 Verifying for #: its last reboot is still being verified."));
        assertLike(steadyState(machine, "verifying"), 423, "verifying", "verifying-1 Verifying for #.");
    }

    @Test
    void aVerifyingMachineIsCalledSoFromTheFirstAnswerOn() {
        List<MachineSpec> machines = group("cached", 20, spec -> {
            spec.setSlots(new IntOrString(20));
            spec.setDrain(none());
            spec.getVerify().setMinReady("5m");
            spec.getVerify().setTimeout("10m");
        });
        machines.forEach(m -> tell(m, "cached"));
        for (MachineSpec machine : machines) {
            assertLike(steadyState(machine, "cached"), 423, "verifying", machine.name() + " Verifying for #.");
        }
    }

    private static dev.lockkeeper.crds.v1alpha1.DrainSpec none() {
        var drain = new dev.lockkeeper.crds.v1alpha1.DrainSpec();
        drain.setMode(DrainMode.None);
        return drain;
    }

    @Test
    void steadyStateOfWhoHoldsNothing() {
        MachineSpec machine = single("nothing");
        String version = rig.read("nothing").getMetadata().getResourceVersion();
        assertIs(steadyState(machine, "nothing"), 200, "released", machine.agentId() + " holds no slot.");
        assertIs(
                RawHttp.exchange(operator.port(), RawHttp.request(RawHttp.STEADY_STATE, "stranger", "no-such-group")),
                200,
                "released",
                "stranger holds no slot.");
        assertThat(rig.read("nothing").getMetadata().getResourceVersion()).isEqualTo(version);
    }

    @Test
    void steadyStateWhileDrainingGivesTheSlotBack() {
        MachineSpec machine = single("restarted");
        blockedPod("restarted");
        assertIs(preReboot(machine, "restarted"), 423, "draining", "restarted-1 Draining for 0s.");
        awaitPhase("restarted", "restarted-1", Phase.Draining);
        assertIs(steadyState(machine, "restarted"), 200, "released", machine.agentId() + " holds no slot.");
        awaitFreedAsRestarted("restarted");
    }

    @Test
    void steadyStateWhileGrantedGivesTheSlotBack() {
        MachineSpec machine = single("granted");
        assertIs(preReboot(machine, "granted"), 423, "draining", "granted-1 Draining for 0s.");
        awaitPhase("granted", "granted-1", Phase.Granted);
        assertIs(steadyState(machine, "granted"), 200, "released", machine.agentId() + " holds no slot.");
        awaitFreedAsRestarted("granted");
    }

    private static void awaitFreedAsRestarted(String group) {
        Rig.await()
                .untilAsserted(() -> assertThat(rig.events("RebootGroup", group))
                        .contains("SlotFreed: The slot of " + group
                                + "-1 is free: the agent started anew before it was told to reboot."));
        awaitNoHolder(group, group + "-1");
        assertThat(rig.node(group + "-1").getSpec().getUnschedulable()).isNotEqualTo(true);
    }

    @Test
    void aFailedMachineThatAsksAgainDrainsAnewInTheSameSlot() {
        MachineSpec machine = single("failed", spec -> {
            spec.getVerify().setOnFailure(OnFailure.Hold);
            spec.getVerify().setTimeout("2s");
        });
        SimulatedMachine failing = rig.agent(machine, "failed", operator);
        failing.inject(new Fault.ComesBackNotReady());
        failing.stage(Rig.NEW);
        awaitPhase("failed", "failed-1", Phase.Failed);
        assertIs(steadyState(machine, "failed"), 200, "released", machine.agentId() + " holds no slot.");
        String token = rig.holder("failed", "failed-1").orElseThrow().getToken();
        Rig.await()
                .untilAsserted(
                        () -> assertIs(preReboot(machine, "failed"), 423, "draining", "failed-1 Draining for 0s."));
        assertThat(rig.holder("failed", "failed-1").orElseThrow().getToken()).isNotEqualTo(token);
        assertThat(rig.read("failed").getStatus().getHolders()).hasSize(1);
    }

    @Test
    void aSlotOnItsWayBackIsWaitedForAndItsMachineIsSteady() {
        List<HasMetadata> policy = rig.admin
                .load(new ByteArrayInputStream(KEEPS_CORDONS.getBytes(StandardCharsets.UTF_8)))
                .items();
        MachineSpec machine = single("releasing");
        rig.node("releasing-probe", "none");
        policy.forEach(o -> rig.admin.resource(o).create());
        try {
            rig.admin.nodes().withName("releasing-probe").patch("{\"spec\":{\"unschedulable\":true}}");
            Rig.await().until(AnswersIT::uncordoningIsDenied);
            assertIs(preReboot(machine, "releasing"), 423, "draining", "releasing-1 Draining for 0s.");
            awaitPhase("releasing", "releasing-1", Phase.Granted);
            assertIs(steadyState(machine, "releasing"), 200, "released", machine.agentId() + " holds no slot.");
            Rig.await()
                    .untilAsserted(() -> assertLike(
                            preReboot(machine, "releasing"),
                            423,
                            "lock_held",
                            "releasing-1 holds 1 of 1 slots, Releasing for #."));
            assertIs(steadyState(machine, "releasing"), 200, "released", machine.agentId() + " holds no slot.");
            awaitPhase("releasing", "releasing-1", Phase.Releasing);
        } finally {
            policy.forEach(o -> rig.admin.resource(o).delete());
        }
        awaitNoHolder("releasing", "releasing-1");
    }

    private static boolean uncordoningIsDenied() {
        try {
            rig.admin.nodes().withName("releasing-probe").patch("{\"spec\":{\"unschedulable\":null}}");
            rig.admin.nodes().withName("releasing-probe").patch("{\"spec\":{\"unschedulable\":true}}");
            return false;
        } catch (KubernetesClientException e) {
            return Objects.requireNonNullElse(e.getMessage(), "").contains("keeps-cordons");
        }
    }

    /** Nobody can uncordon the nodes of this test, so that a slot stays on its way back. */
    private static final String KEEPS_CORDONS = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata:
              name: keeps-cordons
            spec:
              failurePolicy: Fail
              matchConstraints:
                resourceRules:
                - apiGroups: [""]
                  apiVersions: [v1]
                  operations: [UPDATE]
                  resources: [nodes]
              validations:
              - expression: >-
                  !object.metadata.name.startsWith('releasing-')
                  || !oldObject.spec.?unschedulable.orValue(false)
                  || object.spec.?unschedulable.orValue(false)
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata:
              name: keeps-cordons
            spec:
              policyName: keeps-cordons
              validationActions: [Deny]
            """;

    // ---- others than nodes

    @Test
    void aMachineThatIsNoNodeIsNamedByItsId() {
        rig.admin
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("others")
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .addToStringData("password", "right")
                        .build())
                .create();
        group("others", 0, spec -> {
            spec.setMachines(Machines.NodesAndOthers);
            spec.setClientSecretRef(secret("others"));
        });
        String right = RawHttp.basic("builder", "right");
        Rig.await()
                .untilAsserted(() -> assertIs(
                        RawHttp.exchange(
                                operator.port(), RawHttp.request(RawHttp.PRE_REBOOT, "builder-1", "others", right)),
                        200,
                        "granted",
                        "builder-1 may reboot now."));
        awaitFigure("slots_held", "others", 1);
        assertLike(
                RawHttp.exchange(operator.port(), RawHttp.request(RawHttp.PRE_REBOOT, "builder-2", "others", right)),
                423,
                "lock_held",
                "builder-1 holds 1 of 1 slots, Rebooting for #.");
        assertIs(
                RawHttp.exchange(operator.port(), RawHttp.request(RawHttp.STEADY_STATE, "builder-1", "others", right)),
                200,
                "released",
                "builder-1 holds no slot.");
    }

    // ---- the API server is away

    @Test
    void anApiServerThatCannotBeReached() {
        try (Rig own = Rig.start()) {
            // A long lease: the operator must be there to answer.
            OperatorProcess alone = own.operator(o -> o.set("LOCKKEEPER_AGENT_MAX_HOLD", "PT0S")
                    .set("LOCKKEEPER_STORE_TIMEOUT", "PT0.3S")
                    .set("LOCKKEEPER_LEADER_LEASE_DURATION", "PT2M")
                    .set("LOCKKEEPER_LEADER_RENEW_DEADLINE", "PT1M"));
            own.group("away");
            MachineSpec machine = own.node("away-1", "away");
            Rig.await()
                    .until(() -> alone.management("/q/metrics").body().contains("group_members{group=\"away\"} 1.0"));
            own.plane.pause(Part.API_SERVER);
            try {
                for (String path : List.of(RawHttp.PRE_REBOOT, RawHttp.STEADY_STATE)) {
                    Answer answer = RawHttp.exchange(alone.port(), RawHttp.request(path, machine.agentId(), "away"));
                    assertThat(answer.text())
                            .as(path)
                            .matches(
                                    "503 \\{\"kind\":\"store_unavailable\",\"value\":\"The lock's state cannot be read or"
                                            + " written now: .+[^.]\\. Ask again\\.\"}");
                }
            } finally {
                own.plane.resume(Part.API_SERVER);
            }
            Rig.await(Duration.ofSeconds(20))
                    .until(() -> RawHttp.exchange(
                                            alone.port(),
                                            RawHttp.request(RawHttp.PRE_REBOOT, machine.agentId(), "away"))
                                    .status()
                            == 200);
        }
    }
}
