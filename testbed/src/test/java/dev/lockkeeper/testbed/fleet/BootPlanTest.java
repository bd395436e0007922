package dev.lockkeeper.testbed.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.fleet.RebootShape.BootOrder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootPlanTest {
    private static final MachineSpec MACHINE =
            MachineSpec.of("n", 1).withVersion("old").withPayload("a");

    private static BootPlan plan(RebootShape shape, Fault.OfBoot... faults) {
        return BootPlan.of(shape, List.of(faults), MACHINE, OsRelease.of("new", "b"));
    }

    @Test
    void withoutFaultsItBootsTheNewRelease() {
        BootPlan plan = plan(RebootShape.USUAL);
        assertThat(plan.release()).isEqualTo(OsRelease.of("new", "b"));
        assertThat(plan.comesBack() && plan.ready() && plan.kubeletStarts() && plan.agentStarts())
                .isTrue();
        assertThat(plan.order()).isEqualTo(BootOrder.KUBELET_FIRST);
        assertThat(plan(RebootShape.USUAL.withOrder(BootOrder.AGENT_FIRST)).order())
                .isEqualTo(BootOrder.AGENT_FIRST);
    }

    @Test
    void faultsAddUp() {
        BootPlan plan = plan(RebootShape.USUAL, new Fault.RolledBack(), new Fault.ComesBackNotReady());
        assertThat(plan.release()).isEqualTo(OsRelease.of("old", "a"));
        assertThat(plan.ready()).isFalse();
    }

    @Test
    void aThirdReleaseHasThePayloadThatIsPublishedOfIt() {
        assertThat(plan(RebootShape.USUAL, new Fault.BootsInto("third")).release())
                .isEqualTo(OsRelease.of("third", PublishedReleases.commit("third", Architecture.X86_64)));
    }

    @Test
    void whoeverIsLateIsSecond() {
        Duration late = Duration.ofSeconds(1);
        assertThat(plan(RebootShape.USUAL, new Fault.KubeletLater(late)).order())
                .isEqualTo(BootOrder.AGENT_FIRST);
        assertThat(plan(RebootShape.USUAL, new Fault.KubeletNeverStarts()).order())
                .isEqualTo(BootOrder.AGENT_FIRST);
        RebootShape agentFirst = RebootShape.USUAL.withOrder(BootOrder.AGENT_FIRST);
        assertThat(plan(agentFirst, new Fault.AgentLater(late)).order()).isEqualTo(BootOrder.KUBELET_FIRST);
        assertThat(plan(agentFirst, new Fault.AgentNeverStarts()).order()).isEqualTo(BootOrder.KUBELET_FIRST);
    }
}
