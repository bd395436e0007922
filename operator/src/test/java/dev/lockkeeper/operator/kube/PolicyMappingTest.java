package dev.lockkeeper.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.FleetReleaseStatus;
import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.operator.graph.ReleaseView;
import dev.lockkeeper.operator.health.ReleaseHealth;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyMappingTest {

    private static final Instant T0 = Instant.parse("2026-07-10T12:00:00Z");

    private static FleetRelease stored() {
        return Serialization.unmarshal("""
                apiVersion: lockkeeper.dev/v1alpha1
                kind: FleetRelease
                metadata: {name: stable-44.20260707.3.1, uid: u, resourceVersion: "7", generation: 2}
                spec:
                  accept: [{architectures: [s390x], reason: fine}]
                status:
                  architectures:
                    - architecture: aarch64
                      state: Rolling
                      ofTomorrow: 1
                      evidence: [{token: t, machine: worker-1, verdict: Updated, at: "2026-07-10T11:00:00Z", why: tomorrow}]
                """, FleetRelease.class);
    }

    private static ReleaseView.Status quarantined() {
        ReleaseHealth.Proof proof = new ReleaseHealth.Proof("t", "worker-1", Verdict.Failed, true, false, T0);
        return new ReleaseView.Status(
                2,
                "aarch64: quarantined",
                T0,
                null,
                Map.of(
                        "aarch64",
                        new ReleaseView.OfArchitecture(
                                new ReleaseView.Tally(1, 2, 1, 3),
                                ReleaseState.Quarantined,
                                new ReleaseHealth(T0, List.of(proof)))));
    }

    @Test
    void whatIsToldOfAReleaseIsReadBackAsItWas() {
        FleetRelease release = stored();
        release.setStatus(PolicyMapping.status(PolicyMapping.release(release), quarantined(), release.getStatus()));
        assertThat(PolicyMapping.release(release).status()).isEqualTo(quarantined());
        assertThat(PolicyMapping.release(release).accepted("s390x")).hasValue("fine");
    }

    /** Replicas of two versions write one status in turn. */
    @Test
    void fieldsOfANewerVersionStay() {
        FleetRelease release = stored();
        FleetReleaseStatus next =
                PolicyMapping.status(PolicyMapping.release(release), quarantined(), release.getStatus());
        assertThat(next.getArchitectures().getFirst().getAdditionalProperties()).containsEntry("ofTomorrow", 1);
        assertThat(next.getArchitectures().getFirst().getEvidence().getFirst().getAdditionalProperties())
                .containsEntry("why", "tomorrow");
    }

    /** Differences are found by it: were it changed, nothing would be written. */
    @Test
    void whatIsStoredIsNotChangedOnTheWay() {
        FleetRelease release = stored();
        PolicyMapping.status(PolicyMapping.release(release), quarantined(), release.getStatus());
        assertThat(release.getStatus()).usingRecursiveComparison().isEqualTo(stored().getStatus());
    }
}
