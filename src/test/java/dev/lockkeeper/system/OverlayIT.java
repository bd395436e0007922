package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.control.Kubectl;
import dev.lockkeeper.testbed.control.ToolResult;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.Manifests;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl apply -k} of the manifests for each platform, into a namespace that enforces Pod Security restricted. */
class OverlayIT {

    @TempDir
    Path folder;

    @Test
    void onTyphoonItHasFleetlocksAddressAndTheAddonsHaveTheirFiles() throws Exception {
        try (Rig rig = Rig.bare(ControlPlane.start())) {
            kubectl(rig, "create", "namespace", "monitoring");
            applied(rig, "deploy/typhoon");
            assertThat(rig.admin
                            .services()
                            .inNamespace(Manifests.NAMESPACE)
                            .withName("lockkeeper")
                            .get()
                            .getSpec()
                            .getClusterIP())
                    .isEqualTo("10.3.0.15");
            for (String name : List.of("lockkeeper-rules", "lockkeeper-dashboards")) {
                assertThat(rig.admin
                                .configMaps()
                                .inNamespace("monitoring")
                                .withName(name)
                                .get())
                        .as(name)
                        .isNotNull();
            }
        }
    }

    @Test
    void onOkdItsUserIsLeftToTheNamespace() throws Exception {
        try (Rig rig = Rig.bare(ControlPlane.start())) {
            monitoringKind(rig.admin, "PodMonitor");
            monitoringKind(rig.admin, "PrometheusRule");
            applied(rig, "deploy/okd");
            var pods = rig.admin
                    .apps()
                    .deployments()
                    .inNamespace(Manifests.NAMESPACE)
                    .withName("lockkeeper")
                    .get()
                    .getSpec()
                    .getTemplate();
            assertThat(pods.getMetadata().getAnnotations()).containsEntry("openshift.io/required-scc", "restricted-v2");
            assertThat(pods.getSpec().getSecurityContext().getRunAsUser()).isNull();
            assertThat(pods.getSpec().getSecurityContext().getFsGroup()).isNull();
            assertThat(may(rig, "list")).isEqualTo("yes");
            assertThat(may(rig, "patch")).isEqualTo("no");
            assertThat(variables(rig)).contains("LOCKKEEPER_OKD_ENABLED=true").doesNotContain("POOL_WINDOWS");

            applied(rig, "deploy/okd-pool-windows");
            assertThat(may(rig, "patch")).isEqualTo("yes");
            assertThat(may(rig, "update")).isEqualTo("no");
            assertThat(variables(rig))
                    .contains("LOCKKEEPER_OKD_ENABLED=true")
                    .contains("LOCKKEEPER_OKD_POOL_WINDOWS=true");
        }
    }

    /** Whether the operator may do so to pools: yes or no. */
    private static String may(Rig rig, String verb) {
        var review = new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withGroup(Pools.GROUP)
                .withResource("machineconfigpools")
                .withVerb(verb)
                .endResourceAttributes()
                .endSpec()
                .build();
        try (KubernetesClient operator = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(rig.plane
                        .kubeconfigFor(Manifests.NAMESPACE, Manifests.SERVICE_ACCOUNT)
                        .toFile()))
                .build()) {
            return operator.authorization()
                            .v1()
                            .selfSubjectAccessReview()
                            .create(review)
                            .getStatus()
                            .getAllowed()
                    ? "yes"
                    : "no";
        }
    }

    private static String variables(Rig rig) {
        return rig
                .admin
                .apps()
                .deployments()
                .inNamespace(Manifests.NAMESPACE)
                .withName("lockkeeper")
                .get()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .stream()
                .map(variable -> variable.getName() + "=" + variable.getValue())
                .collect(Collectors.joining(" "));
    }

    @Test
    void elsewhereItIsAppliedAsItIs() throws Exception {
        try (Rig rig = Rig.bare(ControlPlane.start())) {
            applied(rig, "deploy");
        }
    }

    private void applied(Rig rig, String overlay) throws Exception {
        if (rig.node("host") == null) {
            rig.register(MachineSpec.of("host", 1000));
        }
        String path = Manifests.root().resolve(overlay).toString();
        // PodSecurity warns at the Deployment what it would refuse at the pod.
        assertThat(kubectl(rig, "apply", "-k", path)).doesNotContain("Warning");
        Rig.await(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(rig.admin
                                .apps()
                                .deployments()
                                .inNamespace(Manifests.NAMESPACE)
                                .withName("lockkeeper")
                                .get()
                                .getStatus()
                                .getAvailableReplicas())
                        .isEqualTo(2));
        assertThat(kubectl(rig, "diff", "-k", path)).isEmpty();
        assertThat(rig.admin
                        .namespaces()
                        .withName(Manifests.NAMESPACE)
                        .get()
                        .getMetadata()
                        .getLabels())
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
    }

    /** A kind of the Prometheus Operator, without its schema. */
    private static void monitoringKind(KubernetesClient admin, String kind) {
        String plural = kind.toLowerCase(Locale.ROOT) + "s";
        CustomResourceDefinition crd = new CustomResourceDefinitionBuilder()
                .withNewMetadata()
                .withName(plural + ".monitoring.coreos.com")
                .endMetadata()
                .withNewSpec()
                .withGroup("monitoring.coreos.com")
                .withScope("Namespaced")
                .withNewNames()
                .withKind(kind)
                .withPlural(plural)
                .endNames()
                .addNewVersion()
                .withName("v1")
                .withServed(true)
                .withStorage(true)
                .withNewSchema()
                .withNewOpenAPIV3Schema()
                .withType("object")
                .withXKubernetesPreserveUnknownFields(true)
                .endOpenAPIV3Schema()
                .endSchema()
                .endVersion()
                .endSpec()
                .build();
        Rig.install(admin, crd);
    }

    /** What kubectl says as admin, warnings included. */
    private String kubectl(Rig rig, String... arguments) {
        ToolResult result =
                Kubectl.ready(folder, rig.plane.adminKubeconfig(), System.out).run(arguments);
        return result.ok() + result.err();
    }
}
