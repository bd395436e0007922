package dev.lockkeeper.testbed.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The control plane behaves as a cluster's, and can be hurt part by part. */
@Timeout(120)
class ControlPlaneIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);
    private static final String ANNOTATION = "testbed.lockkeeper.dev/";
    private static ControlPlane plane;
    private static KubernetesClient admin;

    @BeforeAll
    static void start() {
        plane = ControlPlane.start();
        admin = plane.admin();
        for (String name : List.of("node-a", "node-b")) {
            admin.resource(node(name)).create();
        }
        eventually()
                .until(() -> ready("node-a").equals("True") && ready("node-b").equals("True"));
    }

    @AfterAll
    static void stop() {
        plane.close();
        assertThat(List.of(Part.values()))
                .noneMatch(part -> ProcessHandle.of(plane.pid(part))
                        .filter(ProcessHandle::isAlive)
                        .isPresent());
        assertThat(plane.folder()).doesNotExist();
    }

    @Test
    void deploymentsRunOnNodesAndDisruptionBudgetsAreKept() {
        admin.resource(deployment("web", 2)).create();
        admin.resource(budget("web", 2)).create();
        eventually().until(() -> {
            Integer ready = admin.apps()
                    .deployments()
                    .inNamespace("default")
                    .withName("web")
                    .get()
                    .getStatus()
                    .getReadyReplicas();
            return ready != null && ready == 2;
        });
        eventually()
                .until(() -> admin.policy()
                                .v1()
                                .podDisruptionBudget()
                                .inNamespace("default")
                                .withName("web")
                                .get()
                                .getStatus()
                                .getCurrentHealthy()
                        == 2);
        Pod pod = admin.pods()
                .inNamespace("default")
                .withLabel("app", "web")
                .list()
                .getItems()
                .getFirst();
        assertThat(pod.getSpec().getNodeName()).startsWith("node-");

        // The client turns a 429 to an eviction into false.
        assertThat(admin.pods()
                        .inNamespace("default")
                        .withName(pod.getMetadata().getName())
                        .evict())
                .isFalse();

        assertThat(plane.auditEntries(entry -> entry.subresource().equals("eviction")))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.code()).isEqualTo(429);
                    assertThat(entry.user()).isEqualTo("admin");
                    assertThat(entry.verb()).isEqualTo("create");
                    assertThat(entry.name()).isEqualTo(pod.getMetadata().getName());
                });
    }

    @Test
    void aServiceAccountMayDoWhatItsRoleSays() throws Exception {
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("reader")
                        .endMetadata()
                        .build())
                .create();
        Path kubeconfig = plane.kubeconfigFor("default", "reader");
        Config config = Config.fromKubeconfig(Files.readString(kubeconfig));
        config.setRequestRetryBackoffLimit(0);
        try (KubernetesClient reader =
                new KubernetesClientBuilder().withConfig(config).build()) {
            assertThatThrownBy(() -> reader.nodes().list())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            e -> assertThat(e.getCode()).isEqualTo(403))
                    .hasMessageContaining("system:serviceaccount:default:reader");
            admin.resource(new ClusterRoleBindingBuilder()
                            .withNewMetadata()
                            .withName("reader")
                            .endMetadata()
                            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "system:node-problem-detector")
                            .addNewSubject("", "ServiceAccount", "reader", "default")
                            .build())
                    .create();
            eventually().until(() -> reader.nodes().withName("node-a").get() != null);
            assertThatThrownBy(() -> reader.nodes().withName("node-a").delete())
                    .hasMessageContaining("cannot delete resource \"nodes\"");
        }
        assertThat(plane.auditEntries(entry -> entry.user().equals("system:serviceaccount:default:reader")))
                .extracting(AuditEntry::code)
                .contains(403, 200);
    }

    @Test
    void aNodeThatIsTakenDownStaysDownUntilItIsBroughtUp() {
        admin.resource(node("node-down")).create();
        eventually().until(() -> ready("node-down").equals("True"));
        String bootId = admin.nodes()
                .withName("node-down")
                .get()
                .getStatus()
                .getNodeInfo()
                .getBootID();
        for (String status : List.of("False", "Unknown")) {
            // Right after a heartbeat: the next one is planned already.
            awaitHeartbeats("node-down", 1);
            setReady("node-down", status);
            NodeCondition down = condition("node-down");
            awaitHeartbeats("node-a", 3);
            assertThat(condition("node-down")).isEqualTo(down);
            assertThat(down.getStatus()).isEqualTo(status);
            setReady("node-down", "True");
        }
        awaitHeartbeats("node-down", 2);
        assertThat(admin.nodes()
                        .withName("node-down")
                        .get()
                        .getStatus()
                        .getNodeInfo()
                        .getBootID())
                .isEqualTo(bootId)
                .isEqualTo("boot-of-node-down");
        admin.nodes().withName("node-down").delete();
    }

    @Test
    void aPodEndsAtOnceOrWhenItsGraceIsOver() {
        Pod quick = admin.resource(pod("quick").build()).create();
        Pod slow = admin.resource(annotated(pod("slow"), "use-grace")
                        .editSpec()
                        .withTerminationGracePeriodSeconds(5L)
                        .endSpec()
                        .build())
                .create();
        awaitRunning(quick, slow);
        Instant began = Instant.now();
        admin.resource(slow).delete();
        admin.resource(quick).delete();
        eventually().until(() -> admin.resource(quick).get() == null);
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(4));
        assertThat(admin.resource(slow).get().getMetadata().getDeletionTimestamp())
                .isNotNull();
        eventually().until(() -> admin.resource(slow).get() == null);
        // The API server cuts the deletion time to whole seconds.
        assertThat(Duration.between(began, Instant.now())).isGreaterThan(Duration.ofSeconds(4));
    }

    @Test
    void aPodHangsUntilItsAnnotationGoesAndWaitsForItsFinalizer() {
        Pod hanging = admin.resource(annotated(pod("hanging"), "hang").build()).create();
        Pod forced = admin.resource(annotated(pod("forced"), "hang").build()).create();
        Pod held = admin.resource(pod("held")
                        .editMetadata()
                        .addToFinalizers("example.com/held")
                        .endMetadata()
                        .build())
                .create();
        awaitRunning(hanging, forced, held);
        for (Pod pod : List.of(hanging, forced, held)) {
            admin.resource(pod).delete();
        }
        Pod other = admin.resource(pod("other").build()).create();
        awaitRunning(other);
        admin.resource(other).delete();
        eventually().until(() -> admin.resource(other).get() == null);
        for (Pod pod : List.of(hanging, forced, held)) {
            assertThat(admin.resource(pod).get().getMetadata().getDeletionTimestamp())
                    .isNotNull();
        }

        admin.resource(hanging).patch(MERGE, "{\"metadata\": {\"annotations\": {\"" + ANNOTATION + "hang\": null}}}");
        admin.resource(forced).withGracePeriod(0).delete();
        admin.resource(held).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"finalizers\": null}}");
        for (Pod pod : List.of(hanging, forced, held)) {
            eventually().until(() -> admin.resource(pod).get() == null);
        }
    }

    @Test
    void aPodWithAnEndSucceeds() {
        Pod pod = admin.resource(annotated(pod("finite"), "complete").build()).create();
        eventually()
                .until(() -> admin.resource(pod).get().getStatus().getPhase().equals("Succeeded"));
    }

    @Test
    void aPausedApiServerAnswersNobodyUntilItIsResumed() throws Exception {
        Config config = Config.fromKubeconfig(Files.readString(plane.adminKubeconfig()));
        config.setRequestRetryBackoffLimit(0);
        config.setRequestTimeout(500);
        try (KubernetesClient impatient =
                new KubernetesClientBuilder().withConfig(config).build()) {
            assertThat(impatient.namespaces().withName("default").get()).isNotNull();
            plane.pause(Part.API_SERVER);
            try {
                assertThatThrownBy(
                                () -> impatient.namespaces().withName("default").get())
                        .isInstanceOf(KubernetesClientException.class);
            } finally {
                plane.resume(Part.API_SERVER);
            }
            eventually().until(() -> impatient.namespaces().withName("default").get() != null);
        }
    }

    @Test
    void killedPartsComeBackWithTheirDataAndNodesGoOn() {
        plane.kill(Part.API_SERVER);
        assertThatThrownBy(() -> admin.nodes().list()).isInstanceOf(KubernetesClientException.class);
        plane.restart(Part.API_SERVER);
        awaitHeartbeats("node-a", 2);

        plane.restart(Part.ETCD);
        assertThat(admin.nodes().withName("node-b").get()).isNotNull();
        awaitHeartbeats("node-b", 2);

        plane.restart(Part.CONTROLLER_MANAGER);
        plane.restart(Part.SCHEDULER);
        admin.resource(deployment("later", 1)).create();
        eventually()
                .until(() -> admin.pods().inNamespace("default").withLabel("app", "later").list().getItems().stream()
                        .anyMatch(pod -> pod.getStatus().getPhase().equals("Running")));
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsInstanceOf(KubernetesClientException.class);
    }

    private static void awaitRunning(Pod... pods) {
        for (Pod pod : pods) {
            eventually()
                    .until(() ->
                            admin.resource(pod).get().getStatus().getPhase().equals("Running"));
        }
    }

    private static void awaitHeartbeats(String node, int count) {
        for (int i = 0; i < count; i++) {
            String before = condition(node).getLastHeartbeatTime();
            eventually().until(() -> !condition(node).getLastHeartbeatTime().equals(before));
        }
    }

    private static String ready(String node) {
        return admin.nodes().withName(node).get().getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .map(NodeCondition::getStatus)
                .findFirst()
                .orElse("");
    }

    private static NodeCondition condition(String node) {
        return admin.nodes().withName(node).get().getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .orElseThrow();
    }

    private static void setReady(String node, String status) {
        admin.nodes()
                .withName(node)
                .subresource("status")
                .patch(
                        MERGE,
                        "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"%s\"}]}}"
                                .formatted(status));
    }

    private static Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewStatus()
                .withNewNodeInfo()
                .withBootID("boot-of-" + name)
                .endNodeInfo()
                .endStatus()
                .build();
    }

    private static PodBuilder pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNodeName("node-a")
                .addNewContainer()
                .withName("main")
                .withImage("example.com/none")
                .endContainer()
                .endSpec();
    }

    private static PodBuilder annotated(PodBuilder pod, String annotation) {
        return pod.editMetadata()
                .addToAnnotations(ANNOTATION + annotation, "true")
                .endMetadata();
    }

    private static Deployment deployment(String name, int replicas) {
        Map<String, String> labels = Map.of("app", name);
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("example.com/none")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static PodDisruptionBudget budget(String app, int minAvailable) {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(app)
                .endMetadata()
                .withNewSpec()
                .withNewMinAvailable(minAvailable)
                .withNewSelector()
                .withMatchLabels(Map.of("app", app))
                .endSelector()
                .endSpec()
                .build();
    }
}
