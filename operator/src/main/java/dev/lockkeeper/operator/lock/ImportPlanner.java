package dev.lockkeeper.operator.lock;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Decides what becomes of a former server's lock that a RebootGroup is to take over, from one look at it.
 *
 * <ol>
 *   <li>Was its holder swapped in already, only what is left is done; unless the lock is not its any more: then that server still runs.
 *   <li>A lock that nobody holds, one that was taken over in this very state, and one whose holder has a slot here, is done with.
 *   <li>What else is not clear is refused, and stays wanted: a machine may be down that nobody here knows of.
 * </ol>
 *
 * <p>Properties: nobody is taken over who holds a slot, in any group; nor more than there are slots; nor twice from one state of a lock.
 */
final class ImportPlanner {

    private static final int NAMED = 3;
    private static final String GONE = "gone";

    private ImportPlanner() {}

    /** The holder that was taken over from the lock that is still wanted; empty if none is here. */
    static Optional<Holder> begun(GroupView group) {
        return group.state().holders().stream()
                .filter(h -> h.importedFrom() != null
                        && h.importedFrom().equals(group.policy().importing()))
                .findFirst();
    }

    /** Why the lock need not even be looked at; empty if it is to be. */
    static Optional<String> objection(GroupView group, Membership membership) {
        if (begun(group).isPresent()) {
            return Optional.empty();
        }
        Optional<FormerLock> lock = FormerLock.parse(group.policy().importing());
        if (lock.isEmpty()) {
            return Optional.of("'" + group.policy().importing()
                    + "' is not the name of a Lease of fleetlock: write <namespace>/fleetlock-<group>, such as default/fleetlock-"
                    + group.agentGroup() + ".");
        }
        if (!lock.get().agentGroup().equals(group.agentGroup())) {
            return Optional.of("Lease " + lock.get() + " belongs to agents of the group '"
                    + lock.get().agentGroup() + "', and this RebootGroup serves '" + group.agentGroup()
                    + "'. Annotate the one that serves them.");
        }
        if (membership.refusal(group.name()) != null) {
            return Optional.of("This RebootGroup serves nobody: " + membership.refusal(group.name()));
        }
        return group.policy().deleting()
                ? Optional.of("This RebootGroup is being deleted and takes nobody over.")
                : Optional.empty();
    }

    /** To be asked if there is no {@link #objection}. */
    static ImportPlan plan(
            GroupView group, FormerLock lock, FormerLocks.Look look, Nodes nodes, Membership membership) {
        Optional<Holder> begun = begun(group);
        return switch (look) {
            case FormerLocks.Forbidden(String user) ->
                new ImportPlan.Refuse(forbidden(lock, user)
                        + begun.filter(h -> h.phase() == Phase.RELEASING)
                                .map(h -> keptFromFreeing(group, h))
                                .orElse(""));
            case FormerLocks.Absent _ ->
                begun.<ImportPlan>map(holder -> new ImportPlan.Finish(holder, lock.mark(GONE)))
                        .orElseGet(() -> absent(group, lock));
            case FormerLocks.Found found ->
                begun.map(holder -> again(holder, lock, found))
                        .orElseGet(() -> first(group, lock, found, nodes, membership));
        };
    }

    /** One that was dealt with is deleted then, and whatever applies the annotation once more means no other. */
    private static ImportPlan absent(GroupView group, FormerLock lock) {
        String before = group.policy().imported();
        return before != null && before.startsWith(lock.mark(""))
                ? new ImportPlan.Nothing("Lease " + lock + " was taken over before, and is gone.", before)
                : new ImportPlan.Refuse("There is no Lease " + lock
                        + ". Correct its namespace or name (kubectl get leases -A); if that server never made one, "
                        + unwish(group));
    }

    private static ImportPlan again(Holder holder, FormerLock lock, FormerLocks.Found found) {
        return holder.id().equals(found.holder())
                ? new ImportPlan.Finish(holder, lock.mark(found.version()))
                : new ImportPlan.GiveBack(
                        holder,
                        "Lease " + lock + " was taken from it meanwhile, so its server still runs: scale it to 0");
    }

    private static ImportPlan first(
            GroupView group, FormerLock lock, FormerLocks.Found found, Nodes nodes, Membership membership) {
        String id = found.holder();
        String mark = lock.mark(found.version());
        if (id == null) {
            return new ImportPlan.Nothing("Nobody holds Lease " + lock + ": there is nobody to take over.", mark);
        }
        if (mark.equals(group.policy().imported())) {
            return new ImportPlan.Nothing(
                    "The holder of Lease " + lock + ", " + id
                            + ", was taken over before, and the Lease has not changed since. Delete the Lease; or, if that machine needs a slot once more, remove the annotation "
                            + RebootGroup.IMPORTED_LEASE_ANNOTATION + " and annotate anew.",
                    mark);
        }
        List<NodeView> matches = nodes.withAgentId(id);
        if (matches.size() > 1) {
            return new ImportPlan.Refuse("The holder of Lease " + lock + ", " + id + ", may be any of the nodes "
                    + Sentences.some(
                            matches.stream().map(NodeView::name).sorted().toList(), NAMED, ", ")
                    + ": give each machine a machine-id of its own; or, if none of them reboots, " + unwish(group));
        }
        NodeView node = matches.isEmpty() ? null : matches.getFirst();
        NodeRef ref = node == null ? null : node.ref();
        Optional<Holder> here =
                group.state().holderOf(id).or(() -> group.state().holderOn(ref));
        if (here.isPresent()) {
            return new ImportPlan.Nothing(
                    "The holder of Lease " + lock + ", " + here.get().machine() + ", has a slot here already."
                            + leftCordoned(node),
                    mark);
        }
        Optional<GroupView> elsewhere = membership.all().stream()
                .filter(g -> g.state().holderOf(id).isPresent()
                        || g.state().holderOn(ref).isPresent())
                .findFirst();
        if (elsewhere.isPresent()) {
            return new ImportPlan.Refuse("The holder of Lease " + lock + ", " + machine(id, node)
                    + ", has a slot of RebootGroup '" + elsewhere.get().name()
                    + "': it needs no second one. If that is right, "
                    + unwish(group));
        }
        Optional<String> stranger = stranger(group, lock, id, node, membership);
        if (stranger.isPresent()) {
            return new ImportPlan.Refuse(stranger.get());
        }
        if (group.isFull()) {
            return new ImportPlan.Refuse("The holder of Lease " + lock + ", " + machine(id, node)
                    + ", waits for a slot: "
                    + group.state().holders().stream().map(Holder::machine).collect(Collectors.joining(", "))
                    + " hold all " + group.totalSlots()
                    + ". It is taken over as soon as one is free, or raise spec.slots.");
        }
        return new ImportPlan.TakeOver(id, node, mark);
    }

    /** Why the machine is none of this group's; empty if it is. */
    private static Optional<String> stranger(
            GroupView group, FormerLock lock, String id, NodeView node, Membership membership) {
        if (node == null) {
            return group.others()
                    ? Optional.empty()
                    : Optional.of("The holder of Lease " + lock + ", " + id
                            + ", matches no node. If the machine is none, set machines: NodesAndOthers; if it is gone for good, "
                            + unwish(group));
        }
        List<String> having = membership.serving(group.agentGroup(), node).stream()
                .map(GroupView::name)
                .toList();
        if (having.equals(List.of(group.name()))) {
            return Optional.empty();
        }
        String who = "The holder of Lease " + lock + ", " + node.name() + ", ";
        if (having.isEmpty()) {
            return Optional.of(who + "is no member of this RebootGroup, nor of another one for the agents' group '"
                    + group.agentGroup() + "': change the node's labels or the nodeSelector.");
        }
        return Optional.of(
                having.size() > 1
                        ? who + "is in the RebootGroups " + String.join(", ", having)
                                + ": change their nodeSelectors so that one remains."
                        : who + "is a member of RebootGroup '" + having.getFirst() + "': annotate that one, and here "
                                + unwish(group));
    }

    private static String forbidden(FormerLock lock, String user) {
        return "Lockkeeper may not read Lease " + lock + ". Let it, until this is over: kubectl -n " + lock.namespace()
                + " create role lockkeeper-import --verb=get --resource=leases.coordination.k8s.io --resource-name="
                + lock.name() + "; kubectl -n " + lock.namespace()
                + " create rolebinding lockkeeper-import --role=lockkeeper-import --user=" + user;
    }

    /** No step is taken with a holder before its lock is dealt with, so not this one either. */
    private static String keptFromFreeing(GroupView group, Holder holder) {
        return ". " + holder.machine() + " is to be freed, and keeps its slot until then; or " + unwish(group)
                + ", and uncordon its node yourself";
    }

    /** Its slot was not got with the lock, so neither is its cordon: that may be a person's. */
    private static String leftCordoned(NodeView node) {
        return node != null && node.unschedulable() && node.cordonToken() == null
                ? " Node " + node.name()
                        + " was cordoned without Lockkeeper and stays so when that slot is free: kubectl uncordon "
                        + node.name() + ", if nobody wants it."
                : "";
    }

    private static String unwish(GroupView group) {
        return "take the wish back: kubectl annotate rbg " + group.name() + " " + RebootGroup.IMPORT_LEASE_ANNOTATION
                + "-";
    }

    private static String machine(String id, NodeView node) {
        return node == null ? id : node.name();
    }
}
