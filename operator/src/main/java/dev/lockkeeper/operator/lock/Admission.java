package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Decides which RebootGroup and which Node a pre-reboot request is about, or why it is about none: the rows of the answers' table
 * from the password to {@code wrong_group}, top down.
 */
final class Admission {

    private static final int NAMED = 10;
    private static final int NAMED_NODES = 3;

    /** @param node null for a machine that is no node */
    record Admitted(GroupView group, NodeView node) {}

    /**
     * @param admitted null if the request is about no group and machine
     * @param refusal null if it may go on
     */
    record Result(Admitted admitted, Refusal refusal) {}

    private final Membership membership;
    private final Nodes nodes;
    private final BiFunction<GroupView, AgentApi.Call, Optional<Refusal>> password;

    /** @param password why a call may not speak for a group; empty if it may */
    Admission(Membership membership, Nodes nodes, BiFunction<GroupView, AgentApi.Call, Optional<Refusal>> password) {
        this.membership = membership;
        this.nodes = nodes;
        this.password = password;
    }

    /**
     * @param holding the RebootGroup in which the id holds a slot, null if in none; with a slot that is on its way back it is admitted
     *     like one that holds none
     */
    Result decide(AgentApi.Call call, GroupView holding) {
        if (holding != null) {
            Optional<Refusal> wrong = password.apply(holding, call);
            if (wrong.isPresent()) {
                return refused(wrong.get());
            }
            Holder holder = holding.state().holderOf(call.id()).orElseThrow();
            if (holder.phase() != Phase.RELEASING) {
                NodeView node = nodes.of(holder.node()).orElse(null);
                return new Result(new Admitted(holding, node), null);
            }
        }
        List<GroupView> serving = membership.serving(call.group());
        Optional<Refusal> unknown = refusedByAll(serving, g -> password.apply(g, call));
        if (unknown.isPresent()) {
            return refused(unknown.get());
        }
        if (serving.isEmpty()) {
            return refused(unknownGroup(membership, call.group()));
        }
        List<NodeView> matches = nodes.withAgentId(call.id());
        if (matches.size() > 1) {
            return refused(
                    Kind.AMBIGUOUS_MACHINE,
                    "The id " + call.id() + " belongs to " + matches.size() + " nodes ("
                            + Sentences.some(
                                    matches.stream()
                                            .map(NodeView::name)
                                            .sorted()
                                            .toList(),
                                    NAMED_NODES,
                                    ", ")
                            + "): give each machine a machine-id of its own.");
        }
        return matches.isEmpty() ? noNode(call, serving) : node(call, serving, matches.getFirst());
    }

    /** Why a call may speak for none of the groups: what the first says. Empty if it may for one, or there are none. */
    static Optional<Refusal> refusedByAll(List<GroupView> serving, Function<GroupView, Optional<Refusal>> password) {
        List<Optional<Refusal>> passwords = serving.stream().map(password).toList();
        return passwords.isEmpty() || passwords.stream().anyMatch(Optional::isEmpty)
                ? Optional.empty()
                : passwords.getFirst();
    }

    static Refusal unknownGroup(Membership membership, String group) {
        List<String> known = membership.agentGroups();
        return new Refusal(
                Kind.UNKNOWN_GROUP,
                "No RebootGroup serves '" + group + "' (there are: "
                        + (known.isEmpty() ? "none" : Sentences.some(known, NAMED, ", "))
                        + ").");
    }

    private Result noNode(AgentApi.Call call, List<GroupView> serving) {
        List<GroupView> open = serving.stream().filter(GroupView::others).toList();
        if (open.isEmpty()) {
            return refused(
                    Kind.UNKNOWN_MACHINE,
                    "The id " + call.id() + " matches no node, and '" + call.group()
                            + "' is for nodes only. If the machine is no node, set machines: NodesAndOthers; if it is, its kubelet reports another machine-id.");
        }
        return open.size() > 1 ? ambiguous(call, "The machine", open) : admitted(call, open.getFirst(), null);
    }

    private Result node(AgentApi.Call call, List<GroupView> serving, NodeView node) {
        List<GroupView> having =
                serving.stream().filter(g -> membership.has(g, node)).toList();
        if (having.isEmpty()) {
            return refused(
                    Kind.WRONG_GROUP,
                    "Node " + node.name() + " is no member of '" + call.group()
                            + "': no RebootGroup of that group selects it. Change the agent's group or the node's labels.");
        }
        return having.size() > 1
                ? ambiguous(call, "Node " + node.name(), having)
                : admitted(call, having.getFirst(), node);
    }

    private Result admitted(AgentApi.Call call, GroupView group, NodeView node) {
        Optional<Refusal> wrong = password.apply(group, call);
        if (wrong.isPresent()) {
            return refused(wrong.get());
        }
        Refusal paused = node == null || node.pausedReason() == null
                ? null
                : new Refusal(Kind.PAUSED, "Node " + node.name() + " is paused: " + node.pausedReason() + ".");
        return new Result(new Admitted(group, node), paused);
    }

    private static Result ambiguous(AgentApi.Call call, String machine, List<GroupView> groups) {
        return refused(
                Kind.AMBIGUOUS_GROUP,
                machine + " is in " + groups.size() + " RebootGroups of '" + call.group() + "' ("
                        + String.join(", ", groups.stream().map(GroupView::name).toList())
                        + "): change their nodeSelectors so that one remains.");
    }

    private static Result refused(Kind kind, String value) {
        return refused(new Refusal(kind, value));
    }

    private static Result refused(Refusal refusal) {
        return new Result(null, refusal);
    }
}
