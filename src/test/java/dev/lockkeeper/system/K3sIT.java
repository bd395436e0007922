package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockkeeper.testbed.fleet.AgentId;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A drain on a real kubelet: pods that have processes, a grace that passes, a status that a kubelet writes. Needs a container engine;
 * without one it is skipped, and fails under {@code -Dk3s.required=true}.
 */
class K3sIT {

    private static final String IMAGE = System.getProperty("k3s.image", "docker.io/rancher/k3s:v1.34.2-k3s1");
    private static final String SHOP = "shop";
    private static final String MACHINE_ID = "1b4e28ba2fa111d2883f0016d3cca427";

    @TempDir
    Path folder;

    @Test
    void aNodeOfARealKubeletIsDrainedToldAndUncordoned() throws IOException {
        boolean engine = DockerClientFactory.instance().isDockerAvailable();
        if (Boolean.getBoolean("k3s.required")) {
            assertThat(engine)
                    .as("a container engine runs (k3s.required is set)")
                    .isTrue();
        }
        assumeTrue(engine, "no container engine runs here, so k3s cannot be started");
        try (K3sContainer k3s =
                new K3sContainer(DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("rancher/k3s"))) {
            // The image has none, and agents are known by it.
            k3s.withCopyToContainer(Transferable.of(MACHINE_ID), "/etc/machine-id");
            k3s.start();
            Config config = Config.fromKubeconfig(k3s.getKubeConfigYaml());
            try (KubernetesClient admin =
                    new KubernetesClientBuilder().withConfig(config).build()) {
                Manifests.install(admin);
                drain(admin, config);
            }
        }
    }

    private void drain(KubernetesClient admin, Config config) throws IOException {
        String node = admin.nodes().list().getItems().getFirst().getMetadata().getName();
        startShop(admin);
        admin.resource(rebootGroup()).create();
        try (OperatorProcess operator = OperatorProcess.builder(kubeconfig(admin, config), folder)
                .set("LOCKKEEPER_DRAIN_RETRY_INTERVAL", "PT1S")
                .start()) {
            String id = AgentId.of(MACHINE_ID);
            Rig.await(Duration.ofMinutes(2))
                    .until(() -> RawHttp.exchange(operator.port(), RawHttp.request(RawHttp.PRE_REBOOT, id, "k3s"))
                                    .status()
                            == 200);
            assertThat(admin.nodes().withName(node).get().getSpec().getUnschedulable())
                    .isTrue();
            assertThat(running(admin)).as("pods of the shop that still run").isEmpty();

            // The agent starts anew instead of rebooting: k3s has but this one machine.
            RawHttp.exchange(operator.port(), RawHttp.request(RawHttp.STEADY_STATE, id, "k3s"));
            Rig.await(Duration.ofMinutes(8)).untilAsserted(() -> {
                assertThat(admin.nodes().withName(node).get().getSpec().getUnschedulable())
                        .isNotEqualTo(true);
                assertThat(running(admin)).hasSize(1);
            });
        }
    }

    private static void startShop(KubernetesClient admin) {
        Map<String, String> labels = Map.of("app", "web");
        admin.namespaces()
                .resource(new io.fabric8.kubernetes.api.model.NamespaceBuilder()
                        .withMetadata(new ObjectMetaBuilder().withName(SHOP).build())
                        .build())
                .create();
        admin.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withName("web")
                        .withNamespace(SHOP)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(1)
                        .withNewSelector()
                        .withMatchLabels(labels)
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .withLabels(labels)
                        .endMetadata()
                        .withNewSpec()
                        .withTerminationGracePeriodSeconds(2L)
                        .addNewContainer()
                        .withName("web")
                        // The image that k3s itself brings, so that none has to be pulled.
                        .withImage("rancher/mirrored-pause:3.6")
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
        admin.resource(new PodDisruptionBudgetBuilder()
                        .withNewMetadata()
                        .withName("web")
                        .withNamespace(SHOP)
                        .endMetadata()
                        .withNewSpec()
                        .withMaxUnavailable(new IntOrString(1))
                        .withNewSelector()
                        .withMatchLabels(labels)
                        .endSelector()
                        .endSpec()
                        .build())
                .create();
        Rig.await(Duration.ofMinutes(2)).until(() -> running(admin).size() == 1);
    }

    private static List<Pod> running(KubernetesClient admin) {
        return admin.pods().inNamespace(SHOP).list().getItems().stream()
                .filter(Readiness::isPodReady)
                .toList();
    }

    private static dev.lockkeeper.crds.v1alpha1.RebootGroup rebootGroup() {
        var spec = new dev.lockkeeper.crds.v1alpha1.RebootGroupSpec();
        var verify = new dev.lockkeeper.crds.v1alpha1.VerifySpec();
        verify.setMinReady("1s");
        spec.setVerify(verify);
        var group = new dev.lockkeeper.crds.v1alpha1.RebootGroup();
        group.setMetadata(new ObjectMetaBuilder().withName("k3s").build());
        group.setSpec(spec);
        return group;
    }

    /** For the shipped ServiceAccount, so that the drain runs under the shipped roles. */
    private Path kubeconfig(KubernetesClient admin, Config config) throws IOException {
        String token = admin.serviceAccounts()
                .inNamespace(Manifests.NAMESPACE)
                .withName(Manifests.SERVICE_ACCOUNT)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3_600L)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        Path file = folder.resolve("kubeconfig");
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters:
                  - name: k3s
                    cluster: {server: "%s", certificate-authority-data: "%s"}
                users:
                  - name: lockkeeper
                    user: {token: "%s"}
                contexts:
                  - name: k3s
                    context: {cluster: k3s, user: lockkeeper}
                current-context: k3s
                """.formatted(config.getMasterUrl(), config.getCaCertData(), token));
        return file;
    }
}
