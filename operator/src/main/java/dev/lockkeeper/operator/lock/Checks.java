package dev.lockkeeper.operator.lock;

import dev.lockkeeper.operator.health.CelCheck;
import dev.lockkeeper.operator.health.Check;
import dev.lockkeeper.operator.health.CheckResult;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Asks the checks of a group about a machine, each at most every {@link Check#INTERVAL}: a pass over a group comes more often than that.
 * Not to be asked before the node is Ready, because what it shows before is from before its reboot.
 */
public final class Checks {

    private static final int MOST_PROGRAMS = 256;

    /** Of one boot: what held before a reboot says nothing of what holds after it. */
    private record Asked(String group, String nodeUid, String bootId) {}

    private record Answer(List<Check> checks, Instant at, CheckResult result) {}

    /** What the API shows of a machine, or why that is not known. */
    private record Facts(Map<String, Object> node, List<Map<String, Object>> pods, String problem) {}

    private final NodeFacts nodeFacts;
    private final Prometheus prometheus;
    private final Clock clock;
    private final Map<Asked, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, CelCheck> programs = new LinkedHashMap<>(16, 0.75f, true);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    public Checks(NodeFacts nodeFacts, Prometheus prometheus, Clock clock) {
        this.nodeFacts = nodeFacts;
        this.prometheus = prometheus;
        this.clock = clock;
    }

    /** The worst of the answers: one that could not be asked, else one that is not passed, else that all are passed. */
    public CheckResult ask(GroupView group, NodeView node) {
        List<Check> checks = group.verify().checks();
        if (checks.isEmpty()) {
            return new CheckResult.Passed();
        }
        Instant now = clock.instant();
        answers.values().removeIf(a -> isOld(a, now));
        Asked asked = new Asked(group.name(), node.uid(), node.bootId());
        Answer last = answers.get(asked);
        if (last != null && last.checks().equals(checks)) {
            return last.result();
        }
        CheckResult result = worst(checks, node);
        answers.put(asked, new Answer(checks, clock.instant(), result));
        return result;
    }

    private static boolean isOld(Answer answer, Instant now) {
        return now.isBefore(answer.at()) || !now.isBefore(answer.at().plus(Check.INTERVAL));
    }

    private CheckResult worst(List<Check> checks, NodeView node) {
        CompletableFuture<Facts> facts = checks.stream().anyMatch(Check.Cel.class::isInstance)
                ? CompletableFuture.supplyAsync(() -> facts(node), threads)
                : CompletableFuture.completedFuture(null);
        List<CompletableFuture<CheckResult>> results = checks.stream()
                .map(check -> (switch (check) {
                            case Check.Cel cel -> facts.thenApply(f -> evaluate(cel, f));
                            case Check.Prometheus query ->
                                CompletableFuture.supplyAsync(
                                        () -> prometheus.ask(query.url(), query.on(node.name())), threads);
                        })
                        .thenApply(result -> named(check, result)))
                .toList();
        return results.stream().map(CompletableFuture::join).reduce(new CheckResult.Passed(), Checks::worse);
    }

    private Facts facts(NodeView node) {
        try {
            Map<String, Object> read = nodeFacts.node(node.name());
            boolean same = read.get("metadata") instanceof Map<?, ?> metadata
                    && node.uid().equals(metadata.get("uid"));
            return same
                    ? new Facts(read, nodeFacts.pods(node.name()), null)
                    : new Facts(null, null, "its Node is another one than before");
        } catch (NodeFacts.UnreadException e) {
            return new Facts(null, null, e.getMessage());
        }
    }

    private CheckResult evaluate(Check.Cel check, Facts facts) {
        CelCheck program = program(check.expression());
        return facts.problem() == null || program.problem().isPresent()
                ? program.evaluate(facts.node(), facts.pods(), clock)
                : new CheckResult.Unanswerable(facts.problem());
    }

    private static CheckResult named(Check check, CheckResult result) {
        return switch (result) {
            case CheckResult.Passed passed -> passed;
            case CheckResult.NotYet(String why) ->
                new CheckResult.NotYet("check " + check.name() + " is not passed: " + why);
            case CheckResult.Unanswerable(String why) ->
                new CheckResult.Unanswerable("check " + check.name() + " cannot be asked: " + why);
        };
    }

    private static CheckResult worse(CheckResult a, CheckResult b) {
        return rank(b) > rank(a) ? b : a;
    }

    private static int rank(CheckResult result) {
        return switch (result) {
            case CheckResult.Passed _ -> 0;
            case CheckResult.NotYet _ -> 1;
            case CheckResult.Unanswerable _ -> 2;
        };
    }

    /** What is wrong with checks whatever the machine: for each expression that does not compile a clause that says so. */
    public List<String> problems(List<Check> checks) {
        return checks.stream()
                .filter(Check.Cel.class::isInstance)
                .map(Check.Cel.class::cast)
                .flatMap(
                        cel -> program(cel.expression())
                                .problem()
                                .map(p -> "check " + cel.name() + " does not compile: " + p)
                                .stream())
                .toList();
    }

    private CelCheck program(String expression) {
        synchronized (programs) {
            CelCheck known = programs.get(expression);
            if (known != null) {
                return known;
            }
        }
        CelCheck compiled = CelCheck.of(expression);
        synchronized (programs) {
            programs.put(expression, compiled);
            if (programs.size() > MOST_PROGRAMS) {
                programs.remove(programs.keySet().iterator().next());
            }
        }
        return compiled;
    }
}
