package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.control.Helm;
import dev.lockkeeper.testbed.control.ToolResult;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart's life on a real control plane, by the real Helm, in a namespace that enforces Pod Security restricted. */
class HelmIT {

    private static final String NAME = "lockkeeper";
    private static final String ADDRESS = "10.3.0.15";
    /** Short times, and no source out on the network. */
    private static final List<String> VALUES = List.of(
            "--set",
            "groups.default.verify.minReady=1s,groups.default.verify.timeout=10s,groups.default.drain.timeout=1m",
            "--set",
            "graphs.fedora.source.configMap.name=releases,graphs.fedora.streams={stable}");

    @TempDir
    Path home;

    @Test
    void aReleaseIsInstalledUpgradedRolledBackTestedAndUninstalledAndWhatMattersStays() throws Exception {
        try (Rig rig = Rig.bare(ControlPlane.start())) {
            Helm helm = Chart.helm(home).with(rig.plane.adminKubeconfig());
            restrictedNamespace(rig.admin);
            rig.register(MachineSpec.of("host", 1000));
            rig.admin
                    .resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withNamespace(Manifests.NAMESPACE)
                            .withName("releases")
                            .endMetadata()
                            .withData(new PublishedReleases("stable")
                                    .out(Rig.OLD)
                                    .out(Rig.NEW)
                                    .files())
                            .build())
                    .create();

            assertThat(release(helm, "install", "--wait", "--set", "service.clusterIP=" + ADDRESS))
                    .contains("STATUS: deployed")
                    .contains("base_url = \"http://" + ADDRESS + "/\"");
            assertThat(available(rig.admin)).isEqualTo(2);
            String group = uid(rig);
            String service = service(rig.admin).getMetadata().getUid();
            assertThat(graph(rig)).isNotNull();

            // The operator under exactly what the chart made: the pods of the testbed run nothing.
            OperatorProcess operator = rig.operator();
            SimulatedMachine machine = rig.machine("worker-1", "default", operator);
            machine.stage(Rig.NEW);
            Rig.await(Duration.ofSeconds(90))
                    .untilAsserted(
                            () -> assertThat(rig.updated("default", machine)).isTrue());

            // The address is not given any more, and stays.
            String notes = release(
                    helm, "upgrade", "--wait", "--set", "replicas=3,groups.default.slots=2,groups.edge.slots=3");
            assertThat(notes)
                    .contains("RebootGroup default is not as the values say")
                    .doesNotContain("UpdateGraph fedora is not");
            assertThat(available(rig.admin)).isEqualTo(3);
            assertThat(rig.read("default").getSpec().getSlots().getIntVal()).isEqualTo(1);
            assertThat(rig.read("edge").getSpec().getSlots().getIntVal()).isEqualTo(3);
            assertThat(uid(rig)).isEqualTo(group);
            assertThat(service(rig.admin).getSpec().getClusterIP()).isEqualTo(ADDRESS);
            assertThat(service(rig.admin).getMetadata().getUid()).isEqualTo(service);

            ToolResult other = helm.run(command("upgrade", "--set", "service.clusterIP=10.3.0.16"));
            assertThat(other.status()).isNotZero();
            assertThat(other.err())
                    .contains("service.clusterIP is 10.3.0.16, but the Service lockkeeper has " + ADDRESS)
                    .contains("delete the Service first");

            helm.run("rollback", NAME, "1", "--namespace", Manifests.NAMESPACE, "--wait")
                    .ok();
            Rig.await().untilAsserted(() -> assertThat(available(rig.admin)).isEqualTo(2));
            assertThat(uid(rig)).isEqualTo(group);
            assertThat(service(rig.admin).getMetadata().getUid()).isEqualTo(service);

            assertThat(release(helm, "upgrade", "--wait")).doesNotContain("is not as the values say");

            testPasses(helm, rig.admin);

            String said = helm.run("uninstall", NAME, "--namespace", Manifests.NAMESPACE, "--wait")
                    .ok();
            assertThat(said).contains("rebootgroups.lockkeeper.dev");
            assertThat(service(rig.admin)).isNull();
            assertThat(rig.admin.rbac().clusterRoles().withName(NAME).get()).isNull();
            assertThat(uid(rig)).isEqualTo(group);
            assertThat(rig.read("default").getMetadata().getDeletionTimestamp()).isNull();
            assertThat(graph(rig)).isNotNull();

            // What stayed is taken over.
            release(helm, "install", "--wait", "--set", "service.clusterIP=" + ADDRESS);
            assertThat(uid(rig)).isEqualTo(group);
        }
    }

    @Test
    void withoutWaitAndWithoutKeepingItComesAndGoes() {
        try (Rig rig = Rig.bare(ControlPlane.start())) {
            Helm helm = Chart.helm(home).with(rig.plane.adminKubeconfig());
            restrictedNamespace(rig.admin);
            theNotesHaveTheSnippet(helm);
            String[] values = {"--set", "crds.keep=false"};

            release(helm, "install", values);
            assertThat(uid(rig)).isNotNull();
            release(helm, "upgrade", values);
            assertThat(uid(rig)).isNotNull();

            helm.run("uninstall", NAME, "--namespace", Manifests.NAMESPACE).ok();
            Rig.await()
                    .untilAsserted(() -> assertThat(rig.admin
                                    .apiextensions()
                                    .v1()
                                    .customResourceDefinitions()
                                    .list()
                                    .getItems())
                            .noneMatch(crd -> crd.getSpec().getGroup().equals("lockkeeper.dev")));
        }
    }

    private static void theNotesHaveTheSnippet(Helm helm) {
        String notes = notes(
                helm,
                "--set",
                "service.clusterIP=10.3.0.15,service.port=8080,groups.edge.group=edge-site,groups.edge.clientSecretRef.name=edge");
        assertThat(notes)
                .contains("group = \"default\"")
                .contains("group = \"edge-site\"")
                .contains("base_url = \"http://10.3.0.15:8080/\"")
                .contains("[cincinnati]")
                .contains("The group edge has passwords")
                .doesNotContain("ADDRESS");
        assertThat(notes(helm, "--set", "graphs.fedora=null"))
                .contains("http://ADDRESS/")
                .doesNotContain("[cincinnati]");
        assertThat(notes(helm, "--set", "service.clusterIP=fd00::15")).contains("base_url = \"http://[fd00::15]/\"");
        assertThat(notes(helm, "--set", "service.type=NodePort,service.nodePort=30080"))
                .contains("http://ADDRESS:30080/");
        assertThat(notes(helm, "--set", "service.type=LoadBalancer,service.loadBalancerIP=192.0.2.7"))
                .contains("http://192.0.2.7/");
        assertThat(notes(helm, "--set", "tls.secretName=agents-tls,service.port=443,service.clusterIP=10.3.0.15"))
                .contains("base_url = \"https://10.3.0.15/\"")
                .contains("the certificate in the Secret agents-tls")
                .doesNotContain("http://");
        assertThat(notes(helm, "--set", "settings.LOCKKEEPER_AGENT_PUBLIC_URL=https://lockkeeper.example.org/fleet"))
                .contains("base_url = \"https://lockkeeper.example.org/fleet/\"");
        assertThat(notes(helm, "--set", "replicas=1,monitoring.podMonitor.enabled=true"))
                .contains("With one replica")
                .contains("has no Prometheus Operator");
    }

    /** Nothing is made: a trial. */
    private static String notes(Helm helm, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "install", "lockkeeper", Chart.folder(), "--namespace", Manifests.NAMESPACE, "--dry-run=client"));
        command.addAll(List.of(arguments));
        String said = helm.run(command.toArray(String[]::new)).ok();
        return said.substring(said.indexOf("NOTES:"));
    }

    private static String[] command(String verb, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(verb, NAME, Chart.folder(), "--namespace", Manifests.NAMESPACE, "--timeout", "2m"));
        command.addAll(VALUES);
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    private static String release(Helm helm, String verb, String... arguments) {
        return helm.run(command(verb, arguments)).ok();
    }

    private static void restrictedNamespace(KubernetesClient admin) {
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(Manifests.NAMESPACE)
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create();
    }

    /** Its pod is admitted; the testbed's kubelets run nothing, so the test says itself that it has succeeded. */
    private static void testPasses(Helm helm, KubernetesClient admin) throws Exception {
        CompletableFuture<ToolResult> test = CompletableFuture.supplyAsync(
                () -> helm.run("test", NAME, "--namespace", Manifests.NAMESPACE, "--timeout", "1m"));
        Rig.await().until(() -> {
            Pod pod = admin.pods()
                    .inNamespace(Manifests.NAMESPACE)
                    .withName("lockkeeper-test")
                    .get();
            if (pod != null && "Running".equals(pod.getStatus().getPhase())) {
                admin.resource(pod)
                        .subresource("status")
                        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"phase\":\"Succeeded\"}}");
            }
            return test.isDone();
        });
        assertThat(test.get().ok()).containsPattern("Phase: +Succeeded");
    }

    private static int available(KubernetesClient admin) {
        Integer replicas = admin.apps()
                .deployments()
                .inNamespace(Manifests.NAMESPACE)
                .withName(NAME)
                .get()
                .getStatus()
                .getAvailableReplicas();
        return replicas == null ? 0 : replicas;
    }

    private static Service service(KubernetesClient admin) {
        return admin.services().inNamespace(Manifests.NAMESPACE).withName(NAME).get();
    }

    private static String uid(Rig rig) {
        return Stream.ofNullable(rig.admin
                        .resources(RebootGroup.class)
                        .withName("default")
                        .get())
                .map(group -> group.getMetadata().getUid())
                .findFirst()
                .orElse(null);
    }

    private static UpdateGraph graph(Rig rig) {
        return rig.admin.resources(UpdateGraph.class).withName("fedora").get();
    }
}
