package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.control.Part;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The shipped roles: enough for everything, no more than is used, and what is missing is named. */
class PermissionIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String USER = "system:serviceaccount:lockkeeper:lockkeeper";

    @Test
    void withOnePermissionRemovedTheOperatorSaysWhichAndIsNotReady() {
        try (Rig rig = Rig.start()) {
            ClusterRole role =
                    rig.admin.rbac().clusterRoles().withName("lockkeeper").get();
            ClusterRole less = without(role, "pods", "delete");
            rig.admin.resource(less).update();
            OperatorProcess operator = rig.launch(_ -> {});
            Rig.await().untilAsserted(() -> {
                var answer = operator.management("/q/health/ready");
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("lacks: delete pods");
            });
            role.getMetadata().setResourceVersion(null);
            role.getMetadata().setManagedFields(null);
            rig.admin.resource(role).forceConflicts().serverSideApply();
            Rig.await().until(operator::ready);
        }
    }

    private static ClusterRole without(ClusterRole role, String resource, String verb) {
        List<PolicyRule> rules = role.getRules().stream()
                .flatMap(r -> r.getResources().contains(resource)
                        ? Stream.of(r.edit()
                                .withVerbs(r.getVerbs().stream()
                                        .filter(v -> !v.equals(verb))
                                        .toList())
                                .build())
                        : Stream.of(r))
                .toList();
        return role.edit().withRules(rules).build();
    }

    @Test
    void withoutCrdsItWaitsAndSaysSoAndBecomesReadyWhenTheyAppear() {
        ControlPlane plane = ControlPlane.start();
        try (Rig rig = Rig.bare(plane)) {
            Manifests.installRoles(rig.admin);
            OperatorProcess operator = rig.launch(_ -> {});
            Rig.await()
                    .untilAsserted(() -> assertThat(
                                    operator.management("/q/health/ready").body())
                            .contains("The CRD rebootgroups.lockkeeper.dev is not installed"));
            Manifests.installCrds(rig.admin);
            Rig.await().until(operator::ready);
        }
    }

    @Test
    void withoutAnApiServerAtStartItWaitsAndSaysSoAndBecomesReadyWhenItAppears() {
        try (Rig rig = Rig.start()) {
            rig.plane.kubeconfigFor(Manifests.NAMESPACE, Manifests.SERVICE_ACCOUNT);
            rig.plane.pause(Part.API_SERVER);
            OperatorProcess operator;
            try {
                operator = rig.launchWith("lockkeeper-lockkeeper.kubeconfig");
                Rig.await()
                        .untilAsserted(() -> assertThat(
                                        operator.management("/q/health/ready").body())
                                .contains("cannot be asked"));
            } finally {
                rig.plane.resume(Part.API_SERVER);
            }
            Rig.await().until(operator::ready);
        }
    }

    @Test
    void itAsksForNothingThatItsRolesDoNotGrant() throws Exception {
        try (Rig rig = Rig.start()) {
            Releases releases = new Releases(rig);
            OperatorProcess operator = releases.operator();
            PublishedReleases published =
                    new PublishedReleases("stable").out(Rig.OLD).out(Rig.NEW);
            releases.publish(published);
            rig.group("audited", spec -> spec.getDrain().setTimeout("30s"));
            releases.pin("audited", spec -> spec.setGroups(List.of("audited")));
            SimulatedMachine machine =
                    releases.agent(releases.node("audited-1", "audited", Rig.OLD), "audited", operator);
            Workloads shop = Workloads.inNewNamespace(rig.admin, "audited");
            shop.awaitReady(shop.deployment("web", 1, PodShape.PLAIN.onNodesWith("group", "audited")));
            Rig.await()
                    .untilAsserted(
                            () -> assertThat(rig.updated("audited", machine)).isTrue());
            Pools pools = new Pools(rig);
            pools.window("nights", "{pool: worker}");
            Rig.await()
                    .untilAsserted(
                            () -> assertThat(pools.condition("nights", "Ready")).isEqualTo("False SwitchedOff"));
            releases.publish(published.out("44.20260804.3.0"));
            rig.admin.nodes().withName("audited-1").delete();
            Rig.await()
                    .until(() -> rig.admin
                                    .resources(FleetMachine.class)
                                    .withName("audited-1")
                                    .get()
                            == null);
            operator.close();

            Set<String> forbidden = new TreeSet<>();
            Set<String> used = new TreeSet<>();
            for (String line : Files.readAllLines(rig.plane.auditLog())) {
                JsonNode entry = JSON.readTree(line);
                if (entry.at("/user/username").asText().equals(USER)) {
                    String what = entry.at("/verb").asText() + " "
                            + entry.at("/objectRef/resource").asText()
                            + (entry.at("/objectRef/subresource").isMissingNode()
                                    ? ""
                                    : "/" + entry.at("/objectRef/subresource").asText());
                    used.add(what);
                    if (entry.at("/responseStatus/code").asInt() == 403) {
                        forbidden.add(what + " " + entry.at("/requestURI").asText());
                    }
                }
            }
            assertThat(forbidden).isEmpty();
            Set<String> unused = new TreeSet<>(granted(rig));
            unused.removeAll(used);
            // Only an eviction that a budget refuses, a drain past budgets, a repeated Event, a conflict, stored
            // releases that somebody spoilt, and a release that nothing runs any more ask for these.
            assertThat(unused)
                    .isSubsetOf(
                            "delete configmaps",
                            "delete fleetreleases",
                            "delete pods",
                            "list poddisruptionbudgets",
                            "patch events",
                            "update leases",
                            "get rebootgroups");
        }
    }

    private static Set<String> granted(Rig rig) {
        ClusterRole cluster =
                rig.admin.rbac().clusterRoles().withName("lockkeeper").get();
        Role own = rig.admin
                .rbac()
                .roles()
                .inNamespace(Manifests.NAMESPACE)
                .withName("lockkeeper")
                .get();
        Set<String> granted = new TreeSet<>();
        Stream.concat(cluster.getRules().stream(), own.getRules().stream())
                .forEach(rule -> rule.getResources()
                        .forEach(resource -> rule.getVerbs().forEach(verb -> granted.add(verb + " " + resource))));
        return granted;
    }
}
