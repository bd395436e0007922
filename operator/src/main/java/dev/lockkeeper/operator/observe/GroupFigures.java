package dev.lockkeeper.operator.observe;

import dev.lockkeeper.fleetlock.semaphore.Blocker;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.operator.lock.GroupView;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * How one RebootGroup stands, in numbers. All come from the stored object, so that every replica shows the same.
 *
 * @param stuck holders that a person should look at: marked stuck, or Failed with their slot
 * @param oldest since when the longest of each phase's holders has been in it; phases without holders are absent
 * @param blocked how many pods the status names as holding a drain up, for each cause
 */
public record GroupFigures(
        String group,
        int slots,
        int held,
        int waiting,
        int members,
        int unready,
        int parked,
        int stuck,
        boolean paused,
        Map<Phase, Instant> oldest,
        Map<BlockCause, Integer> blocked) {

    private static final BinaryOperator<Instant> EARLIER = (a, b) -> a.isBefore(b) ? a : b;

    public GroupFigures {
        oldest = Map.copyOf(oldest);
        blocked = Map.copyOf(blocked);
    }

    /** @param waiting the status field of that name */
    public static GroupFigures of(GroupView group, int waiting) {
        Map<Phase, Instant> oldest = new EnumMap<>(Phase.class);
        Map<BlockCause, Integer> blocked = new EnumMap<>(BlockCause.class);
        for (Holder holder : group.state().holders()) {
            oldest.merge(holder.phase(), holder.since(), EARLIER);
            if (holder.phase() == Phase.DRAINING && holder.drain() != null) {
                for (Blocker blocker : holder.drain().blockedBy()) {
                    blocked.merge(BlockCause.of(blocker), 1, Integer::sum);
                }
            }
        }
        Integer members = group.state().members();
        return new GroupFigures(
                group.name(),
                group.totalSlots(),
                group.state().holders().size(),
                waiting,
                members == null ? 0 : members,
                group.state().unready(),
                group.state().parked().size(),
                (int) group.state().holders().stream()
                        .filter(h -> h.stuck() != null || h.phase() == Phase.FAILED)
                        .count(),
                group.policy().pausedReason() != null,
                oldest,
                blocked);
    }
}
