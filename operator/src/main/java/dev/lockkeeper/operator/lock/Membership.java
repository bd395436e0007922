package dev.lockkeeper.operator.lock;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides which RebootGroup serves an agent's group, and which nodes are a RebootGroup's members, from all RebootGroups at once.
 *
 * <ol>
 *   <li>Several RebootGroups may serve one agents' group only if each has a nodeSelector; else the oldest alone serves.
 *   <li>A RebootGroup with a nodeSelector has the nodes that it selects; one without has those that no other selects.
 *   <li>A node that several RebootGroups of its agents' group have is served by none: nobody could say whose slot it takes.
 * </ol>
 */
public final class Membership {

    private final List<GroupView> all;
    private final Map<String, List<GroupView>> serving = new HashMap<>();
    private final Map<String, String> refused = new TreeMap<>();

    public Membership(Collection<GroupView> groups) {
        all = groups.stream()
                .sorted(Comparator.comparing(GroupView::createdAt).thenComparing(GroupView::name))
                .toList();
        Map<String, List<GroupView>> byAgentGroup = all.stream().collect(Collectors.groupingBy(GroupView::agentGroup));
        byAgentGroup.forEach((agentGroup, candidates) -> {
            boolean all = candidates.stream().allMatch(g -> g.nodeSelector() != null);
            GroupView oldest = candidates.getFirst();
            serving.put(agentGroup, all ? candidates : List.of(oldest));
            if (!all) {
                candidates.stream()
                        .skip(1)
                        .forEach(g -> refused.put(
                                g.name(),
                                "RebootGroup '" + oldest.name() + "' is older and serves the agents' group '"
                                        + agentGroup + "'. Give each of them a nodeSelector, or delete one."));
            }
        });
    }

    /** Every RebootGroup, serving or not, the oldest first. */
    public List<GroupView> all() {
        return all;
    }

    /** Why a RebootGroup does not serve, null if it does. */
    public String refusal(String rebootGroup) {
        return refused.get(rebootGroup);
    }

    /** The RebootGroups that serve an agents' group; none if it is unknown. */
    public List<GroupView> serving(String agentGroup) {
        return serving.getOrDefault(agentGroup, List.of());
    }

    /** The agents' groups that are served, in order. */
    public List<String> agentGroups() {
        return serving.keySet().stream().sorted().toList();
    }

    /** Those of the agents' group's RebootGroups that have this node: one is right, none or several is an error to tell. */
    public List<GroupView> serving(String agentGroup, NodeView node) {
        return serving(agentGroup).stream().filter(g -> has(g, node)).toList();
    }

    /** Whether the node is a member of the RebootGroup. */
    public boolean has(GroupView group, NodeView node) {
        return group.nodeSelector() == null
                ? all.stream()
                        .noneMatch(other -> other.nodeSelector() != null
                                && other.nodeSelector().matches(node.labels()))
                : group.nodeSelector().matches(node.labels());
    }

    /** Of the RebootGroup's members those that another one of the same agents' group has too, by name, in order. */
    List<String> overlapping(GroupView group, Collection<NodeView> members) {
        return serving(group.agentGroup()).size() < 2
                ? List.of()
                : members.stream()
                        .filter(node -> serving(group.agentGroup(), node).size() > 1)
                        .map(NodeView::name)
                        .sorted()
                        .toList();
    }

    public List<NodeView> members(GroupView group, Collection<NodeView> nodes) {
        if (refused.containsKey(group.name())) {
            return List.of();
        }
        List<NodeView> members = new ArrayList<>();
        for (NodeView node : nodes) {
            if (has(group, node)) {
                members.add(node);
            }
        }
        return members;
    }
}
