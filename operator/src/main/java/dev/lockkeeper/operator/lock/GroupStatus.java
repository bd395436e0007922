package dev.lockkeeper.operator.lock;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupConditions;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells in three conditions how a RebootGroup stands. No text in them changes by mere passing of time. */
public final class GroupStatus {

    /** One condition without its times. */
    public record Condition(String type, boolean status, String reason, String message) {}

    private static final int NAMED = 3;

    private GroupStatus() {}

    /**
     * All three, as the leader tells them.
     *
     * @param state as it is stored with them
     * @param notServing why the group does not serve at all, null if it does
     * @param secretProblem what is wrong with the Secret of the agents' passwords, null if nothing is
     * @param sharedIds agents' ids that several members share, each with the nodes' names
     * @param overlapping members that another RebootGroup of the same agents' group has too, by name, in order
     * @param badChecks clauses of what is wrong with checks whatever the machine, in order
     */
    public static List<Condition> conditions(
            GroupView group,
            SlotState state,
            String notServing,
            String secretProblem,
            Map<String, List<String>> sharedIds,
            List<String> overlapping,
            List<String> badChecks) {
        return List.of(
                ready(group, notServing, secretProblem),
                progressing(state),
                degraded(state, group.agentGroup(), sharedIds, overlapping, badChecks));
    }

    private static Condition ready(GroupView group, String notServing, String secretProblem) {
        if (notServing != null) {
            return new Condition(RebootGroupConditions.READY, false, "NotServing", notServing);
        }
        if (secretProblem != null) {
            return new Condition(RebootGroupConditions.READY, false, "NoPassword", secretProblem);
        }
        if (group.policy().deleting()) {
            return new Condition(
                    RebootGroupConditions.READY, false, "Deleting", "It is being deleted and gives no new slot.");
        }
        return new Condition(
                RebootGroupConditions.READY,
                true,
                "Serving",
                "Serves the agents' group '" + group.agentGroup() + "'"
                        + (group.policy().pausedReason() == null
                                ? "."
                                : "; paused: " + group.policy().pausedReason() + "."));
    }

    /** The one that follows from the state alone, so that whoever stores a state stores it too. */
    public static Condition progressing(SlotState state) {
        List<Holder> holders = state.holders();
        return holders.isEmpty()
                ? new Condition(RebootGroupConditions.PROGRESSING, false, "Idle", "No machine holds a slot.")
                : new Condition(RebootGroupConditions.PROGRESSING, true, "Rebooting", names(holders));
    }

    private static String names(List<Holder> holders) {
        return Sentences.some(
                        holders.stream()
                                .sorted(Comparator.comparing(Holder::grantedAt))
                                .map(h -> h.machine() + " is " + h.phase().text())
                                .toList(),
                        NAMED,
                        "; ")
                + ".";
    }

    private static Condition degraded(
            SlotState state,
            String agentGroup,
            Map<String, List<String>> sharedIds,
            List<String> overlapping,
            List<String> badChecks) {
        List<String> problems = new ArrayList<>();
        String reason = null;
        Optional<Holder> stuck =
                state.holders().stream().filter(h -> h.stuck() != null).findFirst();
        if (stuck.isPresent()) {
            reason = "Stuck";
            problems.add(stuck.get().machine() + " is stuck in "
                    + stuck.get().phase().text() + " since "
                    + stuck.get().since().truncatedTo(ChronoUnit.SECONDS)
                    + (stuck.get().reason() == null ? "" : ": " + stuck.get().reason())
                    + ". Its slot is kept until that has changed, its Node is deleted, or you annotate "
                    + RebootGroup.FREE_SLOT_ANNOTATION + "="
                    + stuck.get().machine() + ".");
        }
        List<String> failed = new ArrayList<>();
        state.holders().stream()
                .filter(h -> h.phase() == Phase.FAILED)
                .forEach(h -> failed.add(h.machine() + " (keeps its slot: " + h.reason() + ")"));
        state.parked().forEach(p -> failed.add(machine(p) + " (parked)"));
        if (!failed.isEmpty()) {
            reason = reason == null ? "MachineFailed" : reason;
            problems.add("Failed after a reboot: " + Sentences.some(failed, NAMED, "; ") + ".");
        }
        List<Holder> blocked = state.holders().stream()
                .filter(h -> h.phase() == Phase.DRAINING
                        && h.drain() != null
                        && h.drain().blocked())
                .toList();
        if (!blocked.isEmpty()) {
            reason = reason == null ? "DrainBlocked" : reason;
            problems.add("The drain of " + blocked.getFirst().machine() + " is held up: "
                    + blocked.getFirst().drain().blockedBy().getFirst().sentence() + ".");
        }
        if (!badChecks.isEmpty()) {
            reason = reason == null ? "BadCheck" : reason;
            problems.add("In spec.verify.checks, " + String.join("; ", badChecks)
                    + ". Correct it: until then machines keep their slots after their reboot.");
        }
        if (!sharedIds.isEmpty()) {
            reason = reason == null ? "SharedMachineId" : reason;
            List<String> shared = sharedIds.entrySet().stream()
                    .map(e -> "Nodes " + Sentences.some(e.getValue(), NAMED, ", ") + " share the agent's id "
                            + e.getKey())
                    .toList();
            problems.add(Sentences.some(shared, NAMED, "; ")
                    + ": none of them gets a slot. Give each machine a machine-id of its own.");
        }
        if (!overlapping.isEmpty()) {
            reason = reason == null ? "OverlappingSelectors" : reason;
            problems.add("Also in another RebootGroup of the agents' group '" + agentGroup + "': "
                    + Sentences.some(overlapping, NAMED, ", ")
                    + ". They get no slot. Change the nodeSelectors so that each node is in one.");
        }
        return reason == null
                ? new Condition(
                        RebootGroupConditions.DEGRADED, false, "AsExpected", "No machine is stuck, failed or blocked.")
                : new Condition(RebootGroupConditions.DEGRADED, true, reason, String.join(" ", problems));
    }

    private static String machine(Parked parked) {
        return parked.node() == null ? parked.id() : parked.node().name();
    }
}
