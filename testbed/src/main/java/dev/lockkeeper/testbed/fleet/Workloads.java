package dev.lockkeeper.testbed.fleet;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Makes what runs on the nodes of one namespace. Each method creates one object and returns it as the server has it. */
public final class Workloads {
    private static final long TIMEOUT_SECONDS = 60;

    private final KubernetesClient client;
    private final String namespace;

    private Workloads(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Creates the namespace and waits for its ServiceAccount, without which no pod is admitted. */
    public static Workloads inNewNamespace(KubernetesClient client, String namespace) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        client.serviceAccounts()
                .inNamespace(namespace)
                .withName("default")
                .waitUntilCondition(account -> account != null, TIMEOUT_SECONDS, TimeUnit.SECONDS);
        return new Workloads(client, namespace);
    }

    public String namespace() {
        return namespace;
    }

    /** A Deployment whose pods carry the label {@code app=<name>}. */
    public Deployment deployment(String name, int replicas, PodShape shape) {
        return client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(replicas)
                        .withNewSelector()
                        .withMatchLabels(Map.of("app", name))
                        .endSelector()
                        .withTemplate(shape.template(name))
                        .endSpec()
                        .build())
                .create();
    }

    /** Waits until all replicas of a Deployment run. */
    public void awaitReady(Deployment deployment) {
        client.resource(deployment).waitUntilReady(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** A DaemonSet on every node, also on cordoned ones; its pods carry the label {@code app=<name>}. */
    public DaemonSet daemonSet(String name) {
        return client.resource(new DaemonSetBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withNewSelector()
                        .withMatchLabels(Map.of("app", name))
                        .endSelector()
                        .withTemplate(PodShape.PLAIN.template(name))
                        .endSpec()
                        .build())
                .create();
    }

    /** A budget for the pods with the label {@code app=<app>}: a number or a percentage of them stays. */
    public PodDisruptionBudget minAvailable(String name, String app, IntOrString count) {
        return client.resource(budget(name, app)
                        .editSpec()
                        .withMinAvailable(count)
                        .endSpec()
                        .build())
                .create();
    }

    /** A budget for the pods with the label {@code app=<app>}: a number or a percentage of them may be away. */
    public PodDisruptionBudget maxUnavailable(String name, String app, IntOrString count) {
        return client.resource(budget(name, app)
                        .editSpec()
                        .withMaxUnavailable(count)
                        .endSpec()
                        .build())
                .create();
    }

    private PodDisruptionBudgetBuilder budget(String name, String app) {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .withMatchLabels(Map.of("app", app))
                .endSelector()
                .endSpec();
    }

    /** A pod that no controller owns, bound to a node. */
    public Pod barePod(String name, String node, PodShape shape) {
        return client.resource(pod(name, shape.onNode(node)).build()).create();
    }

    /** The API's image of a static pod, which only its kubelet can end. */
    public Pod mirrorPod(String name, String node) {
        String nodeUid = client.nodes().withName(node).require().getMetadata().getUid();
        return client.resource(pod(name + "-" + node, PodShape.PLAIN.onNode(node))
                        .editMetadata()
                        .addToAnnotations("kubernetes.io/config.mirror", MachineSpec.hex(0, name, node))
                        .withOwnerReferences(new OwnerReferenceBuilder()
                                .withApiVersion("v1")
                                .withKind("Node")
                                .withName(node)
                                .withUid(nodeUid)
                                .withController(true)
                                .build())
                        .endMetadata()
                        .build())
                .create();
    }

    /** A bare pod on a node that has run to its end; returned when it has. */
    public Pod finishedPod(String name, String node) {
        Pod pod = client.resource(pod(name, PodShape.PLAIN.onNode(node))
                        .editMetadata()
                        .addToAnnotations("testbed.lockkeeper.dev/complete", "true")
                        .endMetadata()
                        .editSpec()
                        .withRestartPolicy("Never")
                        .endSpec()
                        .build())
                .create();
        return client.resource(pod)
                .waitUntilCondition(
                        now -> now != null && "Succeeded".equals(now.getStatus().getPhase()),
                        TIMEOUT_SECONDS,
                        TimeUnit.SECONDS);
    }

    private PodBuilder pod(String name, PodShape shape) {
        var template = shape.template(name);
        return new PodBuilder()
                .withMetadata(template.getMetadata())
                .withSpec(template.getSpec())
                .editMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata();
    }
}
