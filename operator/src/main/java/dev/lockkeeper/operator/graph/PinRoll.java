package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.RollHealth;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.operator.graph.MachinePicture.Standing;
import dev.lockkeeper.operator.graph.PinStatus.Roll;
import dev.lockkeeper.operator.health.Update;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decides how the roll of one pin goes on one architecture.
 *
 * <p>The goal is the release that the machines would end at if none were withheld: as long as it is withheld, the roll is Quarantined,
 * even if every machine runs the newest one that is still allowed.
 */
final class PinRoll {

    private static final int NAMED = 3;

    static final Set<MachineState> ON_ITS_WAY = EnumSet.of(
            MachineState.Offered,
            MachineState.Waiting,
            MachineState.Draining,
            MachineState.Rebooting,
            MachineState.Verifying);

    /** A machine that stands so moves by itself no more. */
    private static final Set<MachineState> HALTED =
            EnumSet.of(MachineState.Failed, MachineState.StagedWithdrawn, MachineState.NoGroup, MachineState.Silent);

    private final GraphState state;
    private final String stream;
    private final String architecture;
    private final List<Standing> machines;
    private final GraphNode target;
    private final GraphNode goal;

    /**
     * @param machines of the pin and the architecture
     * @param target where they end; null: nowhere
     * @param goal where they would end if nothing were withheld; null: nowhere
     */
    PinRoll(
            GraphState state,
            String stream,
            String architecture,
            List<Standing> machines,
            GraphNode target,
            GraphNode goal) {
        this.state = state;
        this.stream = stream;
        this.architecture = architecture;
        this.machines = machines;
        this.target = target;
        this.goal = goal == null ? target : goal;
    }

    Roll of(PinStatus.Since before, Instant now) {
        boolean moves = machines.stream().anyMatch(Standing::isBehind);
        boolean same =
                before.rolling() != null && target != null && target.version().equals(before.target());
        Instant since = !moves ? null : same ? before.rolling() : now;
        Health health = health(moves);
        return new Roll(
                health.is(),
                health.why(),
                (int) updates().count(),
                failed(),
                since,
                health.is() == RollHealth.Quarantined ? null : estimatedEnd(since));
    }

    /** How many machines run the goal, for people; null: there are no machines, or there is none. */
    String summary(RollHealth health) {
        long there = machines.stream()
                .filter(s -> s.booted() != null
                        && goal != null
                        && s.booted().version().equals(goal.version()))
                .count();
        return machines.isEmpty() || goal == null ? null : there + "/" + machines.size() + " " + health;
    }

    private record Health(RollHealth is, String why) {

        Health {
            // The schema's bound.
            why = Sentences.cut(why, 1024);
        }
    }

    private Health health(boolean moves) {
        String withheld = goal == null || machines.isEmpty()
                ? null
                : state.policies().withheld(stream, architecture).get(goal.version());
        if (withheld != null) {
            return new Health(
                    RollHealth.Quarantined,
                    goal.version() + " is withheld from " + architecture + ": " + withheld + ".");
        }
        Optional<ReleaseView> suspect = goal == null || machines.isEmpty()
                ? Optional.empty()
                : state.policies().release(stream, goal.version()).filter(this::isSuspect);
        if (suspect.isPresent()) {
            return new Health(
                    RollHealth.Suspect,
                    goal.version() + " failed " + times(suspect.get()) + " on " + architecture + "; after "
                            + state.policies().failureThreshold(stream) + " failures it is withheld there.");
        }
        if (goal == null && !machines.isEmpty()) {
            return new Health(RollHealth.Stalled, "There is no release that its machines should run.");
        }
        List<Standing> unknown =
                machines.stream().filter(s -> s.booted() == null).toList();
        if (!moves && !unknown.isEmpty()) {
            return new Health(RollHealth.Stalled, "It is not known what " + names(unknown) + " runs.");
        }
        if (!moves) {
            return new Health(RollHealth.Healthy, null);
        }
        List<Standing> halted =
                machines.stream().filter(s -> HALTED.contains(s.state())).toList();
        boolean any = machines.stream().anyMatch(s -> ON_ITS_WAY.contains(s.state()));
        if (!any && !halted.isEmpty()) {
            return new Health(
                    RollHealth.Stalled,
                    "No machine is on its way, and " + names(halted) + (halted.size() == 1 ? " is " : " are ")
                            + halted.getFirst().state() + ": see kubectl describe fm "
                            + halted.getFirst().machine().name() + ".");
        }
        return new Health(RollHealth.Rolling, null);
    }

    private String times(ReleaseView release) {
        int failures = release.status().health(architecture).failures();
        return failures == 1 ? "once" : failures + " times";
    }

    private boolean isSuspect(ReleaseView release) {
        return Optional.ofNullable(release.status().architectures().get(architecture))
                .filter(told -> told.state() == ReleaseState.Suspect)
                .isPresent();
    }

    private static String names(List<Standing> machines) {
        return Sentences.some(
                machines.stream().map(s -> s.machine().name()).sorted().toList(), NAMED, ", ");
    }

    /** What became of the machines that came back healthy with the goal. */
    private Stream<Update> updates() {
        return machines.stream()
                .flatMap(s -> s.machine().updates().stream()
                        .filter(u -> u.verdict() == Verdict.Updated && isToGoal(u))
                        .limit(1));
    }

    private int failed() {
        return (int) machines.stream()
                .map(s -> s.machine().updates())
                .filter(list -> !list.isEmpty())
                .map(List::getLast)
                .filter(last -> last.isFailure() && isToGoal(last))
                .count();
    }

    private boolean isToGoal(Update update) {
        return goal != null && goal.version().equals(update.release());
    }

    /** By the pace of those that have arrived since the roll began; it changes only when one more arrives. */
    private Instant estimatedEnd(Instant since) {
        if (since == null) {
            return null;
        }
        List<Instant> arrived = updates()
                .map(Update::at)
                .filter(at -> at.isAfter(since))
                .sorted()
                .toList();
        if (arrived.isEmpty()) {
            return null;
        }
        long left = machines.stream().filter(Standing::isBehind).count();
        Duration pace = Duration.between(since, arrived.getLast()).dividedBy(arrived.size());
        return arrived.getLast().plus(pace.multipliedBy(left));
    }

    /** How many machines stand how. */
    static Map<MachineState, Integer> states(List<Standing> machines) {
        Map<MachineState, Integer> states = new EnumMap<>(MachineState.class);
        machines.forEach(s -> states.merge(s.state(), 1, Integer::sum));
        return states;
    }
}
