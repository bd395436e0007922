package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.Blocker;
import dev.lockkeeper.fleetlock.semaphore.DrainFigures;
import dev.lockkeeper.operator.lock.DrainPlan.Held;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Says what a pass over a node's pods came to: figures, what blocks, and the sentences that people read. */
final class DrainReport {

    private static final int LONGEST_MESSAGE = 300;

    /** One pod that was asked to go. */
    record Attempt(PodView pod, boolean evicted, PodRemoval answer) {

        String verb() {
            return evicted ? "eviction" : "deletion";
        }
    }

    /** What blocks, the least likely to end by itself first. */
    private enum Gravity {
        NEVER_SERVED,
        FAILED,
        FORBIDDEN_BY_POLICY,
        REFUSED,
        LINGERING
    }

    private record Finding(Gravity gravity, Blocker blocker) {}

    private DrainReport() {}

    /**
     * @param budgets those of each namespace that was looked up
     * @param before the figures as stored, null at the start of a drain
     */
    static DrainStep of(
            DrainPlan plan, List<Attempt> attempts, Map<String, List<PodBudget>> budgets, DrainFigures before) {
        List<Finding> findings = new ArrayList<>();
        attempts.forEach(a ->
                finding(a, budgets.getOrDefault(a.pod().namespace(), List.of())).ifPresent(findings::add));
        plan.blocked().forEach(h -> findings.add(new Finding(Gravity.FORBIDDEN_BY_POLICY, blocker(h))));
        plan.lingering().forEach(h -> findings.add(new Finding(Gravity.LINGERING, blocker(h))));
        List<Blocker> blockers = findings.stream()
                .sorted(Comparator.comparing(Finding::gravity)
                        .thenComparing(f -> f.blocker().pod()))
                .map(Finding::blocker)
                .toList();
        return new DrainStep(plan.done(), figures(plan, blockers, before), waitingFor(plan, blockers));
    }

    /** Whether the answer leaves open which PodDisruptionBudget it is about. */
    static boolean needsBudgets(PodRemoval answer) {
        return answer instanceof PodRemoval.SeveralBudgets
                || answer instanceof PodRemoval.Refused refused && refused.budget() == null;
    }

    /** Counts from the stored figures, so that a new leader counts on; pods that land during the drain are not counted as gone. */
    private static DrainFigures figures(DrainPlan plan, List<Blocker> blockers, DrainFigures before) {
        int remaining = plan.remaining().size();
        int evicted = before == null ? 0 : before.evicted() + Math.max(0, before.remaining() - remaining);
        return new DrainFigures(evicted, remaining, blockers);
    }

    private static Optional<Finding> finding(Attempt attempt, List<PodBudget> budgets) {
        PodView pod = attempt.pod();
        return switch (attempt.answer()) {
            case PodRemoval.Accepted _, PodRemoval.Gone _, PodRemoval.NamespaceEnding _ -> Optional.empty();
            case PodRemoval.Refused refused ->
                Optional.of(new Finding(
                        Gravity.REFUSED, new Blocker(pod.fullName(), refused.reason(), budget(pod, refused, budgets))));
            case PodRemoval.SeveralBudgets _ ->
                Optional.of(new Finding(
                        Gravity.NEVER_SERVED, new Blocker(pod.fullName(), severalBudgets(pod, budgets), null)));
            case PodRemoval.Failed failed ->
                Optional.of(new Finding(
                        Gravity.FAILED, new Blocker(pod.fullName(), attempt.verb() + " " + failure(failed), null)));
        };
    }

    private static String budget(PodView pod, PodRemoval.Refused refused, List<PodBudget> budgets) {
        if (refused.budget() != null) {
            return pod.namespace() + "/" + refused.budget();
        }
        List<String> names = protecting(pod, budgets);
        return names.isEmpty() ? null : names.getFirst();
    }

    private static String severalBudgets(PodView pod, List<PodBudget> budgets) {
        List<String> names = protecting(pod, budgets);
        String which = names.size() < 2 ? "more than one PDB" : names.size() + " PDBs " + String.join(" and ", names);
        return "matches " + which + "; the eviction API serves no such pod: leave one of them";
    }

    private static List<String> protecting(PodView pod, List<PodBudget> budgets) {
        return budgets.stream()
                .filter(b -> b.protects(pod))
                .map(PodBudget::fullName)
                .sorted()
                .toList();
    }

    private static String failure(PodRemoval.Failed failed) {
        String message = failed.message() == null ? "" : failed.message().strip();
        String text = message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE - 1) + "…";
        return failed.code() == 0 ? "got no answer: " + text : "failed with " + failed.code() + ": " + text;
    }

    private static Blocker blocker(Held held) {
        return new Blocker(held.pod().fullName(), held.reason(), null);
    }

    private static String waitingFor(DrainPlan plan, List<Blocker> blockers) {
        Stream<String> waiting = plan.waiting().stream().map(h -> blocker(h).sentence());
        Stream<String> asked = Stream.of(plan.evict(), plan.delete())
                .flatMap(List::stream)
                .map(p -> "pod " + p.fullName() + ": asked to go");
        return Stream.of(blockers.stream().map(Blocker::sentence), waiting, asked)
                .flatMap(s -> s)
                .findFirst()
                .orElse(null);
    }
}
