package dev.lockkeeper.system;

import dev.lockkeeper.crds.v1alpha1.PoolWindow;
import dev.lockkeeper.crds.v1alpha1.PoolWindowStatus;
import dev.lockkeeper.testbed.control.AuditEntry;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.Manifests;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What OKD brings along, as far as Lockkeeper sees it: the kind MachineConfigPool without its controller, pools and nodes. */
final class Pools {

    static final String GROUP = "machineconfiguration.openshift.io";

    private static final String KIND = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: machineconfigpools.machineconfiguration.openshift.io}
            spec:
              group: machineconfiguration.openshift.io
              scope: Cluster
              names: {kind: MachineConfigPool, plural: machineconfigpools, singular: machineconfigpool, shortNames: [mcp]}
              versions:
                - name: v1
                  served: true
                  storage: true
                  subresources: {status: {}}
                  schema:
                    openAPIV3Schema:
                      type: object
                      properties:
                        spec:
                          type: object
                          x-kubernetes-preserve-unknown-fields: true
                          properties: {paused: {type: boolean}}
                        status: {type: object, x-kubernetes-preserve-unknown-fields: true}
            """;
    private static final ResourceDefinitionContext POOLS = new ResourceDefinitionContext.Builder()
            .withGroup(GROUP)
            .withVersion("v1")
            .withKind("MachineConfigPool")
            .withPlural("machineconfigpools")
            .withNamespaced(false)
            .build();
    private static final String OPERATOR =
            "system:serviceaccount:" + Manifests.NAMESPACE + ":" + Manifests.SERVICE_ACCOUNT;

    private final Rig rig;

    Pools(Rig rig) {
        this.rig = rig;
    }

    /** The kind, without most of its schema. */
    void install() {
        CustomResourceDefinition crd = Serialization.unmarshal(KIND, CustomResourceDefinition.class);
        Rig.install(rig.admin, crd);
    }

    private NonNamespaceOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>> all() {
        return rig.admin.genericKubernetesResources(POOLS);
    }

    /** A pool of three machines of that role, all up to date. */
    void create(String name, boolean paused) {
        all().resource(Serialization.unmarshal(
                        "apiVersion: " + GROUP + "/v1\nkind: MachineConfigPool\nmetadata: {name: " + name + "}\n"
                                + "spec: {paused: " + paused + ", configuration: {name: rendered-" + name + "-1},"
                                + " nodeSelector: {matchLabels: {node-role.kubernetes.io/" + name + ": ''}}}",
                        GenericKubernetesResource.class))
                .create();
        status(
                name,
                "{\"machineCount\":3,\"updatedMachineCount\":3,\"readyMachineCount\":3,\"unavailableMachineCount\":0,"
                        + "\"degradedMachineCount\":0,\"configuration\":{\"name\":\"rendered-" + name + "-1\"},"
                        + "\"conditions\":[{\"type\":\"Updated\",\"status\":\"True\"}]}");
    }

    /** As the machine-config-operator would write it. */
    void status(String name, String json) {
        all().withName(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":" + json + "}");
    }

    /** As a person does it with oc patch mcp. */
    void pause(String name, boolean paused) {
        all().withName(name).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"paused\":" + paused + "}}");
    }

    /** As a person does it with oc annotate mcp. */
    void handBack(String name) {
        all().withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"lockkeeper.dev/by-person\":null}}}");
    }

    boolean paused(String name) {
        return Boolean.TRUE.equals(all().withName(name).get().get("spec", "paused"));
    }

    /** Lockkeeper's own annotations there. */
    Map<String, String> marks(String name) {
        Map<String, String> annotations =
                all().withName(name).get().getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    /** A registered node of a pool. */
    void node(String name, String role, Architecture architecture, String osImage) {
        rig.register(MachineSpec.of(name, name.hashCode())
                .withArchitecture(architecture)
                .withLabel("node-role.kubernetes.io/" + role, ""));
        rig.admin
                .nodes()
                .withName(name)
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"nodeInfo\":{\"osImage\":\"" + osImage + "\"}}}");
    }

    void window(String name, String spec) {
        rig.admin
                .resource(Serialization.unmarshal(
                        "apiVersion: lockkeeper.dev/v1alpha1\nkind: PoolWindow\nmetadata: {name: " + name + "}\nspec: "
                                + spec,
                        GenericKubernetesResource.class))
                .create();
    }

    PoolWindowStatus status(String window) {
        return rig.admin.resources(PoolWindow.class).withName(window).get().getStatus();
    }

    /** Status and reason of a condition, such as {@code False NoPools}. */
    String condition(String window, String type) {
        return Optional.ofNullable(status(window)).map(PoolWindowStatus::getConditions).orElse(List.of()).stream()
                .filter(c -> c.getType().equals(type))
                .map(c -> c.getStatus() + " " + c.getReason())
                .findFirst()
                .orElse("");
    }

    /** All that the operator asked the API server for, of one kind of thing. */
    List<AuditEntry> asked(Predicate<AuditEntry> wanted) {
        return rig.plane.auditEntries(entry -> entry.user().equals(OPERATOR) && wanted.test(entry));
    }
}
