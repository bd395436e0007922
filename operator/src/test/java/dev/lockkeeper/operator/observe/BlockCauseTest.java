package dev.lockkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.semaphore.Blocker;
import dev.lockkeeper.operator.lock.DrainPlan;
import dev.lockkeeper.operator.lock.DrainPlanner;
import dev.lockkeeper.operator.lock.DrainPolicy;
import dev.lockkeeper.operator.lock.PodView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cause is read from a sentence that the drain writes: what changes the sentence has to change the reading too. */
class BlockCauseTest {

    private static final Instant NOW = Instant.parse("2026-07-10T12:00:00Z");
    private static final DrainPolicy STRICT = new DrainPolicy(
            DrainPolicy.Mode.EVICT,
            Duration.ofMinutes(30),
            DrainPolicy.OnTimeout.RELEASE,
            null,
            DrainPolicy.Unmanaged.BLOCK,
            false,
            "lockkeeper");

    @Test
    void aBudget() {
        assertThat(BlockCause.of(new Blocker("db/pg-0", "0 disruptions allowed", "db/pg")))
                .isEqualTo(BlockCause.PDB);
        assertThat(BlockCause.of(new Blocker(
                        "db/pg-0",
                        "matches 2 PDBs db/a and db/b; the eviction API serves no such pod: leave one of them",
                        null)))
                .isEqualTo(BlockCause.PDB);
    }

    @Test
    void whatThePolicyForbids() {
        assertThat(cause(pod("ReplicaSet", true, null, 0, List.of()))).isEqualTo(BlockCause.EMPTYDIR);
        assertThat(cause(pod(null, false, null, 0, List.of()))).isEqualTo(BlockCause.UNMANAGED);
    }

    @Test
    void whatIsTerminating() {
        assertThat(cause(pod("ReplicaSet", false, NOW.minusSeconds(60), 30, List.of("a.example/x"))))
                .isEqualTo(BlockCause.FINALIZER);
        assertThat(cause(pod("ReplicaSet", false, NOW.minusSeconds(60), 30, List.of("a.example/x", "a.example/y"))))
                .isEqualTo(BlockCause.FINALIZER);
        assertThat(cause(pod("ReplicaSet", false, NOW.plusSeconds(600), 3600, List.of())))
                .isEqualTo(BlockCause.GRACE);
        assertThat(cause(pod("ReplicaSet", false, NOW.minusSeconds(60), 30, List.of())))
                .isEqualTo(BlockCause.GRACE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eviction failed with 500: Internal error",
                "eviction got no answer: a finalizer, an emptyDir and no controller",
                ""
            })
    void anythingElse(String reason) {
        assertThat(BlockCause.of(new Blocker("db/pg-0", reason, null))).isEqualTo(BlockCause.ERROR);
    }

    private static BlockCause cause(PodView pod) {
        DrainPlan plan = DrainPlanner.plan(List.of(pod), STRICT, false, NOW);
        List<DrainPlan.Held> held = plan.blocked().isEmpty() ? plan.lingering() : plan.blocked();
        return BlockCause.of(new Blocker("db/pg-0", held.getFirst().reason(), null));
    }

    private static PodView pod(
            String controller, boolean emptyDir, Instant deletion, long grace, List<String> finalizers) {
        return new PodView(
                "db",
                "pg-0",
                "uid",
                "1",
                Map.of(),
                "Running",
                controller,
                false,
                emptyDir,
                deletion,
                deletion == null ? null : grace,
                finalizers,
                0);
    }
}
