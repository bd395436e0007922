package dev.lockkeeper.operator.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.graph.MachineView.Evidence;
import org.junit.jupiter.api.Test;

class OthersTest {

    private final TestingMachines machines = new TestingMachines();
    private final Others others = new Others(machines, 2);

    private static MachineView named(String name) {
        return MachineView.absent(name);
    }

    @Test
    void thereAreNoMorePlacesThanAllowed() {
        assertThat(others.begin(named("id-1"))).isTrue();
        assertThat(others.begin(named("id-2"))).isTrue();
        assertThat(others.begin(named("id-3"))).isFalse();
        assertThat(others.begin(named("worker-1"))).as("a node's record").isTrue();
        others.ended(named("id-1"));
        assertThat(others.begin(named("id-3"))).isTrue();
    }

    @Test
    void aRecordKeepsItsPlaceWhileItIsWrittenThoughItIsRemovedMeanwhile() {
        assertThat(others.begin(named("id-1"))).isTrue();
        machines.put("id-1", Evidence.NONE);
        others.isFull(named("id-2"));
        machines.remove("id-1");
        assertThat(others.begin(named("id-2"))).isTrue();
        assertThat(others.begin(named("id-3"))).as("id-1 may be made anew").isFalse();
    }

    @Test
    void aRecordThatIsThereIsNoReasonToRefuseItsMachine() {
        machines.put("id-1", Evidence.NONE);
        machines.put("id-2", Evidence.NONE);
        assertThat(others.begin(named("id-2"))).isTrue();
        assertThat(others.isFull(named("id-3"))).isTrue();
    }

    @Test
    void twoWritersOfOneMachineTakeOnePlaceUntilBothHaveEnded() {
        assertThat(others.begin(named("id-1"))).isTrue();
        assertThat(others.begin(named("id-1"))).isTrue();
        assertThat(others.begin(named("id-2"))).isTrue();
        others.ended(named("id-1"));
        assertThat(others.begin(named("id-3"))).isFalse();
        others.ended(named("id-1"));
        assertThat(others.begin(named("id-3"))).isTrue();
    }
}
