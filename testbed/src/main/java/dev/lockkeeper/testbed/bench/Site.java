package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.VerifySpec;
import dev.lockkeeper.testbed.control.AuditEntry;
import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Where a part measures: a control plane with the shipped CRDs and roles, and a folder for the operator's log. */
final class Site implements AutoCloseable {

    static final String LABEL = "bench.lockkeeper.dev/group";
    private static final String OPERATOR =
            "system:serviceaccount:" + Manifests.NAMESPACE + ":" + Manifests.SERVICE_ACCOUNT;

    private final ControlPlane plane;
    private final Path folder;
    private final Path kubeconfig;

    private Site(ControlPlane plane, Path folder, Path kubeconfig) {
        this.plane = plane;
        this.folder = folder;
        this.kubeconfig = kubeconfig;
    }

    static Site start() throws IOException {
        return on(ControlPlane.start());
    }

    /** For thousands of nodes: their heartbeats and leases are written rarely. */
    static Site startForLargeFleet() throws IOException {
        return on(large().audit(false).start());
    }

    static Site startForLargeFleetWithAudit() throws IOException {
        return on(large().start());
    }

    /** For a thousand nodes of which many reboot: a heartbeat tells within a minute and a half that a kubelet is there. */
    static Site startForRolls() throws IOException {
        return on(ControlPlane.builder()
                .leaseSeconds(120)
                .nodeMonitorGrace(Duration.ofMinutes(5))
                .heartbeat(Duration.ofMinutes(1))
                .audit(false)
                .start());
    }

    private static ControlPlane.Builder large() {
        return ControlPlane.builder()
                .leaseSeconds(400)
                .nodeMonitorGrace(Duration.ofMinutes(15))
                .heartbeat(Duration.ofMinutes(5));
    }

    private static Site on(ControlPlane plane) throws IOException {
        try {
            Manifests.install(plane.admin());
            return new Site(
                    plane,
                    Files.createTempDirectory("lockkeeper-bench-"),
                    plane.kubeconfigFor(Manifests.NAMESPACE, Manifests.SERVICE_ACCOUNT));
        } catch (RuntimeException | IOException e) {
            plane.close();
            throw e;
        }
    }

    ControlPlane plane() {
        return plane;
    }

    KubernetesClient admin() {
        return plane.admin();
    }

    Path folder() {
        return folder;
    }

    /** With the JVM options of deploy/. */
    OperatorProcess.Builder operator() {
        return OperatorProcess.builder(kubeconfig, folder);
    }

    /** A group of the nodes that carry its name as {@link #LABEL}; a node is healthy as soon as it is Ready. */
    void group(String name, int slots) {
        RebootGroupSpec spec = new RebootGroupSpec();
        spec.setSlots(new IntOrString(slots));
        spec.setNodeSelector(
                new LabelSelectorBuilder().withMatchLabels(Map.of(LABEL, name)).build());
        VerifySpec verify = new VerifySpec();
        verify.setMinReady("0s");
        spec.setVerify(verify);
        RebootGroup group = new RebootGroup();
        group.setMetadata(new ObjectMetaBuilder().withName(name).build());
        group.setSpec(spec);
        admin().resource(group).create();
    }

    /** The group refuses every new holder from now on. */
    void pause(String group) {
        admin().resources(RebootGroup.class)
                .withName(group)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"paused\":true}}");
    }

    /** The requests of the operator that the API server has answered. */
    List<AuditEntry> operatorRequests() {
        return plane.auditEntries(e -> e.user().equals(OPERATOR) && e.stage().equals("ResponseComplete"));
    }

    @Override
    public void close() {
        plane.close();
    }
}
