package dev.lockkeeper.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockkeeper.crds.v1alpha1.PoolWindow;
import dev.lockkeeper.operator.pool.Marks;
import dev.lockkeeper.operator.pool.PoolView;
import dev.lockkeeper.operator.pool.WindowView;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolMappingTest {

    private static PoolView pool(String yaml) {
        return PoolMapping.pool(Serialization.unmarshal(yaml, JsonNode.class));
    }

    @Test
    void aPoolIsReadWithWhatIsNotedThere() {
        PoolView pool = pool("""
                metadata:
                  name: worker
                  resourceVersion: "42"
                  annotations:
                    lockkeeper.dev/paused-by: nights
                    lockkeeper.dev/paused-at: "2026-07-22T12:00:00Z"
                spec:
                  paused: true
                  nodeSelector: {matchLabels: {node-role.kubernetes.io/worker: ""}}
                  configuration: {name: rendered-worker-2}
                status:
                  machineCount: 5
                  updatedMachineCount: 3
                  readyMachineCount: 2
                  unavailableMachineCount: 1
                  degradedMachineCount: 1
                  configuration: {name: rendered-worker-1}
                  conditions:
                    - {type: Updating, status: "True"}
                    - {type: Degraded, status: "True", message: ""}
                    - {type: RenderDegraded, status: "False", message: not this}
                    - {type: NodeDegraded, status: "True", message: "Node w-1 is reporting: no space"}
                """);
        assertThat(pool.resourceVersion()).isEqualTo("42");
        assertThat(pool.paused()).isTrue();
        assertThat(pool.marks()).isEqualTo(paused());
        assertThat(pool.nodes().matches(Map.of("node-role.kubernetes.io/worker", "")))
                .isTrue();
        assertThat(pool.nodes().matches(Map.of())).isFalse();
        assertThat(pool.machines()).isEqualTo(new PoolView.Machines(5, 3, 2, 1, 1));
        assertThat(pool.updating()).isTrue();
        assertThat(pool.degraded()).isEqualTo("Node w-1 is reporting: no space");
        assertThat(pool.updateWaiting()).isTrue();
    }

    private static Marks paused() {
        return new Marks("nights", Instant.parse("2026-07-22T12:00:00Z"), null, false);
    }

    @Test
    void thatAPersonPausedAPoolIsReadAndNothingElseThatStandsThereMeansIt() {
        String metadata =
                "metadata: {name: worker, resourceVersion: '1', annotations: {lockkeeper.dev/by-person: '%s'}}";
        assertThat(pool(metadata.formatted("true")).marks()).isEqualTo(new Marks(null, null, null, true));
        assertThat(pool(metadata.formatted("false")).marks()).isEqualTo(Marks.NONE);
    }

    @Test
    void aPoolThatHasNothingYetIsReadToo() {
        PoolView pool =
                pool("metadata: {name: new, resourceVersion: '1', annotations: {lockkeeper.dev/paused-at: soon}}");
        assertThat(pool.paused()).isFalse();
        assertThat(pool.marks()).isEqualTo(Marks.NONE);
        assertThat(pool.nodes()).isNull();
        assertThat(pool.degraded()).isNull();
        assertThat(pool.updateWaiting()).isFalse();
    }

    @Test
    void aPoolWindowIsReadAndNonsenseInItIsNamed() {
        WindowView window = PoolMapping.window(Serialization.unmarshal("""
                apiVersion: lockkeeper.dev/v1alpha1
                kind: PoolWindow
                metadata: {name: nights, uid: u, resourceVersion: '7', creationTimestamp: '2026-07-01T00:00:00Z', finalizers: [lockkeeper.dev/pool]}
                spec: {pool: worker, windows: [{schedule: 0 1 31 2 *, duration: 1h}]}
                """, PoolWindow.class));
        assertThat(window.held()).isTrue();
        assertThat(window.deleting()).isFalse();
        assertThat(window.maxPause()).isEqualTo(Duration.ofDays(7));
        assertThat(window.timetable()).isNull();
        assertThat(window.problem()).isEqualTo("the schedule '0 1 31 2 *' has a day that never comes");
    }
}
