package dev.lockkeeper.testbed.fleet;

import java.time.Duration;

/**
 * How a machine's reboots look when nothing goes wrong.
 *
 * @param downFor from going down to the boot, scaled like the agent's times
 * @param whileDown what the node's Ready condition says meanwhile
 * @param order who is heard of first after the boot
 */
public record RebootShape(Duration downFor, WhileDown whileDown, BootOrder order) {
    /** A minute down, Ready False, the kubelet first. */
    public static final RebootShape USUAL =
            new RebootShape(Duration.ofMinutes(1), WhileDown.FALSE, BootOrder.KUBELET_FIRST);

    /** A node that shuts down gracefully says False; one that falls silent is set to Unknown. */
    public enum WhileDown {
        FALSE,
        UNKNOWN
    }

    /** Whether the kubelet's first heartbeat comes before the agent's first steady-state, or after it. */
    public enum BootOrder {
        KUBELET_FIRST,
        AGENT_FIRST
    }

    public RebootShape withDownFor(Duration other) {
        return new RebootShape(other, whileDown, order);
    }

    public RebootShape withWhileDown(WhileDown other) {
        return new RebootShape(downFor, other, order);
    }

    public RebootShape withOrder(BootOrder other) {
        return new RebootShape(downFor, whileDown, other);
    }
}
