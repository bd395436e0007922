package dev.lockkeeper.testbed.fleet;

import dev.lockkeeper.testbed.fleet.RebootShape.BootOrder;
import java.time.Duration;
import java.util.List;

/**
 * How one boot will go, decided from the machine's faults when it goes down.
 *
 * @param comesBack false: not before it is repaired
 * @param release what it boots
 * @param kubeletDelay from the agent's first steady-state, if the agent is first
 * @param agentDelay from the kubelet's first heartbeat, if the kubelet is first
 * @param kubeletStarts false: not before it is repaired; the same for {@code ready} and {@code agentStarts}
 * @param flaps how many times Ready goes True and False before it stays True
 */
record BootPlan(
        boolean comesBack,
        OsRelease release,
        BootOrder order,
        Duration kubeletDelay,
        boolean kubeletStarts,
        boolean ready,
        int flaps,
        Duration flapPeriod,
        Duration agentDelay,
        boolean agentStarts) {

    static BootPlan of(RebootShape shape, List<Fault.OfBoot> faults, MachineSpec from, OsRelease to) {
        BootPlan plan =
                new BootPlan(true, to, shape.order(), Duration.ZERO, true, true, 0, Duration.ZERO, Duration.ZERO, true);
        for (Fault.OfBoot fault : faults) {
            plan = plan.with(fault, from);
        }
        return plan;
    }

    private BootPlan with(Fault.OfBoot fault, MachineSpec from) {
        return switch (fault) {
            case Fault.NeverComesBack() ->
                new BootPlan(
                        false,
                        release,
                        order,
                        kubeletDelay,
                        kubeletStarts,
                        ready,
                        flaps,
                        flapPeriod,
                        agentDelay,
                        agentStarts);
            case Fault.RolledBack() -> withRelease(from.release());
            case Fault.BootsInto(String third) -> withRelease(from.published(third));
            case Fault.ComesBackNotReady() ->
                new BootPlan(
                        comesBack,
                        release,
                        order,
                        kubeletDelay,
                        kubeletStarts,
                        false,
                        flaps,
                        flapPeriod,
                        agentDelay,
                        agentStarts);
            case Fault.FlapsReady(int times, Duration period) ->
                new BootPlan(
                        comesBack,
                        release,
                        order,
                        kubeletDelay,
                        kubeletStarts,
                        ready,
                        times,
                        period,
                        agentDelay,
                        agentStarts);
            case Fault.KubeletLater(Duration by) -> withKubelet(by, true);
            case Fault.KubeletNeverStarts() -> withKubelet(Duration.ZERO, false);
            case Fault.AgentLater(Duration by) -> withAgent(by, true);
            case Fault.AgentNeverStarts() -> withAgent(Duration.ZERO, false);
        };
    }

    private BootPlan withRelease(OsRelease other) {
        return new BootPlan(
                comesBack,
                other,
                order,
                kubeletDelay,
                kubeletStarts,
                ready,
                flaps,
                flapPeriod,
                agentDelay,
                agentStarts);
    }

    private BootPlan withKubelet(Duration delay, boolean starts) {
        return new BootPlan(
                comesBack,
                release,
                BootOrder.AGENT_FIRST,
                delay,
                starts,
                ready,
                flaps,
                flapPeriod,
                agentDelay,
                agentStarts);
    }

    private BootPlan withAgent(Duration delay, boolean starts) {
        return new BootPlan(
                comesBack,
                release,
                BootOrder.KUBELET_FIRST,
                kubeletDelay,
                kubeletStarts,
                ready,
                flaps,
                flapPeriod,
                delay,
                starts);
    }
}
