package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.policy.OfferPace;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.Membership;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.Nodes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the pace of offers in one group and architecture: an agent that has staged a release looks for no other until it restarts, so
 * no more are offered one than can reboot soon (design, promise 10).
 *
 * <p>An offer that this replica is storing counts already, so that its own requests do not race each other.
 */
final class OpenOffers {

    /** Whose offers are counted together. */
    private record Pool(String group, String architecture) {}

    private final Machines machines;
    private final Nodes nodes;
    private final Duration patience;
    private final Map<Pool, Integer> beingStored = new HashMap<>();

    /** @param patience an offer that was not asked for within this holds no other machine back */
    OpenOffers(Machines machines, Nodes nodes, Duration patience) {
        this.machines = machines;
        this.nodes = nodes;
        this.patience = patience;
    }

    /**
     * Begins one more offer, if its turn has come.
     *
     * @return to be run once it is stored or failed; null if its turn has not come
     */
    synchronized Runnable begin(
            GraphState state,
            Membership membership,
            MachineView machine,
            GroupView group,
            String agentGroup,
            String architecture,
            Instant now) {
        Pool pool = new Pool(group == null ? "group " + agentGroup : group.name(), architecture);
        List<OfferPace.Open> open = new ArrayList<>();
        for (MachineView other : machines.all()) {
            MachineView.Evidence said = other.evidence();
            if (!said.offers().isEmpty()
                    && !other.name().equals(machine.name())
                    && architecture.equals(said.architecture())
                    && isIn(group, agentGroup, said, membership)) {
                NodeView node = node(said);
                boolean withdrawn = Withdrawal.of(state, other, node, now).isPresent();
                said.offers().forEach(offer -> open.add(new OfferPace.Open(offer.at(), offer.askedAt(), withdrawn)));
            }
        }
        for (int i = 0; i < beingStored.getOrDefault(pool, 0); i++) {
            open.add(new OfferPace.Open(now, null, false));
        }
        if (!OfferPace.allows(group == null ? 1 : group.totalSlots(), open, patience, now)) {
            return null;
        }
        beingStored.merge(pool, 1, Integer::sum);
        return () -> end(pool);
    }

    private synchronized void end(Pool pool) {
        beingStored.computeIfPresent(pool, (_, count) -> count == 1 ? null : count - 1);
    }

    private NodeView node(MachineView.Evidence said) {
        return said.node() == null ? null : nodes.named(said.node()).orElse(null);
    }

    private boolean isIn(GroupView group, String agentGroup, MachineView.Evidence said, Membership membership) {
        if (!agentGroup.equals(said.agentGroup())) {
            return false;
        }
        NodeView node = node(said);
        return group == null || node == null ? group == null || group.others() : membership.has(group, node);
    }
}
