package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockkeeper.crds.v1alpha1.Crds;
import dev.lockkeeper.crds.v1alpha1.Holder;
import dev.lockkeeper.crds.v1alpha1.Phase;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupDefaults;
import dev.lockkeeper.crds.v1alpha1.RebootGroupStatus;
import dev.lockkeeper.crds.v1alpha1.SlotCount;
import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.control.Kubectl;
import dev.lockkeeper.testbed.control.ToolResult;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.Manifests;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people meet at the API server: the shipped CRD, what it rejects and how it reads, and the shipped manifests. */
class CrdIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "/apis/lockkeeper.dev/v1alpha1/rebootgroups";
    private static final String DRY_RUN = PATH + "?dryRun=All";
    private static final String TIME = "2026-07-07T10:00:00.000001Z";

    private static ControlPlane plane;
    private static KubernetesClient admin;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        plane = ControlPlane.start();
        admin = plane.admin();
        Manifests.installCrds(admin);
    }

    @AfterAll
    static void stop() {
        if (plane != null) {
            plane.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'slots': 0}                | spec.slots | must be a number from 1 to 100, or a share of the members from \"1%\" to \"100%\"",
                "{'slots': -1}               | spec.slots | must be a number from 1 to 100, or a share of the members from \"1%\" to \"100%\"",
                "{'slots': 101}              | spec.slots | must be a number from 1 to 100, or a share of the members from \"1%\" to \"100%\"",
                "{'slots': '0%'}             | spec.slots | must be a number from 1 to 100, or a share of the members from \"1%\" to \"100%\"",
                "{'slots': '101%'}           | spec.slots | must be a number from 1 to 100, or a share of the members from \"1%\" to \"100%\"",
                "{'slots': 'all'}            | spec.slots | must be a number from 1 to 100, or a share of the members from \"1%\" to \"100%\"",
                "{'stuckAfter': '-1h'}       | spec.stuckAfter | must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 1h",
                "{'drain': {'timeout': '-5m'}}   | spec.drain.timeout | must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 30m or 1h30m",
                "{'drain': {'timeout': '0s'}}    | spec.drain.timeout | must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 30m or 1h30m",
                "{'drain': {'timeout': '169h'}}  | spec.drain.timeout | must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 30m or 1h30m",
                "{'drain': {'timeout': 'soon'}}  | spec.drain.timeout | must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 30m or 1h30m",
                "{'drain': {'timeout': '1d'}}    | spec.drain.timeout | must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 30m or 1h30m",
                "{'drain': {'timeout': '9999999999h'}} | spec.drain.timeout | must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 30m or 1h30m",
                "{'verify': {'timeout': '-1s'}}  | spec.verify.timeout | must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 15m",
                "{'verify': {'minReady': '-1s'}} | spec.verify.minReady | must be a duration from 0s to 24h made of whole hours, minutes and seconds, such as 30s",
                "{'verify': {'minReady': '20m'}} | spec.verify | minReady must be shorter than timeout, else no machine could be judged healthy in time",
                "{'verify': {'maxParked': -1}}   | spec.verify.maxParked | should be greater than or equal to 0",
                "{'verify': {'onFailure': 'Panic'}} | spec.verify.onFailure | supported values: \"Hold\", \"Park\"",
                "{'verify': {'checks': [{'name': 'a'}]}} | spec.verify.checks[0] | must have exactly one of cel and prometheus: name two checks to ask both",
                "{'verify': {'checks': [{'name': 'a', 'cel': 'true', 'prometheus': {'url': 'http://p', 'query': 'up'}}]}} | spec.verify.checks[0] | must have exactly one of cel and prometheus: name two checks to ask both",
                "{'verify': {'checks': [{'name': 'a', 'cel': 'true'}, {'name': 'a', 'cel': 'false'}]}} | spec.verify.checks[1] | Duplicate value: {\"name\":\"a\"}",
                "{'verify': {'checks': [{'cel': 'true'}]}} | spec.verify.checks[0].name | Required value",
                "{'verify': {'checks': [{'name': 'A b', 'cel': 'true'}]}} | spec.verify.checks[0].name | must be lower-case letters, digits and dashes, and begin and end with a letter or a digit",
                "{'verify': {'checks': [{'name': 'a', 'cel': ''}]}} | spec.verify.checks[0].cel | should be at least 1 chars long",
                "{'verify': {'checks': [{'name': 'a', 'prometheus': {'url': 'http://p'}}]}} | spec.verify.checks[0].prometheus.query | Required value",
                "{'verify': {'checks': [{'name': 'a', 'prometheus': {'url': 'prometheus:9090', 'query': 'up'}}]}} | spec.verify.checks[0].prometheus.url | must be an http or https address of a host, a port and a path, such as http://prometheus.monitoring:9090",
                "{'verify': {'checks': [{'name': 'a', 'prometheus': {'url': 'http://u:p@p:9090', 'query': 'up'}}]}} | spec.verify.checks[0].prometheus.url | must be an http or https address of a host, a port and a path, such as http://prometheus.monitoring:9090",
                "{'verify': {'checks': [{'name': 'a', 'prometheus': {'url': 'http://p/?a=b', 'query': 'up'}}]}} | spec.verify.checks[0].prometheus.url | must be an http or https address of a host, a port and a path, such as http://prometheus.monitoring:9090",
                "{'group': 'a b'}            | spec.group | may have only letters, digits, dots and dashes, because agents can send no other group",
                "{'group': 'under_score'}    | spec.group | may have only letters, digits, dots and dashes, because agents can send no other group",
                "{'group': ''}               | spec.group | should be at least 1 chars long",
                "{'group': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'} | spec.group | may not be more than 63 bytes",
                "{'drain': {'mode': 'Sweep'}}      | spec.drain.mode | supported values: \"CordonOnly\", \"Delete\", \"Evict\", \"None\"",
                "{'drain': {'onTimeout': 'Cry'}}   | spec.drain.onTimeout | supported values: \"Force\", \"Hold\", \"Release\"",
                "{'drain': {'unmanaged': 'Adopt'}} | spec.drain.unmanaged | supported values: \"Block\", \"Evict\", \"Leave\"",
                "{'nodeSelector': {'pool': 'x'}}   | spec.nodeSelector | needs matchLabels or matchExpressions, for example {matchLabels: {pool: blue}}; an empty selector would select everything",
                "{'nodeSelector': {}}              | spec.nodeSelector | needs matchLabels or matchExpressions, for example {matchLabels: {pool: blue}}; an empty selector would select everything",
                "{'drain': {'podSelector': {'app': 'x'}}} | spec.drain.podSelector | needs matchLabels or matchExpressions, for example {matchLabels: {pool: blue}}; an empty selector would select everything",
                "{'nodeSelector': {'matchLabels': {'a b': 'x'}}} | spec.nodeSelector.matchLabels | must have label keys such as pool or example.com/pool",
                "{'nodeSelector': {'matchExpressions': [{'key': 'a', 'operator': 'In'}]}} | spec.nodeSelector.matchExpressions[0] | In and NotIn need values, Exists and DoesNotExist take none",
                "{'machines': 'All'}               | spec.machines | supported values: \"Nodes\", \"NodesAndOthers\"",
                "{'machines': 'NodesAndOthers'}    | spec | machines: NodesAndOthers needs clientSecretRef, because without a password anybody who reaches the port could take a slot",
                "{'clientSecretRef': {}}           | spec.clientSecretRef.name | Required value",
                "{'clientSecretRef': {'name': 'My Secret'}} | spec.clientSecretRef.name | must be the name of a Secret: lower-case letters, digits, dashes and dots",
            })
    void rejects(String spec, String field, String sentence) throws Exception {
        Answer answer = post(DRY_RUN, group("workers", spec));

        assertThat(answer.code()).as(answer.message()).isEqualTo(422);
        assertThat(answer.message()).contains(sentence);
        assertThat(answer.body().at("/details/causes").valueStream()).anySatisfy(cause -> {
            assertThat(cause.path("field").asText()).isEqualTo(field);
            assertThat(cause.path("message").asText()).contains(sentence);
        });
    }

    @Test
    void rejectsANameThatNoAgentCanSend() throws Exception {
        String name = "a".repeat(64);

        assertThat(post(DRY_RUN, group(name, "{}")).message())
                .contains(
                        "metadata.name is longer than the 63 characters that agents can send as their group: set spec.group");
        assertThat(post(DRY_RUN, group(name, "{'group': 'workers'}")).code()).isEqualTo(201);
    }

    /** kubectl and GitOps tools ask for strict validation; the rejections above are those of callers that do not. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'nodeSelector': {'pool': 'x'}} | unknown field \"spec.nodeSelector.pool\"",
                "{'slot': 1}                     | unknown field \"spec.slot\"",
            })
    void strictCallersAreToldTheUnknownField(String spec, String sentence) throws Exception {
        Answer answer = post(DRY_RUN + "&fieldValidation=Strict", group("workers", spec));

        assertThat(answer.code()).isEqualTo(400);
        assertThat(answer.message()).contains(sentence);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'slots': 1}",
                "{'slots': 100}",
                "{'slots': '1%'}",
                "{'slots': '100%'}",
                "{'group': 'Upper.case-1'}",
                "{'stuckAfter': '168h'}",
                "{'drain': {'timeout': '1h30m5s'}}",
                "{'drain': {'mode': 'CordonOnly', 'onTimeout': 'Force', 'unmanaged': 'Block', 'deleteEmptyDirData': false}}",
                "{'verify': {'minReady': '0s', 'timeout': '1s', 'onFailure': 'Hold', 'maxParked': 0}}",
                "{'verify': {'checks': [{'name': 'pods', 'cel': 'pods.all(p, true)'}, {'name': 'up-1', 'prometheus': {'url': 'https://[fd00::1]:9090/prometheus/', 'query': 'up{node=\\\"${node}\\\"}'}}]}}",
                "{'nodeSelector': {'matchLabels': {'node-role.kubernetes.io/worker': ''}}}",
                "{'nodeSelector': {'matchExpressions': [{'key': 'pool', 'operator': 'NotIn', 'values': ['a']}]}}",
                "{'nodeSelector': {'matchExpressions': [{'key': 'pool', 'operator': 'Exists'}]}}",
                "{'machines': 'NodesAndOthers', 'clientSecretRef': {'name': 'agents'}}"
            })
    void accepts(String spec) throws Exception {
        Answer answer = post(DRY_RUN + "&fieldValidation=Strict", group("workers", spec));

        assertThat(answer.code()).as(answer.message()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", 'spec': null", ", 'spec': {}", ", 'spec': {'drain': {}, 'verify': {}}"})
    void fillsInWhatIsNotSaid(String spec) throws Exception {
        Answer answer = post(
                DRY_RUN,
                "{'apiVersion': 'lockkeeper.dev/v1alpha1', 'kind': 'RebootGroup', 'metadata': {'name': 'workers'}"
                        + spec + "}");

        assertThat(answer.code()).as(answer.message()).isEqualTo(201);
        assertThat(answer.body().get("spec")).isEqualTo(JSON.readTree("""
                        {"machines": "Nodes", "slots": 1, "countUnready": true, "paused": false, "stuckAfter": "1h",
                         "drain": {"mode": "Evict", "timeout": "30m", "onTimeout": "Release", "unmanaged": "Leave", "deleteEmptyDirData": true},
                         "verify": {"timeout": "15m", "minReady": "30s", "onFailure": "Park", "maxParked": 1}}"""));
        RebootGroup read = JSON.treeToValue(answer.body(), RebootGroup.class);
        assertThat(read.getSpec().getDrain().getMode()).isEqualTo(RebootGroupDefaults.DRAIN_MODE);
        assertThat(read.getSpec().getSlots()).isEqualTo(new IntOrString(RebootGroupDefaults.SLOTS));
    }

    @Test
    void listsTellWhoHoldsASlot() throws Exception {
        stored("shown");

        JsonNode table = send("GET", PATH + "/shown", null, "application/json;as=Table;v=v1;g=meta.k8s.io")
                .body();

        assertThat(columns(table, 0))
                .containsExactly("Name", "Slots", "Held", "Holder", "Waiting", "Ready", "Degraded", "Age");
        assertThat(columns(table, 1)).containsExactly("Members", "Unready");
        List<String> cells = texts(table.at("/rows/0/cells"));
        assertThat(cells.subList(0, cells.size() - 1))
                .containsExactly("shown", "1", "1", "worker-7 Draining since 10:00", "2", "5", "0", "True", "False");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            updategraphs  | Name, Newest, Ready, Degraded, Refreshed, Age
            streampins    | Name, Stream, Target, X86_64, AARCH64, PPC64LE, S390X, UpToDate, Degraded, Age
            poolwindows | Name, Pool, State, Machines, Updated, Degraded, Next-Change, Ready, Age
            fleetreleases | Name, Stream, Version, Age, Machines, Updated, Failed, X86_64, AARCH64, PPC64LE, S390X
            fleetmachines | Name, Node, Group, Stream, Arch, Version, Offered, State, Since
            """)
    void listsAnswerTheFirstQuestion(String kind, String columns) {
        // A kind's storage is not ready at once.
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Answer answer = send(
                    "GET",
                    "/apis/lockkeeper.dev/v1alpha1/" + kind,
                    null,
                    "application/json;as=Table;v=v1;g=meta.k8s.io");
            assertThat(answer.code()).as(answer.message()).isEqualTo(200);
            assertThat(String.join(", ", columns(answer.body(), 0))).isEqualTo(columns);
        });
    }

    @Test
    void oneTokenHoldsOnce() {
        RebootGroup group = stored("twice");
        Holder holder = group.getStatus().getHolders().getFirst();
        group.getStatus().setHolders(List.of(holder, holder));

        assertThat(catchThrowable(() -> admin.resource(group).updateStatus()))
                .hasMessageContaining("status.holders[1]: Duplicate value");
    }

    @Test
    void whoAppliesOneConditionLeavesTheOthers() {
        stored("conditions");
        RebootGroup applied = new RebootGroup();
        applied.setMetadata(new ObjectMetaBuilder().withName("conditions").build());
        applied.setSpec(null);
        applied.setStatus(new RebootGroupStatus());
        applied.getStatus().setConditions(List.of(condition("Audited", "True")));

        admin.resource(applied)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("somebody-else")
                        .build());

        assertThat(admin.resources(RebootGroup.class)
                        .withName("conditions")
                        .get()
                        .getStatus()
                        .getConditions())
                .extracting(Condition::getType)
                .containsExactlyInAnyOrder("Ready", "Degraded", "Audited");
    }

    @Test
    void statusIsWrittenByItsSubresourceOnly() {
        RebootGroup group = stored("apart");
        group.getStatus().setSummary("by the way");
        group.getSpec().setPaused(true);

        RebootGroup updated = admin.resource(group).update();

        assertThat(updated.getSpec().getPaused()).isTrue();
        assertThat(updated.getStatus().getSummary()).isEqualTo("worker-7 Draining since 10:00");
    }

    @Test
    void kubectlShowsTheColumns() throws Exception {
        stored("columns");

        assertThat(kubectl("get", "rbg", "columns")
                        .lines()
                        .findFirst()
                        .orElseThrow()
                        .split(" +"))
                .containsExactly("NAME", "SLOTS", "HELD", "HOLDER", "WAITING", "READY", "DEGRADED", "AGE");
    }

    @Test
    void kubectlExplainsTheDrain() throws Exception {
        // A new kind is published some moments after it is served.
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                send("GET", "/openapi/v3/apis/lockkeeper.dev/v1alpha1", null, "application/json")
                                        .body()
                                        .at("/paths/~1apis~1lockkeeper.dev~1v1alpha1~1rebootgroups")
                                        .isMissingNode())
                        .isFalse());
        String text = kubectl("explain", "rbg.spec.drain");

        assertThat(text.replaceAll("\\s+", " "))
                .contains("How a node is emptied before its machine is told to reboot.")
                .contains(
                        "mode <string> enum: CordonOnly, Delete, Evict, None How pods are removed. Evict: by eviction")
                .contains("timeout <string> How long a drain may take before onTimeout applies, from 1s to 168h.")
                .contains("unmanaged <string> enum: Block, Evict, Leave")
                .doesNotContain("<no description>");
    }

    @Test
    void kubectlAppliesTheFolderOfCrds() throws Exception {
        String text = kubectl("apply", "--server-side", "--force-conflicts", "-f", root("crds"));

        assertThat(text.strip())
                .isEqualTo(Crds.REVISIONS.keySet().stream()
                        .sorted()
                        .map(crd -> "customresourcedefinition.apiextensions.k8s.io/" + crd + " serverside-applied")
                        .collect(Collectors.joining("\n")));
    }

    @Test
    void kubectlInstallsTheManifestsAndThePodsRunOnACordonedNode() throws Exception {
        Fleet.register(admin, List.of(MachineSpec.of("cordoned", 7)));
        admin.nodes()
                .withName("cordoned")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"unschedulable\":true}}");
        Path rendered = folder.resolve("all.yaml");
        Files.writeString(rendered, kubectl("kustomize", root("deploy")));

        String text = kubectl("apply", "--server-side", "--force-conflicts", "-f", rendered.toString());

        // PodSecurity warns at the Deployment what it would refuse at the pod.
        assertThat(text).doesNotContain("Warning").contains("deployment.apps/lockkeeper serverside-applied");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(admin.apps()
                                .deployments()
                                .inNamespace(Manifests.NAMESPACE)
                                .withName("lockkeeper")
                                .get()
                                .getStatus()
                                .getAvailableReplicas())
                        .isEqualTo(2));
    }

    /** The overlay that kustomization.yaml shows in its comment. */
    @Test
    void kubectlRendersTheExampleWithAnAddressAndTls() throws Exception {
        String example = Files.readString(Manifests.root().resolve("deploy/kustomization.yaml"))
                .lines()
                .filter(line -> line.startsWith("#   "))
                .map(line -> line.substring(4))
                .collect(Collectors.joining("\n"));
        Path deploy = folder.toRealPath().relativize(Path.of(root("deploy")).toRealPath());
        Files.writeString(
                folder.resolve("kustomization.yaml"), example.replace("../lockkeeper/deploy", deploy.toString()));

        String rendered = kubectl("kustomize", folder.toString());

        assertThat(rendered)
                .contains("clusterIP: 10.3.0.15")
                .contains("image: ghcr.io/lockkeeper/lockkeeper:0.1.0")
                .contains("value: /etc/lockkeeper/tls/tls.crt")
                .contains("mountPath: /etc/lockkeeper/tls")
                .contains("secretName: lockkeeper-tls")
                .contains("port: 443");
    }

    private static RebootGroup stored(String name) {
        RebootGroup group = new RebootGroup();
        group.setMetadata(new ObjectMetaBuilder().withName(name).build());
        RebootGroup created = admin.resource(group).create();
        RebootGroupStatus status = new RebootGroupStatus();
        status.setSummary("worker-7 Draining since 10:00");
        SlotCount slots = new SlotCount();
        slots.setTotal(1);
        slots.setHeld(1);
        slots.setFree(0);
        status.setSlots(slots);
        status.setMembers(5);
        status.setUnready(0);
        status.setWaiting(2);
        Holder holder = new Holder();
        holder.setToken("t1");
        holder.setId("abc");
        holder.setPhase(Phase.Draining);
        holder.setSince(TIME);
        status.setHolders(List.of(holder));
        status.setConditions(List.of(condition("Ready", "True"), condition("Degraded", "False")));
        created.setStatus(status);
        return admin.resource(created).updateStatus();
    }

    private static Condition condition(String type, String status) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason("Test")
                .withMessage("")
                .withLastTransitionTime(TIME)
                .build();
    }

    private static List<String> columns(JsonNode table, int priority) {
        return table.get("columnDefinitions")
                .valueStream()
                .filter(c -> c.path("priority").asInt() == priority)
                .map(c -> c.get("name").asText())
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    private static String group(String name, String spec) {
        return "{'apiVersion': 'lockkeeper.dev/v1alpha1', 'kind': 'RebootGroup', 'metadata': {'name': '" + name
                + "'}, 'spec': " + spec + "}";
    }

    private record Answer(int code, JsonNode body) {
        String message() {
            return body.path("message").asText();
        }
    }

    private static Answer post(String path, String singleQuoted) throws Exception {
        return send("POST", path, singleQuoted.replace('\'', '"'), "application/json");
    }

    private static Answer send(String method, String path, String body, String accept) throws Exception {
        HttpRequest request = admin.getHttpClient()
                .newHttpRequestBuilder()
                .uri(plane.url() + path)
                .header("Accept", accept)
                .method(method, "application/json", body)
                .build();
        HttpResponse<String> response =
                admin.getHttpClient().sendAsync(request, String.class).get(30, TimeUnit.SECONDS);
        return new Answer(response.code(), JSON.readTree(response.bodyString()));
    }

    private static String root(String child) {
        return Manifests.root().resolve(child).toString();
    }

    /** What kubectl says as admin, warnings included. */
    private String kubectl(String... arguments) {
        ToolResult result =
                Kubectl.ready(folder, plane.adminKubeconfig(), System.out).run(arguments);
        return result.ok() + result.err();
    }
}
