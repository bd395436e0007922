package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.SlotPolicy;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.operator.health.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One RebootGroup as the operator understands it: what people wrote, with defaults filled in, and the stored state.
 *
 * @param agentGroup the group that agents send
 * @param others whether machines that are no nodes may take slots
 * @param nodeSelector the members, null for every node that no other RebootGroup selects
 * @param secret name of the Secret with the agents' passwords, null if none is asked for
 * @param freeSlot the annotation that frees a slot: a node's name or an agent's id; null if absent
 * @param resourceVersion of the object that this was read from
 */
public record GroupView(
        String name,
        String uid,
        String resourceVersion,
        long generation,
        Instant createdAt,
        String agentGroup,
        boolean others,
        LabelMatch nodeSelector,
        String secret,
        String freeSlot,
        SlotPolicy policy,
        DrainPolicy drain,
        VerifySettings verify,
        SlotState state) {

    /**
     * @param park whether a failed machine gives its slot back and is parked; else it keeps it
     * @param checks what a machine must pass besides its node being Ready
     */
    public record VerifySettings(
            Duration timeout, Duration minReady, Duration stuckAfter, boolean park, List<Check> checks) {}

    public boolean isFull() {
        return state.holders().size() >= totalSlots();
    }

    public int totalSlots() {
        return policy.slots().total(state.members() == null ? 0 : state.members());
    }
}
