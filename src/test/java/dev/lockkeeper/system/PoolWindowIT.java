package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.PoolState;
import dev.lockkeeper.crds.v1alpha1.PoolWindow;
import dev.lockkeeper.testbed.control.AuditEntry;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * OKD: pools are reported, opened and paused by PoolWindows, and nothing is cordoned or drained; without its API group no request is
 * made for it. The machine-config-operator itself is not here: what it writes into a pool's status, the test writes.
 */
class PoolWindowIT {

    private static final String OLD = "CentOS Stream CoreOS 9.0.20250510-0";
    private static final String NEW = "CentOS Stream CoreOS 9.0.20250827-0";
    private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete", "deletecollection");
    /** Once a year, for an hour of the 22nd of July. */
    private static final String YEARLY = "windows: [{schedule: 0 1 22 7 *, duration: 1h}], maxPause: 48h";

    private static boolean isForPools(AuditEntry entry) {
        return entry.group().equals(Pools.GROUP) || entry.uri().startsWith("/apis/" + Pools.GROUP);
    }

    @Test
    void withoutTheApiGroupNoRequestIsMadeForItAndWithItPoolsAreReportedAndNotTouched() throws Exception {
        try (Rig rig = Rig.start()) {
            Pools pools = new Pools(rig);
            Manifests.installOkdRoles(rig.admin, false);
            OperatorProcess operator = rig.operator(settings ->
                    settings.set("LOCKKEEPER_OKD_ENABLED", "true").set("LOCKKEEPER_OKD_PASS_INTERVAL", "PT0.2S"));
            pools.window("nights", "{pool: worker, " + YEARLY + "}");
            Rig.await()
                    .untilAsserted(
                            () -> assertThat(pools.condition("nights", "Ready")).isEqualTo("False NoPools"));
            // It goes on looking whether the group has come.
            int before = pools.asked(e -> e.uri().equals("/apis")).size();
            Rig.await().until(() -> pools.asked(e -> e.uri().equals("/apis")).size() > before + 3);
            assertThat(pools.asked(PoolWindowIT::isForPools)).isEmpty();

            pools.node("w-1", "worker", Architecture.X86_64, OLD);
            pools.node("w-2", "worker", Architecture.X86_64, NEW);
            pools.node("w-3", "worker", Architecture.AARCH64, NEW);
            pools.install();
            pools.create("worker", false);
            pools.status("worker", "{\"updatedMachineCount\":2,\"degradedMachineCount\":1}");
            Rig.await()
                    .untilAsserted(
                            () -> assertThat(operator.management("/q/metrics").body())
                                    .contains(
                                            "lockkeeper_pool_machines{pool=\"worker\",state=\"total\"} 3.0",
                                            "lockkeeper_pool_machines{pool=\"worker\",state=\"updated\"} 2.0",
                                            "lockkeeper_pool_machines{pool=\"worker\",state=\"degraded\"} 1.0",
                                            "lockkeeper_pool_paused{pool=\"worker\"} 0.0",
                                            "lockkeeper_node_os{architecture=\"x86_64\",os=\"CentOS Stream CoreOS\",version=\"9.0.20250510-0\"} 1.0",
                                            "lockkeeper_node_os{architecture=\"aarch64\",os=\"CentOS Stream CoreOS\",version=\"9.0.20250827-0\"} 1.0"));
            Rig.await()
                    .untilAsserted(
                            () -> assertThat(pools.condition("nights", "Ready")).isEqualTo("False SwitchedOff"));
            assertThat(pools.paused("worker")).isFalse();
            assertThat(pools.asked(e -> isForPools(e) && WRITES.contains(e.verb())))
                    .isEmpty();
            assertThat(pools.asked(e -> e.code() == 403)).isEmpty();
        }
    }

    @Test
    void aPoolIsPausedBetweenWindowsOpenInThemAndNeverPausedForLongerThanMaxPause() throws Exception {
        try (Rig rig = Rig.start()) {
            Pools pools = new Pools(rig);
            Manifests.installOkdRoles(rig.admin, true);
            pools.install();
            pools.create("worker", false);
            pools.create("infra", true);
            pools.node("w-1", "worker", Architecture.X86_64, OLD);
            pools.node("w-2", "worker", Architecture.AARCH64, NEW);
            Workloads shop = Workloads.inNewNamespace(rig.admin, "shop");
            shop.awaitReady(shop.deployment("web", 2, PodShape.PLAIN));
            // Nodes of OKD are members here, and nothing comes of it, as no agent asks.
            rig.group("everything", spec -> spec.setNodeSelector(null));
            pools.window("nights", "{pool: worker, " + YEARLY + "}");
            pools.window("infra", "{pool: infra, " + YEARLY + "}");

            OperatorProcess operator = rig.operator(settings -> settings.set("LOCKKEEPER_OKD_ENABLED", "true")
                    .set("LOCKKEEPER_OKD_POOL_WINDOWS", "true")
                    .set("LOCKKEEPER_OKD_PASS_INTERVAL", "PT0.2S")
                    .set("LOCKKEEPER_TESTING_CLOCK", "2026-07-21T12:00:00Z"));
            Rig.await().untilAsserted(() -> {
                assertThat(pools.status("nights").getState()).isEqualTo(PoolState.Closed);
                assertThat(pools.status("nights").getNextChange()).isEqualTo("2026-07-22T01:00:00Z");
                assertThat(pools.condition("nights", "Ready")).isEqualTo("True Serving");
                assertThat(pools.status("infra").getState()).isEqualTo(PoolState.PausedByPerson);
            });
            assertThat(pools.paused("worker")).isTrue();
            assertThat(pools.marks("worker")).containsEntry("lockkeeper.dev/paused-by", "nights");
            assertThat(pools.status("nights").getVersions())
                    .extracting(v -> v.getArchitecture() + " " + v.getVersion() + " " + v.getMachines())
                    .containsExactlyInAnyOrder("x86_64 9.0.20250510-0 1", "aarch64 9.0.20250827-0 1");

            restartedAt(operator, "2026-07-22T00:59:55Z");
            Rig.await().untilAsserted(() -> {
                assertThat(pools.paused("worker")).isFalse();
                assertThat(pools.status("nights").getState()).isEqualTo(PoolState.Open);
                assertThat(pools.status("nights").getNextChange()).isEqualTo("2026-07-22T02:00:00Z");
            });
            assertThat(pools.marks("worker")).doesNotContainKey("lockkeeper.dev/paused-by");

            // An update that is in the middle when the window closes, and an operator that was killed meanwhile.
            pools.status(
                    "worker",
                    "{\"updatedMachineCount\":1,\"readyMachineCount\":1,\"unavailableMachineCount\":1,"
                            + "\"conditions\":[{\"type\":\"Updating\",\"status\":\"True\"}]}");
            restartedAt(operator, "2026-07-22T01:59:55Z");
            Rig.await().untilAsserted(() -> {
                assertThat(pools.paused("worker")).isTrue();
                assertThat(pools.status("nights").getState()).isEqualTo(PoolState.Closing);
                assertThat(pools.status("nights").getPausedSince()).startsWith("2026-07-22T02:0");
                assertThat(pools.status("nights").getMustOpenBy()).startsWith("2026-07-24T02:0");
                assertThat(pools.condition("nights", "Progressing")).isEqualTo("True Closing");
            });

            restartedAt(operator, "2026-07-24T01:59:55Z");
            Rig.await().untilAsserted(() -> {
                assertThat(pools.paused("worker")).isFalse();
                assertThat(pools.status("nights").getState()).isEqualTo(PoolState.MaxPauseReached);
                assertThat(pools.condition("nights", "Degraded")).isEqualTo("True MaxPauseReached");
            });
            assertThat(pools.marks("worker").get("lockkeeper.dev/opened-at")).startsWith("2026-07-24T02:0");
            // Events are sent after the status, and not waited for.
            Rig.await()
                    .untilAsserted(() -> assertThat(rig.events("PoolWindow", "nights"))
                            .anyMatch(e -> e.startsWith("PoolPaused: "))
                            .anyMatch(e -> e.startsWith("PoolOpened: "))
                            .anyMatch(e -> e.startsWith("MaxPauseReached: ")));

            // Nobody but a person ends what a person began.
            assertThat(pools.paused("infra")).isTrue();
            assertThat(pools.marks("infra")).containsOnlyKeys("lockkeeper.dev/by-person");
            nothingWasCordonedOrDrained(rig, pools);
            assertThat(pools.asked(PoolWindowIT::isForPools).stream().collect(Collectors.groupingBy(AuditEntry::verb)))
                    .containsOnlyKeys("list", "patch");
        }
    }

    /** Killed, and started again some seconds before something is due; by a slow start it may be due already. */
    private static void restartedAt(OperatorProcess operator, String time) {
        operator.kill();
        operator.relaunch("LOCKKEEPER_TESTING_CLOCK", time);
    }

    private static void nothingWasCordonedOrDrained(Rig rig, Pools pools) {
        assertThat(pools.asked(e ->
                        WRITES.contains(e.verb()) && Set.of("nodes", "pods").contains(e.resource())))
                .isEmpty();
        assertThat(rig.admin.nodes().list().getItems())
                .hasSize(2)
                .noneMatch(node -> Boolean.TRUE.equals(node.getSpec().getUnschedulable()) || Rig.cordonedByUs(node));
    }

    @Test
    void aPersonHasTheLastWordAndADeletedPoolWindowOpensItsPool() throws Exception {
        try (Rig rig = Rig.start()) {
            Pools pools = new Pools(rig);
            Manifests.installOkdRoles(rig.admin, true);
            pools.install();
            pools.create("worker", false);
            String frozen = "{pool: worker, freezes: [{from: '2020-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z'}]}";
            pools.window("freeze", frozen);
            OperatorProcess operator = rig.operator(settings -> settings.set("LOCKKEEPER_OKD_ENABLED", "true")
                    .set("LOCKKEEPER_OKD_POOL_WINDOWS", "true")
                    .set("LOCKKEEPER_OKD_PASS_INTERVAL", "PT0.2S"));
            Rig.await().until(() -> pools.paused("worker"));

            // What a person opens stays open, what they pause then is theirs, and open again it stays so, too.
            for (boolean paused : new boolean[] {false, true, false}) {
                pools.pause("worker", paused);
                Rig.await().untilAsserted(() -> {
                    assertThat(pools.status("freeze").getState())
                            .isEqualTo(paused ? PoolState.PausedByPerson : PoolState.OpenedByPerson);
                    assertThat(pools.marks("worker")).containsOnly(Map.entry("lockkeeper.dev/by-person", "true"));
                });
                assertThat(pools.paused("worker")).isEqualTo(paused);
            }
            // Until they say that it is Lockkeeper's again.
            pools.handBack("worker");
            Rig.await()
                    .untilAsserted(
                            () -> assertThat(pools.status("freeze").getState()).isEqualTo(PoolState.Closed));
            assertThat(pools.marks("worker")).containsEntry("lockkeeper.dev/paused-by", "freeze");

            // A second for the same pool waits, and takes over without a gap.
            pools.window("later", frozen);
            Rig.await()
                    .untilAsserted(
                            () -> assertThat(pools.condition("later", "Ready")).isEqualTo("False NotServing"));
            Map<String, String> before = pools.marks("worker");
            rig.admin.resources(PoolWindow.class).withName("freeze").delete();
            Rig.await().untilAsserted(() -> {
                assertThat(rig.admin
                                .resources(PoolWindow.class)
                                .withName("freeze")
                                .get())
                        .isNull();
                assertThat(pools.condition("later", "Ready")).isEqualTo("True Serving");
            });
            assertThat(pools.paused("worker")).isTrue();
            assertThat(pools.marks("worker"))
                    .containsEntry("lockkeeper.dev/paused-by", "later")
                    .containsEntry("lockkeeper.dev/paused-at", before.get("lockkeeper.dev/paused-at"));

            // While nobody works, a deleted PoolWindow waits: nobody else would open its pool.
            operator.kill();
            rig.admin.resources(PoolWindow.class).withName("later").delete();
            assertThat(rig.admin.resources(PoolWindow.class).withName("later").get())
                    .isNotNull();
            operator.launch();
            Rig.await()
                    .until(() -> rig.admin
                                    .resources(PoolWindow.class)
                                    .withName("later")
                                    .get()
                            == null);
            assertThat(pools.paused("worker")).isFalse();
            assertThat(pools.marks("worker")).isEmpty();
            assertThat(pools.asked(e -> e.code() == 403)).isEmpty();
        }
    }
}
