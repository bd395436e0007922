package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.operator.graph.MachineView.Evidence;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.Membership;
import dev.lockkeeper.operator.lock.NodeView;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides how one machine stands, for people: the most urgent state, and the sentence that explains it. No text changes by mere passing
 * of time.
 */
final class MachinePicture {

    /**
     * One machine with all that is known of it.
     *
     * @param node null for a machine that is no node
     * @param group its RebootGroup; null: none
     * @param agentGroup null: not known
     * @param pin null: none
     * @param target where it ends in the long run; null: not known, or nothing
     * @param booted its release in the graph; null: not known there
     */
    record Standing(
            MachineView machine,
            NodeView node,
            GroupView group,
            String agentGroup,
            PinView pin,
            GraphNode target,
            GraphNode booted,
            MachineState state,
            String message) {

        boolean isBehind() {
            return target != null && booted != null && booted.ageIndex() < target.ageIndex();
        }

        boolean isAhead() {
            return target != null && booted != null && booted.ageIndex() > target.ageIndex();
        }
    }

    private record Aim(String pin, Scope scope) {}

    private final GraphState state;
    private final Membership membership;
    private final Duration silentAfter;
    private final Instant now;
    private final Map<Aim, Optional<GraphNode>> targets = new HashMap<>();

    MachinePicture(GraphState state, Membership membership, Duration silentAfter, Instant now) {
        this.state = state;
        this.membership = membership;
        this.silentAfter = silentAfter;
        this.now = now;
    }

    Standing of(MachineView machine, NodeView node) {
        Evidence said = machine.evidence();
        String agentGroup = said.agentGroup() != null ? said.agentGroup() : groupOf(node);
        GroupView group = group(node, agentGroup);
        PinView pin = pin(node, agentGroup, said.stream());
        Scope scope = Withdrawal.scope(said);
        Decision decision = scope == null
                ? null
                : Decision.of(
                        state,
                        new Decision.Subject(
                                scope, said.agentId(), said.version(), said.payload(), agentGroup, said.wariness()),
                        node,
                        null,
                        now);
        GraphNode booted = decision != null && decision.isKnown() ? decision.booted() : null;
        GraphNode target = decision != null && decision.served() instanceof Served.Found found
                ? targets.computeIfAbsent(
                                new Aim(pin == null ? null : pin.name(), scope),
                                _ -> Target.of(
                                        state, found.stream(), found.scope().graph(), pin, now))
                        .orElse(null)
                : null;
        Told told = told(machine, node, group, agentGroup, decision, booted, target);
        return new Standing(machine, node, group, agentGroup, pin, target, booted, told.state(), told.message());
    }

    /** Where the agent has not spoken: the agents' group of the one RebootGroup that has the node. */
    private String groupOf(NodeView node) {
        if (node == null) {
            return null;
        }
        List<GroupView> having = membership.all().stream()
                .filter(g -> membership.refusal(g.name()) == null && membership.has(g, node))
                .toList();
        return having.size() == 1 ? having.getFirst().agentGroup() : null;
    }

    private GroupView group(NodeView node, String agentGroup) {
        if (agentGroup == null) {
            return null;
        }
        List<GroupView> serving = node == null
                ? membership.serving(agentGroup).stream()
                        .filter(GroupView::others)
                        .toList()
                : membership.serving(agentGroup, node);
        return serving.size() == 1 ? serving.getFirst() : null;
    }

    /** Before the agent has said its stream, any pin that selects the machine. */
    private PinView pin(NodeView node, String agentGroup, String stream) {
        return state.policies().pins().stream()
                .filter(p -> p.selects(node, agentGroup)
                        && (stream == null || p.stream().equals(stream)))
                .findFirst()
                .orElse(null);
    }

    private record Told(MachineState state, String message) {}

    private Told told(
            MachineView machine,
            NodeView node,
            GroupView group,
            String agentGroup,
            Decision decision,
            GraphNode booted,
            GraphNode target) {
        Evidence said = machine.evidence();
        Holder holder = group == null ? null : holder(group, said, node);
        boolean parked = group != null
                && group.state().parked().stream()
                        .anyMatch(p -> p.isOf(said.agentId(), node == null ? null : node.ref()));
        if (parked || holder != null && holder.phase() == dev.lockkeeper.fleetlock.semaphore.Phase.FAILED) {
            String why =
                    machine.updates().isEmpty() || !machine.updates().getLast().isFailure()
                            ? ""
                            : ": " + machine.updates().getLast().why();
            return new Told(
                    MachineState.Failed,
                    "It failed after its reboot" + why + ". See kubectl describe rbg " + group.name() + ".");
        }
        List<Offer> open = said.offers().stream()
                .filter(offer -> !offer.version().equals(said.version()))
                .toList();
        if (!open.isEmpty()) {
            Optional<Withdrawal.Objection> withdrawn =
                    Withdrawal.of(state, machine, node, now).filter(Withdrawal.Objection::known);
            if (withdrawn.isPresent()) {
                return new Told(MachineState.StagedWithdrawn, withdrawn.get().sentence());
            }
        }
        if (group == null && !state.policies().nameGroup(agentGroup)) {
            return new Told(
                    MachineState.NoGroup,
                    agentGroup == null
                            ? "No RebootGroup has it, so it is offered nothing."
                            : "No RebootGroup serves it in its group '" + agentGroup
                                    + "', and no pin names that group, so it is offered nothing.");
        }
        if (said.lastSeen() == null) {
            return new Told(
                    MachineState.Unmanaged,
                    "Its agent has not spoken yet: set base_url of its fleet_lock and cincinnati sections.");
        }
        // Who uses the lock alone has nothing to say between two updates.
        if (decision != null && said.lastSeen().plus(silentAfter).isBefore(now)) {
            return new Told(
                    MachineState.Silent,
                    "Nothing was heard of its agent since " + said.lastSeen().truncatedTo(ChronoUnit.SECONDS)
                            + ": look at its journal (zincati).");
        }
        MachineState holding = holder == null ? null : holding(holder);
        String why = decision == null
                ? "It asks for slots, and never asked for the graph: it follows Fedora's own."
                : decision.why();
        if (holding != null) {
            return new Told(holding, why);
        }
        open = open.stream().filter(said::isOfThisRun).toList();
        if (!open.isEmpty()) {
            boolean asked = open.getLast().askedAt() != null;
            return new Told(
                    asked ? MachineState.Waiting : MachineState.Offered,
                    "It was offered " + open.getLast().version() + (asked ? " and asks for its reboot." : "."));
        }
        if (booted == null) {
            return new Told(MachineState.Unmanaged, why);
        }
        boolean behind = target != null && booted.ageIndex() < target.ageIndex();
        return new Told(behind ? MachineState.Behind : MachineState.Current, why);
    }

    private static Holder holder(GroupView group, Evidence said, NodeView node) {
        return group.state()
                .holderOf(said.agentId())
                .or(() -> group.state().holderOn(node == null ? null : node.ref()))
                .orElse(null);
    }

    private static MachineState holding(Holder holder) {
        return switch (holder.phase()) {
            case DRAINING, GRANTED -> MachineState.Draining;
            case REBOOTING -> MachineState.Rebooting;
            case VERIFYING -> MachineState.Verifying;
            case FAILED, RELEASING -> null;
        };
    }
}
