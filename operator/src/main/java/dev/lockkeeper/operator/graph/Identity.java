package dev.lockkeeper.operator.graph;

import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.Membership;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.Nodes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which machine speaks, and whether it may be offered anything.
 *
 * <p>Anybody can make up ids, so what is not known to be a machine of this fleet leaves no record and is offered nothing.
 *
 * @param record the name of its FleetMachine; null: it gets none, and what it says is no evidence
 * @param node null for a machine that is no node
 * @param group its RebootGroup; null: none serves it
 * @param denial why it is offered nothing, in a sentence; null: it may be
 * @param closed the RebootGroup whose password the request lacks; null: none
 */
record Identity(String record, NodeView node, GroupView group, String denial, GroupView closed) {

    private static final Pattern OBJECT_NAME = Pattern.compile("[0-9a-z]([0-9a-z-]{0,62}[0-9a-z])?");
    private static final int HASH_BYTES = 16;

    /** What an agent says of itself; what it did not say is null. */
    record Said(String id, String agentGroup, String architecture, String stream, String version) {

        static Said of(Decision.Subject subject) {
            return new Said(
                    subject.id(),
                    subject.agentGroup(),
                    subject.scope().architecture(),
                    subject.scope().stream(),
                    subject.version());
        }

        /** The lock's protocol has no word for the rest. */
        static Said of(AgentApi.Call call) {
            return new Said(call.id(), call.group(), null, null, null);
        }
    }

    /** @param mayspeak whether the caller's password is good for a RebootGroup */
    static Identity of(
            Said said, Membership membership, Nodes nodes, Policies policies, Predicate<GroupView> mayspeak) {
        if (said.id() == null || said.agentGroup() == null) {
            return stranger("The request names no " + (said.id() == null ? "node_uuid" : "group") + ".");
        }
        List<NodeView> matches = nodes.withAgentId(said.id());
        if (matches.size() > 1) {
            return stranger(
                    "The id " + said.id() + " belongs to several nodes: give each machine a machine-id of its own.");
        }
        return matches.isEmpty()
                ? noNode(said, membership, policies, mayspeak)
                : node(said, matches.getFirst(), membership, policies, mayspeak);
    }

    private static Identity node(
            Said said, NodeView node, Membership membership, Policies policies, Predicate<GroupView> mayspeak) {
        String contradiction = contradiction(said, node);
        if (contradiction != null) {
            return stranger(contradiction);
        }
        List<GroupView> having = membership.serving(said.agentGroup(), node);
        if (having.size() == 1) {
            GroupView group = having.getFirst();
            return mayspeak.test(group) ? known(node.name(), node, group, null) : withoutPassword(said, group);
        }
        List<GroupView> serving = membership.serving(said.agentGroup());
        if (!serving.isEmpty() && serving.stream().noneMatch(mayspeak)) {
            return withoutPassword(said, serving.getFirst());
        }
        if (having.size() > 1) {
            return known(
                    node.name(),
                    node,
                    null,
                    "Node " + node.name() + " is in several RebootGroups of '" + said.agentGroup()
                            + "': change their nodeSelectors so that one remains.");
        }
        return known(node.name(), node, null, policies.nameGroup(said.agentGroup()) ? null : noGroup(said));
    }

    /**
     * Of what the agent says and what the kubelet has told; null: none. A kubelet tells of a new release some seconds late, and one that
     * does not come up tells of it never: what a node that is not Ready showed last contradicts nobody.
     */
    private static String contradiction(Said said, NodeView node) {
        String architecture = Architectures.of(node);
        String version = node.version();
        String stream = Withdrawal.streamOf(version);
        String is = differs(architecture, said.architecture())
                ? "is of architecture " + architecture + ", and the agent says " + said.architecture()
                : node.ready() && differs(version, said.version())
                        ? "runs " + version + " as its kubelet says, and the agent says " + said.version()
                        : node.ready() && differs(stream, said.stream())
                                ? "runs " + version + ", which is of stream " + stream + ", and the agent says "
                                        + said.stream()
                                : null;
        return is == null ? null : "Node " + node.name() + " " + is + ": nothing is offered until they agree.";
    }

    private static boolean differs(String known, String said) {
        return known != null && said != null && !known.equals(said);
    }

    private static Identity noNode(Said said, Membership membership, Policies policies, Predicate<GroupView> mayspeak) {
        List<GroupView> serving = membership.serving(said.agentGroup());
        List<GroupView> open = serving.stream().filter(GroupView::others).toList();
        if (serving.isEmpty()) {
            return policies.nameGroup(said.agentGroup())
                    ? known(nameOf(said.id()), null, null, null)
                    : stranger(noGroup(said));
        }
        if (open.size() == 1) {
            return mayspeak.test(open.getFirst())
                    ? known(nameOf(said.id()), null, open.getFirst(), null)
                    : withoutPassword(said, open.getFirst());
        }
        return stranger(
                open.isEmpty()
                        ? "The id " + said.id() + " matches no node, and '" + said.agentGroup() + "' is for nodes only."
                        : "The machine is in several RebootGroups of '" + said.agentGroup() + "'.");
    }

    private static Identity stranger(String denial) {
        return new Identity(null, null, null, denial, null);
    }

    private static Identity known(String record, NodeView node, GroupView group, String denial) {
        return new Identity(record, node, group, denial, null);
    }

    private static Identity withoutPassword(Said said, GroupView group) {
        return new Identity(
                null,
                null,
                null,
                "The group '" + said.agentGroup() + "' asks for a password, and the request has none of its.",
                group);
    }

    static String noGroup(Said said) {
        return "No RebootGroup serves the machine in its group '" + said.agentGroup()
                + "', and no pin names that group.";
    }

    /** The name of the FleetMachine of a machine that is no node; ids that are no names are hashed. */
    static String nameOf(String id) {
        return "id-" + (OBJECT_NAME.matcher(id).matches() ? id : hash(id));
    }

    private static String hash(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
