package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.UnmanagedPods;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.monitor.Alert;
import dev.lockkeeper.testbed.monitor.Prometheus;
import dev.lockkeeper.testbed.monitor.PrometheusTools;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;

/**
 * One roll at two replicas that a Prometheus watches: a drain is held up for a while, the machine comes back sick, its release is
 * withheld from its architecture, and a newer release heals all. Prometheus remembers it, so that tests can ask afterwards.
 */
final class MonitoredRoll implements AutoCloseable {

    static final String GROUP = "workers";
    static final String PIN = "everything";
    /** An id that an agent of no group sent. */
    static final String STRANGER = "5f2c8ae07b4d4e1f9a3b6c8d7e0f1a2b";

    private static final String OLD = "44.20260601.3.0";
    private static final String SICK = "44.20260615.3.0";
    private static final String NEWER = "44.20260629.3.0";
    private static final String NAMESPACE = "cellar";

    final Rig rig;
    final OperatorProcess leader;
    final OperatorProcess other;
    final Prometheus prometheus;
    final List<MachineSpec> specs = new ArrayList<>();
    private final Releases releases;
    private final PublishedReleases published = new PublishedReleases("stable").out(OLD);
    private final List<SimulatedMachine> machines = new ArrayList<>();

    /** When Prometheus saw both replicas and nothing to alert on. */
    Instant began;

    /** When the sick machine was parked, all others but its twin had gone on, and nobody held a slot. */
    Instant parked;

    Instant ended;
    /** The alerts that fired, as they were first seen, by their names. */
    final Map<String, Alert> told = new HashMap<>();

    private MonitoredRoll(PrometheusTools tools, Path rules) throws IOException {
        rig = Rig.start();
        try {
            releases = new Releases(rig);
            leader = releases.operator(MonitoredRoll::steady);
            Rig.await().until(() -> leader.management("/q/metrics").body().contains("lockkeeper_leader 1.0"));
            other = releases.operator(MonitoredRoll::steady);
            releases.publish(published);
            Path hasty = Files.writeString(rig.folder.resolve("rules.yaml"), hasty(Files.readString(rules)));
            prometheus = Prometheus.start(
                    tools, rig.folder, hasty, List.of(leader.managementPort(), other.managementPort()));
        } catch (IOException | RuntimeException | Error e) {
            rig.close();
            throw e;
        }
    }

    static MonitoredRoll start(PrometheusTools tools, Path rules) throws Exception {
        MonitoredRoll roll = new MonitoredRoll(tools, rules);
        try {
            // It learns of its targets some seconds after it began to evaluate rules, and takes all for absent before.
            roll.awaitSeen("sum(up) == 2");
            awaitLong().until(() -> roll.prometheus.alerts().isEmpty());
            roll.began = Instant.now();
            roll.fail();
            roll.heal();
            return roll;
        } catch (Exception | Error e) {
            roll.close();
            throw e;
        }
    }

    /** The lead does not change, however slow the machine is. */
    private static void steady(OperatorProcess.Builder operator) {
        operator.set("LOCKKEEPER_AGENT_MAX_HOLD", "PT5S")
                .set("LOCKKEEPER_LEADER_LEASE_DURATION", "PT30S")
                .set("LOCKKEEPER_LEADER_RENEW_DEADLINE", "PT20S");
    }

    /**
     * The shipped rules with other times: a test has no quarter of an hour. What must last for minutes must last for 3 seconds (longer
     * than one scrape that fails), and the withheld releases, whose alert is to end here, are remembered for 5 seconds instead of 5
     * minutes. All else, such as the hour of LockkeeperUpdateFailed, is as it is shipped.
     */
    private static String hasty(String rules) {
        String remembered = "max_over_time(lockkeeper_quarantined_releases[5m])";
        assertThat(rules).contains(remembered);
        return rules.replaceAll("(?m)^( +for:) .+$", "$1 3s").replace(remembered, remembered.replace("[5m]", "[5s]"));
    }

    private void fail() {
        rig.group(GROUP, spec -> {
            spec.getVerify().setTimeout("4s");
            spec.getDrain().setUnmanaged(UnmanagedPods.Block);
        });
        releases.pin(
                PIN,
                spec -> spec.setNodeSelector(new LabelSelectorBuilder()
                        .addToMatchLabels("group", GROUP)
                        .build()));
        releases.publish(published.out(SICK));
        MachineSpec kestrel = node("kestrel", Architecture.AARCH64);
        Workloads.inNewNamespace(rig.admin, NAMESPACE).barePod("bare", kestrel.name(), PodShape.PLAIN);
        SimulatedMachine sick = agent(kestrel, leader);
        sick.inject(new Fault.EachBootOf(SICK, new Fault.ComesBackNotReady()));
        awaitLong().until(() -> rig.holder(GROUP, sick.name()).isPresent());
        // While its drain is held up the others stage the release and wait for the only slot.
        SimulatedMachine twin = agent(node("merlin", Architecture.AARCH64), other);
        SimulatedMachine osprey = agent(node("osprey", Architecture.X86_64), leader);
        SimulatedMachine harrier = agent(node("harrier", Architecture.S390X), other);
        RawHttp.exchange(other.port(), RawHttp.request(RawHttp.PRE_REBOOT, STRANGER, "nobodys"));
        awaitFiring("LockkeeperDrainBlocked", "LockkeeperAgentsWithoutGroup");
        awaitLong().until(() -> twin.staged().isPresent());
        rig.admin
                .pods()
                .inNamespace(NAMESPACE)
                .withName("bare")
                .withGracePeriod(0)
                .delete();
        awaitFiring("LockkeeperReleaseQuarantined", "LockkeeperMachineParked", "LockkeeperUpdateFailed");
        slots(3);
        awaitFiring("LockkeeperStagedWithdrawn");
        awaitRun(SICK, osprey, harrier);
        awaitSeen("sum(lockkeeper_machines{state=\"Current\"}) == 2");
        awaitSeen("sum(lockkeeper_group_parked == 1) == 2 and sum(lockkeeper_group_slots_held) == 0");
        parked = Instant.now();
        twin.restartAgent();
    }

    private void heal() {
        releases.publish(published.out(NEWER));
        awaitRun(NEWER, machines.toArray(SimulatedMachine[]::new));
        awaitSeen("sum(lockkeeper_machines{state=\"Current\"}) == 4 and sum(lockkeeper_group_slots_held) == 0");
        awaitLong()
                .untilAsserted(() -> assertThat(firing())
                        .extracting(Alert::name)
                        .doesNotContain("LockkeeperReleaseQuarantined", "LockkeeperMachineParked"));
        ended = Instant.now();
    }

    private MachineSpec node(String name, Architecture architecture) {
        MachineSpec spec = releases.node(name, GROUP, OLD, architecture);
        specs.add(spec);
        return spec;
    }

    private SimulatedMachine agent(MachineSpec spec, OperatorProcess operator) {
        SimulatedMachine machine = releases.agent(spec, GROUP, operator);
        machines.add(machine);
        return machine;
    }

    private void slots(int slots) {
        rig.admin
                .resources(RebootGroup.class)
                .withName(GROUP)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"slots\":" + slots + "}}");
    }

    private void awaitRun(String version, SimulatedMachine... all) {
        for (SimulatedMachine machine : all) {
            awaitLong().untilAsserted(() -> {
                assertThat(machine.version()).isEqualTo(version);
                assertThat(releases.machine(machine.name()).getState()).isEqualTo(MachineState.Current);
            });
        }
    }

    private void awaitFiring(String... alerts) {
        awaitLong().untilAsserted(() -> {
            List<Alert> firing = firing();
            assertThat(firing).extracting(Alert::name).contains(alerts);
            firing.forEach(alert -> told.putIfAbsent(alert.name(), alert));
        });
    }

    List<Alert> firing() {
        return prometheus.alerts().stream().filter(Alert::firing).toList();
    }

    /** Waits until a condition on metrics holds. */
    private void awaitSeen(String condition) {
        awaitLong().until(() -> !prometheus.query(condition).isEmpty());
    }

    static String instance(OperatorProcess operator) {
        return Prometheus.instance(operator.managementPort());
    }

    private static ConditionFactory awaitLong() {
        return Rig.await(Duration.ofSeconds(90));
    }

    @Override
    public void close() {
        prometheus.close();
        rig.close();
    }
}
