package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.policy.Pin;
import dev.lockkeeper.operator.lock.LabelMatch;
import dev.lockkeeper.operator.lock.NodeView;
import java.time.Instant;
import java.util.Comparator;
import java.util.Set;

/**
 * One StreamPin as the operator understands it: what people wrote, with defaults filled in.
 *
 * @param nodeSelector null: no node is asked for
 * @param groups agents' groups; empty: no group is asked for
 * @param graph the UpdateGraph that it names; null: the only one
 */
public record PinView(
        String name,
        String uid,
        long generation,
        Instant createdAt,
        int priority,
        LabelMatch nodeSelector,
        Set<String> groups,
        String graph,
        String stream,
        Pin pin) {

    /** The one that wins comes first: the higher priority, then the older. */
    static final Comparator<PinView> BY_PRECEDENCE = Comparator.comparingInt(PinView::priority)
            .reversed()
            .thenComparing(PinView::createdAt)
            .thenComparing(PinView::name);

    public PinView {
        groups = Set.copyOf(groups);
    }

    /**
     * Whether it is for the machine, whatever stream that is on.
     *
     * @param node null for a machine that is no node
     * @param agentGroup the group that the agent sends; null where it is not known
     */
    public boolean selects(NodeView node, String agentGroup) {
        boolean byNode = nodeSelector == null || node != null && nodeSelector.matches(node.labels());
        boolean byGroup = groups.isEmpty() || agentGroup != null && groups.contains(agentGroup);
        return byNode && byGroup;
    }

    /** Whether it names the agents' group, so that its machines need no RebootGroup. */
    public boolean namesGroup(String agentGroup) {
        return agentGroup != null && groups.contains(agentGroup);
    }
}
