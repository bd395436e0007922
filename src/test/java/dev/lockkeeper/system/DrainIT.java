package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.DrainMode;
import dev.lockkeeper.crds.v1alpha1.DrainSpec;
import dev.lockkeeper.crds.v1alpha1.Holder;
import dev.lockkeeper.crds.v1alpha1.OnTimeout;
import dev.lockkeeper.crds.v1alpha1.Phase;
import dev.lockkeeper.crds.v1alpha1.UnmanagedPods;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every kind of pod that a drain can meet, on the real eviction API: status, Event and answer say what happens. */
class DrainIT {

    private static Rig rig;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        operator =
                rig.operator(o -> o.set("LOCKKEEPER_DRAIN_BACKOFF", "PT3S").set("LOCKKEEPER_AGENT_MAX_HOLD", "PT4S"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /** One group of one node, named alike, whose pods live in a namespace of the same name. */
    private record Case(String name, SimulatedMachine machine, Workloads workloads) {

        static Case of(String name, Consumer<DrainSpec> drain) {
            rig.group(name, spec -> drain.accept(spec.getDrain()));
            SimulatedMachine machine = rig.machine(name + "-1", name, operator);
            return new Case(name, machine, Workloads.inNewNamespace(rig.admin, name));
        }

        PodShape here() {
            return PodShape.PLAIN.onNodesWith("group", name);
        }

        void stage() {
            machine.stage(Rig.NEW);
        }

        void awaitUpdated() {
            Rig.await()
                    .untilAsserted(() -> assertThat(rig.updated(name, machine))
                            .as("%s: %s", machine.name(), rig.read(name).getStatus())
                            .isTrue());
        }

        void awaitBlockedBy(String reason) {
            Rig.await().untilAsserted(() -> {
                Holder holder = rig.holder(name, machine.name()).orElseThrow(AssertionError::new);
                assertThat(holder.getDrain()).isNotNull();
                assertThat(holder.getDrain().getBlockedBy())
                        .anySatisfy(b -> assertThat(b.getPod() + " " + b.getReason() + " " + b.getPdb())
                                .contains(reason));
            });
        }

        void awaitRemaining(int pods) {
            Rig.await().untilAsserted(() -> {
                Holder holder = rig.holder(name, machine.name()).orElseThrow(AssertionError::new);
                assertThat(holder.getDrain()).isNotNull();
                assertThat(holder.getDrain().getRemaining()).isEqualTo(pods);
            });
        }

        List<Pod> pods() {
            return rig.admin.pods().inNamespace(name).list().getItems();
        }

        List<String> refusals() {
            return rig.journal.entries(Journal.Answered.class, machine.name()).stream()
                    .filter(a -> a.status() == 423)
                    .map(Journal.Answered::body)
                    .toList();
        }
    }

    @Test
    void aBudgetThatOpensLaterIsWaitedForAndNamed() {
        Case c = Case.of("pdb-later", _ -> {});
        c.workloads.minAvailable("db", "db", new IntOrString(1));
        c.workloads.awaitReady(c.workloads.deployment("db", 1, c.here()));
        c.stage();

        c.awaitBlockedBy("pdb-later/db");
        Rig.await()
                .untilAsserted(() -> assertThat(rig.events("RebootGroup", "pdb-later"))
                        .anyMatch(e -> e.startsWith("DrainBlocked") && e.contains("pdb-later/db")));
        Rig.await()
                .untilAsserted(() -> assertThat(c.refusals())
                        .anyMatch(b -> b.contains("\"kind\":\"drain_blocked\"") && b.contains("PDB pdb-later/db")));
        assertThat(rig.journal.entries(Journal.Boot.class, c.machine.name())).isEmpty();

        rig.admin
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace("pdb-later")
                .withName("db")
                .delete();
        c.awaitUpdated();
    }

    @Test
    void aBudgetThatNeverOpensGivesTheSlotBackAndTheMachineWaitsLongerEachTime() {
        Case c = Case.of("pdb-release", d -> d.setTimeout("2s"));
        c.workloads.minAvailable("db", "db", new IntOrString(1));
        c.workloads.awaitReady(c.workloads.deployment("db", 1, c.here()));
        c.stage();

        Rig.await()
                .untilAsserted(
                        () -> assertThat(rig.read("pdb-release").getStatus().getBackoff())
                                .anySatisfy(b -> assertThat(b.getTries()).isGreaterThanOrEqualTo(2)));
        assertThat(rig.events("RebootGroup", "pdb-release")).anyMatch(e -> e.startsWith("DrainTimedOut"));
        Rig.await()
                .untilAsserted(() -> assertThat(c.refusals()).anyMatch(b -> b.contains("\"kind\":\"drain_backoff\"")));
        Rig.await().untilAsserted(() -> {
            assertThat(rig.holder("pdb-release", c.machine.name())).isEmpty();
            assertThat(rig.node(c.machine.name()).getSpec().getUnschedulable()).isNotEqualTo(true);
        });
        assertThat(rig.journal.entries(Journal.Boot.class, c.machine.name())).isEmpty();
    }

    @Test
    void aBudgetThatNeverOpensIsWaitedForUnderHold() {
        Case c = Case.of("pdb-hold", d -> {
            d.setTimeout("2s");
            d.setOnTimeout(OnTimeout.Hold);
        });
        c.workloads.minAvailable("db", "db", new IntOrString(1));
        c.workloads.awaitReady(c.workloads.deployment("db", 1, c.here()));
        c.stage();

        Rig.await().untilAsserted(() -> assertThat(c.refusals()).hasSizeGreaterThan(1));
        assertThat(rig.holder("pdb-hold", c.machine.name()))
                .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(Phase.Draining));
        assertThat(rig.read("pdb-hold").getStatus().getBackoff()).isNullOrEmpty();
        rig.admin
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace("pdb-hold")
                .withName("db")
                .delete();
        c.awaitUpdated();
    }

    @Test
    void aBudgetThatNeverOpensIsOverriddenUnderForce() {
        Case c = Case.of("pdb-force", d -> {
            d.setTimeout("2s");
            d.setOnTimeout(OnTimeout.Force);
        });
        c.workloads.minAvailable("db", "db", new IntOrString(1));
        c.workloads.awaitReady(c.workloads.deployment("db", 1, c.here()));
        c.stage();
        c.awaitUpdated();
    }

    @Test
    void twoBudgetsOnOnePodAreBothNamed() {
        Case c = Case.of("pdb-two", d -> {
            d.setTimeout("5s");
            d.setOnTimeout(OnTimeout.Force);
        });
        c.workloads.minAvailable("one", "db", new IntOrString(0));
        c.workloads.minAvailable("two", "db", new IntOrString(0));
        c.workloads.awaitReady(c.workloads.deployment("db", 1, c.here()));
        c.stage();
        c.awaitBlockedBy("one");
        c.awaitBlockedBy("two");
        c.awaitUpdated();
    }

    @Test
    void aPodWithLongGraceIsWaitedFor() {
        Case c = Case.of("grace", _ -> {});
        c.workloads.awaitReady(c.workloads.deployment("slow", 1, c.here().withGrace(Duration.ofSeconds(4))));
        c.stage();
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("grace", c.machine.name()))
                        .hasValueSatisfying(
                                h -> assertThat(h.getDrain().getRemaining()).isEqualTo(1)));
        assertThat(rig.journal.entries(Journal.Down.class, c.machine.name())).isEmpty();
        c.awaitUpdated();
    }

    @Test
    void aPodWithAFinalizerIsNamedAndWaitedFor() {
        Case c = Case.of("finalizer", _ -> {});
        c.workloads.awaitReady(c.workloads.deployment("kept", 1, c.here().withFinalizer("example.com/keep")));
        c.stage();
        Rig.await()
                .untilAsserted(() -> assertThat(rig.holder("finalizer", c.machine.name()))
                        .hasValueSatisfying(
                                h -> assertThat(h.getDrain().getRemaining()).isEqualTo(1)));
        Rig.await().until(() -> c.pods().stream().anyMatch(p -> p.getMetadata().getDeletionTimestamp() != null));
        c.pods().stream()
                .filter(p -> p.getMetadata().getDeletionTimestamp() != null)
                .forEach(p -> rig.admin
                        .pods()
                        .inNamespace("finalizer")
                        .withName(p.getMetadata().getName())
                        .patch("{\"metadata\":{\"finalizers\":null}}"));
        c.awaitUpdated();
    }

    @Test
    void aBarePodStaysUnderLeave() {
        Case c = Case.of("bare-leave", _ -> {});
        c.workloads.barePod("bare", c.machine.name(), PodShape.PLAIN);
        c.stage();
        c.awaitUpdated();
        assertThat(c.pods()).hasSize(1);
    }

    @Test
    void aBarePodGoesUnderEvict() {
        Case c = Case.of("bare-evict", d -> d.setUnmanaged(UnmanagedPods.Evict));
        c.workloads.barePod("bare", c.machine.name(), PodShape.PLAIN);
        c.stage();
        c.awaitUpdated();
        assertThat(c.pods()).isEmpty();
    }

    @Test
    void aBarePodBlocksUnderBlock() {
        Case c = Case.of("bare-block", d -> d.setUnmanaged(UnmanagedPods.Block));
        c.workloads.barePod("bare", c.machine.name(), PodShape.PLAIN);
        c.stage();
        c.awaitBlockedBy("bare-block/bare");
        rig.admin
                .pods()
                .inNamespace("bare-block")
                .withName("bare")
                .withGracePeriod(0)
                .delete();
        c.awaitUpdated();
    }

    @Test
    void aPodWithEmptyDirBlocksWhereItsDataMayNotBeDeleted() {
        Case c = Case.of("emptydir", d -> d.setDeleteEmptyDirData(false));
        c.workloads.awaitReady(c.workloads.deployment("cache", 1, c.here().withEmptyDir()));
        c.stage();
        c.awaitBlockedBy("emptyDir");
        rig.admin.apps().deployments().inNamespace("emptydir").withName("cache").scale(0);
        c.awaitUpdated();
    }

    @Test
    void podsOfDaemonSetsMirrorPodsAndFinishedPodsAreNotTouched() {
        Case c = Case.of("untouched", _ -> {});
        c.workloads.daemonSet("agent");
        Rig.await()
                .until(() -> c.pods().stream()
                        .anyMatch(p -> c.machine.name().equals(p.getSpec().getNodeName())));
        c.workloads.mirrorPod("static", c.machine.name());
        c.workloads.finishedPod("done", c.machine.name());
        List<String> before = uids(c);
        c.stage();
        c.awaitUpdated();
        assertThat(uids(c)).containsAll(before);
    }

    private static List<String> uids(Case c) {
        return c.pods().stream()
                .filter(p -> c.machine.name().equals(p.getSpec().getNodeName()))
                .map(p -> p.getMetadata().getUid())
                .toList();
    }

    @Test
    void aPodThatLandsDuringTheDrainIsDrainedToo() {
        Case c = Case.of("late-pod", d -> d.setUnmanaged(UnmanagedPods.Evict));
        c.workloads.awaitReady(c.workloads.deployment("slow", 1, c.here().withGrace(Duration.ofSeconds(4))));
        c.stage();
        Rig.await().until(() -> rig.node(c.machine.name()).getSpec().getUnschedulable() == Boolean.TRUE);
        c.workloads.barePod("late", c.machine.name(), PodShape.PLAIN);
        c.awaitUpdated();
        assertThat(c.pods()).noneMatch(p -> p.getMetadata().getName().equals("late"));
    }

    @Test
    void aNodeThatAPersonUncordonsDuringTheDrainIsCordonedAgain() {
        Case c = Case.of("uncordoned", _ -> {});
        c.workloads.minAvailable("db", "db", new IntOrString(1));
        c.workloads.awaitReady(c.workloads.deployment("db", 1, c.here()));
        c.stage();
        c.awaitBlockedBy("uncordoned/db");
        rig.admin.nodes().withName(c.machine.name()).patch("{\"spec\":{\"unschedulable\":null}}");
        Rig.await().until(() -> rig.node(c.machine.name()).getSpec().getUnschedulable() == Boolean.TRUE);
        Rig.await()
                .untilAsserted(() ->
                        assertThat(rig.events("Node", c.machine.name())).anyMatch(e -> e.startsWith("Recordoned")));
        rig.admin
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace("uncordoned")
                .withName("db")
                .delete();
        c.awaitUpdated();
    }

    @Test
    void aNodeThatAPersonCordonedBeforeStaysCordoned() {
        Case c = Case.of("persons", _ -> {});
        rig.admin.nodes().withName(c.machine.name()).patch("{\"spec\":{\"unschedulable\":true}}");
        c.stage();
        Rig.await()
                .until(() -> c.machine.version().equals(Rig.NEW)
                        && c.machine.staged().isEmpty()
                        && rig.holder("persons", c.machine.name()).isEmpty());
        assertThat(rig.node(c.machine.name()).getSpec().getUnschedulable()).isTrue();
        assertThat(Rig.cordonedByUs(rig.node(c.machine.name()))).isFalse();
    }

    @Test
    void podsOutsideThePodSelectorAreLeftAlone() {
        Case c = Case.of(
                "selector",
                d -> d.setPodSelector(new LabelSelectorBuilder()
                        .addToMatchLabels("app", "goes")
                        .build()));
        c.workloads.awaitReady(c.workloads.deployment("stays", 1, c.here()));
        c.workloads.awaitReady(c.workloads.deployment("goes", 1, c.here()));
        String stays = c.pods().stream()
                .filter(p -> p.getMetadata().getName().startsWith("stays"))
                .findFirst()
                .orElseThrow()
                .getMetadata()
                .getUid();
        c.stage();
        c.awaitUpdated();
        assertThat(uids(c)).contains(stays);
    }

    @Test
    void deleteGoesPastBudgets() {
        Case c = Case.of("delete", d -> d.setMode(DrainMode.Delete));
        c.workloads.minAvailable("db", "db", new IntOrString(1));
        c.workloads.awaitReady(c.workloads.deployment("db", 1, c.here()));
        c.stage();
        c.awaitUpdated();
    }

    @Test
    void cordonOnlyLeavesThePods() {
        Case c = Case.of("cordon-only", d -> d.setMode(DrainMode.CordonOnly));
        c.workloads.awaitReady(c.workloads.deployment("web", 1, c.here()));
        List<String> before = uids(c);
        c.stage();
        Rig.await().until(() -> rig.node(c.machine.name()).getSpec().getUnschedulable() == Boolean.TRUE);
        c.awaitUpdated();
        assertThat(uids(c)).containsAll(before);
    }

    @Test
    void noneNeitherCordonsNorDrains() {
        Case c = Case.of("none", d -> d.setMode(DrainMode.None));
        c.workloads.awaitReady(c.workloads.deployment("web", 1, c.here()));
        List<String> before = uids(c);
        c.stage();
        c.awaitUpdated();
        assertThat(uids(c)).containsAll(before);
        assertThat(rig.events("Node", c.machine.name())).noneMatch(e -> e.startsWith("DrainStarted"));
    }

    @Test
    void aNamespaceThatIsBeingDeletedDoesNotHoldTheDrainUp() {
        Case c = Case.of("going", _ -> {});
        c.workloads.awaitReady(c.workloads.deployment("slow", 1, c.here().withGrace(Duration.ofSeconds(3))));
        rig.admin.namespaces().withName("going").delete();
        c.stage();
        c.awaitUpdated();
    }
}
