package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.MachineUpdate;
import dev.lockkeeper.crds.v1alpha1.ReleaseEvidence;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.testbed.control.Part;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A machine's failure is judged exactly once, whatever happens to the operators and the API server meanwhile: one verdict in the record
 * of the machine, one in that of the release, one Event, and the machine is parked once.
 */
class VerdictCrashIT {

    /** Machines that fail in one storm, each in a group of its own. */
    private static final int FAILURES = 2;
    /** Failures of the whole test; {@code make test} has a tenth of them. */
    private static final int RUNS = 100;

    private static final String OLD = "44.20260601.3.0";
    private static final List<String> STEPS =
            List.of("BETWEEN_RECORDS", "AFTER_RECORD", "BEFORE_PARK", "AFTER_PARK", "BEFORE_RECORD", "AFTER_NEW_BOOT");

    private static Rig rig;
    private static Releases releases;
    private static PublishedReleases published;
    private static List<OperatorProcess> operators;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        releases = new Releases(rig);
        operators = new ArrayList<>(List.of(releases.operator(), releases.operator()));
        published = new PublishedReleases("stable").out(OLD);
        releases.publish(published);
        rig.admin
                .resources(UpdateGraph.class)
                .withName(Releases.GRAPH)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"failureThreshold\":20}}");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    /** What happens, besides machines that fail. */
    private sealed interface Storm {
        /** Both operators halt the first time that they come to the step. */
        record HaltAt(String step) implements Storm {}

        /** The leader is killed so long after a machine's boot. */
        record KillLeader(long millis) implements Storm {}

        /** The leader is stopped in good order so long after a machine's boot. */
        record StopLeader(long millis) implements Storm {}

        /** The leader is frozen so long after a machine's boot, until another leads: it wakes up with what it knew before. */
        record FreezeLeader(long millis) implements Storm {}

        /** Nobody answers for so long, from so long after a machine's boot on. */
        record Away(Part part, long millis, long pause) implements Storm {}
    }

    /** The first three steps come in each run, the rest by chance. */
    static Stream<Storm> storms() {
        double scale = Double.parseDouble(System.getProperty("lockkeeper.test.scale", "0.1"));
        long seed = Long.getLong("lockkeeper.test.seed", System.nanoTime());
        System.out.println("VerdictCrashIT: storms by -Dlockkeeper.test.seed=" + seed);
        Random random = new Random(seed);
        int storms = Math.max(6, (int) Math.round(RUNS * scale / FAILURES));
        return IntStream.range(0, storms).mapToObj(i -> switch (i % 6) {
            case 0, 1 -> new Storm.HaltAt(STEPS.get((i / 6 * 2 + i % 6) % STEPS.size()));
            case 2 -> new Storm.KillLeader(random.nextLong(6_000));
            case 3 ->
                new Storm.Away(
                        i % 12 == 3 ? Part.API_SERVER : Part.ETCD,
                        random.nextLong(5_000),
                        1_000 + random.nextLong(5_000));
            case 4 -> new Storm.FreezeLeader(random.nextLong(5_000));
            default -> new Storm.StopLeader(random.nextLong(6_000));
        });
    }

    @ParameterizedTest
    @MethodSource("storms")
    void aFailureIsJudgedExactlyOnce(Storm storm) throws Exception {
        int run = published.versions().size();
        String sick = "44.2026%04d.3.0".formatted(700 + run);
        if (storm instanceof Storm.HaltAt(String step)) {
            for (OperatorProcess operator : operators) {
                operator.kill();
                operator.relaunch("LOCKKEEPER_TESTING_HALT_AT", step);
            }
            operators.forEach(OperatorProcess::awaitReady);
        }
        awaitCalm(Instant.now());
        releases.publish(published.out(sick));
        List<SimulatedMachine> machines = new ArrayList<>();
        try {
            for (int i = 1; i <= FAILURES; i++) {
                String group = "storm-" + run + "-" + i;
                rig.group(group, spec -> spec.getVerify().setTimeout("3s"));
                SimulatedMachine machine = releases.agent(
                        releases.node(group, group, OLD, Architecture.AARCH64), group, operators.get(i % 2));
                // The second one's failure counts only later, once its agent has said what it runs.
                machine.inject(new Fault.EachBootOf(
                        sick, i == 1 ? new Fault.ComesBackNotReady() : new Fault.KubeletNeverStarts()));
                machines.add(machine);
            }
            happens(storm, machines.getFirst());
            for (SimulatedMachine machine : machines) {
                Rig.await(Duration.ofSeconds(90))
                        .untilAsserted(
                                () -> assertThat(rig.parked(machine.name())).containsExactly(machine.name()));
            }
            machines.forEach(machine -> judgedOnce(machine, sick));
        } finally {
            machines.forEach(SimulatedMachine::close);
        }
    }

    private static void happens(Storm storm, SimulatedMachine machine) throws Exception {
        if (storm instanceof Storm.HaltAt) {
            Rig.await(Duration.ofSeconds(90)).until(() -> operators.stream().anyMatch(o -> !o.alive()));
            for (OperatorProcess operator : operators) {
                if (operator.alive()) {
                    operator.kill();
                }
                operator.relaunch("LOCKKEEPER_TESTING_HALT_AT", null);
            }
            operators.forEach(OperatorProcess::awaitReady);
            return;
        }
        Rig.await(Duration.ofSeconds(90))
                .until(() ->
                        !rig.journal.entries(Journal.Boot.class, machine.name()).isEmpty());
        switch (storm) {
            case Storm.KillLeader(long millis) -> {
                Thread.sleep(millis);
                OperatorProcess leader = leader();
                leader.kill();
                leader.launch();
                leader.awaitReady();
            }
            case Storm.FreezeLeader(long millis) -> {
                Thread.sleep(millis);
                OperatorProcess leader = leader();
                leader.freeze(true);
                try {
                    Rig.await(Duration.ofSeconds(60))
                            .until(() ->
                                    operators.stream().filter(o -> o != leader).anyMatch(VerdictCrashIT::leads));
                } finally {
                    leader.freeze(false);
                }
                // It finds out that it leads no more, and ends itself; its agents wait for its successor.
                leader.await();
                awaitCalm(Instant.now());
            }
            case Storm.StopLeader(long millis) -> {
                Thread.sleep(millis);
                OperatorProcess leader = leader();
                leader.terminate();
                leader.launch();
                leader.awaitReady();
            }
            case Storm.Away(Part part, long millis, long pause) -> {
                Thread.sleep(millis);
                rig.plane.pause(part);
                try {
                    Thread.sleep(pause);
                } finally {
                    rig.plane.resume(part);
                }
                awaitCalm(Instant.now());
            }
            case Storm.HaltAt _ -> throw new IllegalStateException();
        }
    }

    /** A leader that could not renew its lease has ended itself, or is about to: one has renewed it since, and both run. */
    private static void awaitCalm(Instant since) {
        Rig.await(Duration.ofSeconds(60)).until(() -> {
            for (OperatorProcess operator : operators) {
                if (!operator.alive()) {
                    operator.launch();
                    operator.awaitReady();
                }
            }
            return rig.admin.leases().inNamespace(Manifests.NAMESPACE).list().getItems().stream()
                            .anyMatch(
                                    l -> l.getSpec().getRenewTime().toInstant().isAfter(since))
                    && operators.stream().filter(VerdictCrashIT::leads).count() == 1;
        });
    }

    private static OperatorProcess leader() {
        Rig.await(Duration.ofSeconds(30)).until(() -> operators.stream().anyMatch(VerdictCrashIT::leads));
        return operators.stream().filter(VerdictCrashIT::leads).findFirst().orElse(operators.getFirst());
    }

    private static boolean leads(OperatorProcess operator) {
        try {
            return operator.alive() && operator.management("/q/metrics").body().contains("\nlockkeeper_leader 1");
        } catch (Exception e) {
            return false;
        }
    }

    private static void judgedOnce(SimulatedMachine machine, String sick) {
        Rig.await(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(evidence(machine, sick))
                        .singleElement()
                        .satisfies(e -> assertThat(e.getCounted()).isTrue()));
        List<MachineUpdate> updates = releases.machine(machine.name()).getUpdates();
        assertThat(updates).extracting(MachineUpdate::getVerdict).containsExactly(Verdict.Failed);
        assertThat(evidence(machine, sick).getFirst().getToken())
                .isEqualTo(updates.getFirst().getToken());
        // One that counts; where that came out later, another one before.
        Rig.await()
                .untilAsserted(() -> assertThat(
                                rig.admin.v1().events().inAnyNamespace().list().getItems())
                        .filteredOn(e -> e.getReason().equals("Judged")
                                && e.getInvolvedObject().getKind().equals("Node")
                                && e.getInvolvedObject().getName().equals(machine.name()))
                        .allSatisfy(e -> assertThat(e.getCount()).isEqualTo(1))
                        .filteredOn(e -> e.getMessage().contains("It counts against the release"))
                        .hasSize(1));
        assertThat(rig.journal.entries(Journal.Boot.class, machine.name())).hasSize(1);
    }

    private static List<ReleaseEvidence> evidence(SimulatedMachine machine, String sick) {
        return releases.release("stable", sick, "aarch64").orElseThrow().getEvidence().stream()
                .filter(e -> e.getMachine().equals(machine.name()))
                .toList();
    }
}
