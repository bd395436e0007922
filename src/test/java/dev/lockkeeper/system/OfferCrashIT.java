package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.testbed.control.Part;
import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators that die, stand side by side, or cannot reach the API: a withdrawn release is never let through. */
class OfferCrashIT {

    private static final String V1 = "44.20260501.3.0";
    private static final String V2 = "44.20260601.3.0";

    private Rig rig;
    private Releases releases;

    @BeforeEach
    void start() {
        rig = Rig.start();
        releases = new Releases(rig);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void publish() {
        releases.publish(new PublishedReleases("stable").out(V1).out(V2));
    }

    private void awaitRefusal(String machine) {
        Rig.await(Duration.ofSeconds(60))
                .until(() -> rig.journal.entries(Journal.Answered.class, machine).stream()
                        .anyMatch(
                                a -> a.api() == Api.PRE_REBOOT && a.body().contains("\"kind\":\"release_withdrawn\"")));
    }

    /** Whichever step it dies at: if the agent has staged the release, the block stops it; if not, it is not offered. */
    @ParameterizedTest
    @ValueSource(strings = {"BEFORE_OFFER", "AFTER_OFFER", "AFTER_GRANT", "AFTER_DRAINED", "BEFORE_TELL"})
    void aCrashAtAnyStepBeforeTheTellingLetsNoWithdrawnReleaseThrough(String step) {
        OperatorProcess doomed = releases.operator(o -> o.set("LOCKKEEPER_TESTING_HALT_AT", step));
        publish();
        rig.group("doomed");
        SimulatedMachine machine = releases.agent(releases.node("doomed-1", "doomed", V1), "doomed", doomed);
        Rig.await().until(() -> !doomed.alive());
        boolean staged = !rig.journal.entries(Journal.Chosen.class, "doomed-1").isEmpty();
        releases.block("stable", V2, "broken");
        doomed.relaunch("LOCKKEEPER_TESTING_HALT_AT", null);
        doomed.awaitReady();

        if (staged) {
            awaitRefusal("doomed-1");
        } else {
            Rig.await(Duration.ofSeconds(60))
                    .until(() -> rig.journal.entries(Journal.Polled.class, "doomed-1").stream()
                                    .filter(p -> p.status() == 200)
                                    .count()
                            >= 2);
        }
        assertThat(machine.version()).isEqualTo(V1);
        assertThat(rig.journal.entries(Journal.Boot.class, "doomed-1")).isEmpty();
    }

    @Test
    void anEdgeThatWasAnsweredJustBeforeACrashIsKnownToTheSuccessor() throws Exception {
        OperatorProcess first = releases.operator();
        OperatorProcess second = releases.operator();
        publish();
        rig.group("known");
        MachineSpec spec = releases.node("known-1", "known", V1);
        Rig.await()
                .untilAsserted(
                        () -> assertThat(releases.edge(first, spec, "known")).hasValue(V2));
        first.kill();
        releases.forget(first);
        releases.block("stable", V2, "broken");
        Rig.await()
                .untilAsserted(() ->
                        assertThat(releases.machine("known-1").getState()).isEqualTo(MachineState.StagedWithdrawn));
        RawHttp.Answer answer =
                RawHttp.exchange(second.port(), RawHttp.request(RawHttp.PRE_REBOOT, spec.agentId(), "known"));
        assertThat(answer.body()).contains("release_withdrawn");
    }

    @Test
    void threeReplicasAnswerAlike() throws Exception {
        List<OperatorProcess> replicas = List.of(releases.operator(), releases.operator(), releases.operator());
        publish();
        rig.group("alike", spec -> spec.setSlots(new IntOrString(10)));
        for (int i = 1; i <= 6; i++) {
            MachineSpec machine = releases.node("alike-" + i, "alike", V1);
            OperatorProcess asked = replicas.get(i % 3);
            Rig.await().until(() -> releases.edge(asked, machine, "alike").isPresent());
            String first = releases.poll(asked, machine, "alike").body();
            for (OperatorProcess replica : replicas) {
                Rig.await()
                        .untilAsserted(() -> assertThat(
                                        releases.poll(replica, machine, "alike").body())
                                .isEqualTo(first));
            }
        }
        String whole = "v1/graph?basearch=s390x&stream=stable&oci=true&rollout_wariness=0";
        String first = releases.get(replicas.getFirst(), whole).body();
        assertThat(first).contains(V1).contains(V2);
        for (OperatorProcess replica : replicas) {
            assertThat(releases.get(replica, whole).body()).isEqualTo(first);
        }
    }

    @Test
    void aReplicaThatCannotReachTheApiServerAnswersNoEdge() throws Exception {
        OperatorProcess operator = releases.operator(o -> o.set("LOCKKEEPER_GRAPH_TRUSTED_FOR", "PT3S")
                .set("LOCKKEEPER_STORE_TIMEOUT", "PT0.5S")
                // It must not end itself: it is as good as any replica that does not lead.
                .set("LOCKKEEPER_LEADER_LEASE_DURATION", "PT2M")
                .set("LOCKKEEPER_LEADER_RENEW_DEADLINE", "PT1M30S"));
        publish();
        rig.group("cut");
        MachineSpec machine = releases.node("cut-1", "cut", V1);
        Rig.await()
                .untilAsserted(() ->
                        assertThat(releases.edge(operator, machine, "cut")).hasValue(V2));
        rig.plane.pause(Part.API_SERVER);
        try {
            Rig.await()
                    .untilAsserted(() ->
                            assertThat(releases.edge(operator, machine, "cut")).isEmpty());
        } finally {
            rig.plane.resume(Part.API_SERVER);
        }
        Rig.await()
                .untilAsserted(() ->
                        assertThat(releases.edge(operator, machine, "cut")).hasValue(V2));
    }
}
