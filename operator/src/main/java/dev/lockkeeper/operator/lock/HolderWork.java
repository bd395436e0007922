package dev.lockkeeper.operator.lock;

import dev.lockkeeper.crds.v1alpha1.UpdateQuestion;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.semaphore.Boot;
import dev.lockkeeper.fleetlock.semaphore.DrainFigures;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.fleetlock.semaphore.Sighting;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.semaphore.Step;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.fleetlock.store.Swapper;
import dev.lockkeeper.operator.health.Evidence;
import dev.lockkeeper.operator.health.Judge;
import dev.lockkeeper.operator.health.Judgement;
import dev.lockkeeper.operator.health.Update;
import dev.lockkeeper.operator.health.VerifyPolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Takes one holder one step towards its slot's return: cordon, drain, watch, judge, uncordon, free.
 *
 * <p>A step acts on the node first and then stores what it did, or stores what it is about to undo first: cordon before drain,
 * empty before Granted, judged and recorded before the slot goes on, uncordoned before the holder goes. Each is repeated without harm
 * after a crash.
 */
public final class HolderWork {

    private static final Logger LOG = Logger.getLogger(HolderWork.class);

    /**
     * @param askTimeout a holder that was not told and whose agent has not asked for so long is taken back
     * @param retry how long between two looks at a drain, at most
     * @param figures how often new drain figures are stored, at most
     */
    public record Timing(Duration askTimeout, Duration retry, Duration figures) {}

    private static final Duration SOON = Duration.ofMillis(500);

    private final Nodes nodes;
    private final Cordons cordons;
    private final Drain drain;
    private final Checks checks;
    private final Swapper swapper;
    private final Verdicts verdicts;
    private final Events events;
    private final Observations observations;
    private final Consumer<String> crashPoint;
    private final Timing timing;
    private final Clock clock;
    private final Sights sights;
    /** Holdings whose machine was recorded as one that never came back; forgotten with the leader: to record it again does no harm. */
    private final Set<String> lost = ConcurrentHashMap.newKeySet();

    /** Durations for metrics. */
    public interface Observations {
        void drainFinished(String group, String result, Duration duration);

        void rebooted(NodeRef node, Duration duration);

        /** A machine that is no node: until its agent's steady-state. */
        void rebooted(String agentId, Duration duration);

        void verified(NodeRef node, Duration duration);
    }

    public HolderWork(
            Nodes nodes,
            Cordons cordons,
            Drain drain,
            Checks checks,
            Swapper swapper,
            Verdicts verdicts,
            Events events,
            Observations observations,
            Consumer<String> crashPoint,
            Timing timing,
            Clock clock) {
        this.nodes = nodes;
        this.cordons = cordons;
        this.drain = drain;
        this.checks = checks;
        this.swapper = swapper;
        this.verdicts = verdicts;
        this.events = events;
        this.observations = observations;
        this.crashPoint = crashPoint;
        this.timing = timing;
        this.clock = clock;
        this.sights = new Sights(clock);
    }

    /** To be called with what a pass begins with, before its steps. */
    void look(GroupView group) {
        sights.look(group);
    }

    /** @return when to look again at the latest */
    Duration step(GroupView group, Holder holder) {
        try {
            return switch (holder.phase()) {
                case DRAINING -> draining(group, holder);
                case GRANTED -> granted(group, holder);
                case REBOOTING, VERIFYING, FAILED -> judge(group, holder);
                case RELEASING -> releasing(group, holder);
            };
        } catch (StoreException | RuntimeException e) {
            LOG.warnf(
                    "group=%s machine=%s phase=%s step failed, trying again: %s",
                    group.name(), holder.machine(), holder.phase().text(), e.getMessage());
            return timing.retry();
        }
    }

    // ---- before telling

    private Duration draining(GroupView group, Holder holder) {
        if (takenBack(group, holder)) {
            return SOON;
        }
        if (holder.node() == null || !group.drain().mode().cordons()) {
            swap(group, (s, now) -> Semaphore.drained(s, holder.token(), now));
            return SOON;
        }
        Optional<NodeView> found = node(holder);
        if (found.isEmpty()) {
            return nodeGone(group, holder);
        }
        Optional<NodeView> cordoned = cordon(group, holder, found.get());
        if (cordoned.isEmpty()) {
            return SOON;
        }
        Duration running = Duration.between(sights.phase(group, holder), clock.instant());
        boolean late = running.compareTo(group.drain().timeout()) >= 0;
        boolean force = late && group.drain().onTimeout() == DrainPolicy.OnTimeout.FORCE;
        crashPoint.accept("BEFORE_DRAIN_PASS");
        DrainStep step = drain.step(cordoned.get(), group.drain(), force, holder.drain());
        crashPoint.accept("AFTER_DRAIN_PASS");
        if (step.done()) {
            return drained(group, holder, step.figures());
        }
        if (late && group.drain().onTimeout() == DrainPolicy.OnTimeout.RELEASE) {
            return giveUp(group, holder, step.waitingFor());
        }
        progress(group, holder, step.figures());
        return interval(running);
    }

    /** Looks often at first, when most pods go, and less often at a drain that drags on. */
    private Duration interval(Duration running) {
        Duration quarter = running.dividedBy(4);
        if (quarter.compareTo(SOON) < 0) {
            return SOON;
        }
        return quarter.compareTo(timing.retry()) < 0 ? quarter : timing.retry();
    }

    private boolean takenBack(GroupView group, Holder holder) {
        if (Duration.between(sights.asked(group, holder), clock.instant()).compareTo(timing.askTimeout()) < 0) {
            return false;
        }
        String reason = "its agent has not asked for " + Sentences.span(timing.askTimeout());
        return swap(group, (s, now) -> Semaphore.takeBack(s, holder.token(), reason, now));
    }

    private Duration nodeGone(GroupView group, Holder holder) {
        swap(group, (s, now) -> Semaphore.release(s, holder.token(), "its Node was deleted", now));
        return SOON;
    }

    /** A node that is cordoned now, or empty if it changed meanwhile. The cache may be old: telling reads the Node anew. */
    private Optional<NodeView> cordon(GroupView group, Holder holder, NodeView cached) {
        if (cached.unschedulable()
                && (cached.cordonToken() == null || cached.cordonToken().equals(holder.token()))) {
            if (cached.cordonToken() == null && holder.drain() == null) {
                events.groupAndNode(
                        holder.node(),
                        group.name(),
                        Reason.DrainStarted,
                        holder.machine() + " is being drained; a person had cordoned it, and it will stay cordoned.");
            }
            return Optional.of(cached);
        }
        crashPoint.accept("BEFORE_CORDON");
        NodeView node = cached;
        Cordons.Cordon outcome = cordons.cordon(node, holder.token());
        if (outcome == Cordons.Cordon.CHANGED) {
            Optional<NodeView> fresh = fresh(holder);
            if (fresh.isEmpty()) {
                return Optional.empty();
            }
            node = fresh.get();
            outcome = cordons.cordon(node, holder.token());
        }
        crashPoint.accept("AFTER_CORDON");
        if (outcome == Cordons.Cordon.CHANGED) {
            return Optional.empty();
        }
        boolean again = holder.drain() != null;
        if (outcome == Cordons.Cordon.OURS && !node.unschedulable()) {
            events.groupAndNode(
                    holder.node(),
                    group.name(),
                    again ? Reason.Recordoned : Reason.DrainStarted,
                    again
                            ? holder.machine() + " was uncordoned during its drain and is cordoned again."
                            : holder.machine() + " is cordoned and being drained.");
        }
        return Optional.of(node);
    }

    private Duration drained(GroupView group, Holder holder, DrainFigures figures) {
        crashPoint.accept("BEFORE_DRAINED");
        boolean granted = swap(group, (s, now) -> {
            SlotState with = Semaphore.drainProgress(s, holder.token(), figures).next();
            Step<Boolean> step = Semaphore.drained(with, holder.token(), now);
            return step.outcome() ? step : new Step<>(s, false);
        });
        crashPoint.accept("AFTER_DRAINED");
        if (granted) {
            observations.drainFinished(group.name(), "drained", Duration.between(holder.grantedAt(), clock.instant()));
        }
        return SOON;
    }

    private Duration giveUp(GroupView group, Holder holder, String waitingFor) {
        String reason =
                "the drain took longer than " + Sentences.span(group.drain().timeout()) + ": " + waitingFor;
        if (swap(group, (s, now) -> Semaphore.giveUpDrain(s, group.policy(), holder.token(), reason, now))) {
            observations.drainFinished(group.name(), "given_up", Duration.between(holder.grantedAt(), clock.instant()));
            events.groupAndNode(
                    holder.node(),
                    group.name(),
                    Reason.DrainTimedOut,
                    holder.machine() + " gives its slot back: " + reason + ".");
        }
        return SOON;
    }

    private void progress(GroupView group, Holder holder, DrainFigures figures) {
        DrainFigures before = holder.drain();
        if (figures.equals(before)) {
            return;
        }
        boolean news = before == null || !figures.blockedBy().equals(before.blockedBy());
        if (!news && !sights.mayStoreFigures(group, holder, timing.figures())) {
            return;
        }
        sights.figuresStored(group, holder);
        swap(group, (s, _) -> Semaphore.drainProgress(s, holder.token(), figures));
        boolean blocked = figures.blocked()
                && (before == null || !figures.blockedBy().getFirst().equals(firstBlocker(before)));
        if (blocked) {
            events.groupAndNode(
                    holder.node(),
                    group.name(),
                    Reason.DrainBlocked,
                    "The drain of " + holder.machine() + " is held up: "
                            + figures.blockedBy().getFirst().sentence() + ".");
        }
    }

    private static Object firstBlocker(DrainFigures figures) {
        return figures.blocked() ? figures.blockedBy().getFirst() : null;
    }

    /** Until the agent is told, the node must stay cordoned and empty. */
    private Duration granted(GroupView group, Holder holder) {
        if (takenBack(group, holder)) {
            return SOON;
        }
        if (holder.node() == null || !group.drain().mode().cordons()) {
            return timing.retry();
        }
        Optional<NodeView> found = node(holder);
        if (found.isEmpty()) {
            return nodeGone(group, holder);
        }
        if (!found.get().unschedulable()) {
            // The cache may lag behind the cordon itself.
            Optional<NodeView> fresh = fresh(holder);
            if (fresh.isEmpty()) {
                return nodeGone(group, holder);
            }
            return fresh.get().unschedulable() ? SOON : drainLost(group, holder, "the node was uncordoned");
        }
        // The drain has just ended with a look at the pods; most agents are told at once.
        Duration untilLook = timing.retry().minus(Duration.between(sights.phase(group, holder), clock.instant()));
        if (untilLook.isPositive()) {
            return untilLook;
        }
        return drain.remaining(found.get(), group.drain()).isEmpty()
                ? timing.retry()
                : drainLost(group, holder, "a pod came back");
    }

    private Duration drainLost(GroupView group, Holder holder, String reason) {
        swap(group, (s, now) -> Semaphore.drainLost(s, holder.token(), reason, now));
        return SOON;
    }

    // ---- after telling

    private Duration judge(GroupView group, Holder holder) throws StoreException {
        if (holder.node() == null) {
            return stuckAlone(group, holder);
        }
        Optional<NodeView> found = node(holder);
        if (found.isEmpty()) {
            return nodeGone(group, holder);
        }
        NodeView node = found.get();
        if (!isNewBoot(node, holder) && holder.steadyAt() != null) {
            // On the old boot the verdict hangs on heartbeats, and a cache may show one from before the reboot.
            Optional<NodeView> fresh = fresh(holder);
            if (fresh.isEmpty()) {
                return nodeGone(group, holder);
            }
            node = fresh.get();
        }
        forgetCordon(node);
        Instant now = clock.instant();
        boolean newBoot = isNewBoot(node, holder);
        Instant readySince = readySince(node, holder, newBoot, now);
        String heartbeat = Objects.toString(node.heartbeat(), "");
        VerifyPolicy policy = new VerifyPolicy(
                group.verify().timeout(),
                group.verify().minReady(),
                group.verify().stuckAfter());
        Evidence evidence = new Evidence(
                new Boot(holder.bootId(), holder.version()),
                holder.offered(),
                node.boot(),
                node.ready(),
                readySince,
                holder.steadyAt() == null ? null : holder.heartbeat(),
                heartbeat,
                holder.steadyAt(),
                holder.phase() == Phase.REBOOTING ? null : sights.phase(group, holder),
                holder.phase() == Phase.REBOOTING ? sights.phase(group, holder) : null,
                null);
        if (Judge.wantsChecks(evidence, policy, now)) {
            evidence = evidence.with(checks.ask(group, node));
        }
        Judgement judgement = ofImported(holder, newBoot, Judge.judge(evidence, policy, now));
        if (isAgainst(judgement) && !isAsFresh(node, holder)) {
            // A watch that hangs shows a machine as sick that has recovered long ago.
            return SOON;
        }
        Instant stuck = judgement instanceof Judgement.Stuck ? holder.stuck() == null ? now : holder.stuck() : null;
        Sighting sighting = new Sighting(
                newBoot ? now : null,
                readySince,
                holder.steadyAt() == null ? null : heartbeat,
                stuck,
                stuck == null ? null : gist(judgement.why()));
        try {
            return carryOut(new Trial(group, holder, node, evidence, sighting), judgement);
        } catch (StoreException e) {
            lost.remove(holder.token());
            Duration waited = Duration.between(sights.phase(group, holder), now);
            if (waited.compareTo(policy.stuckAfter()) < 0 || judgement instanceof Judgement.Stuck) {
                throw e;
            }
            String why = "its verdict cannot be stored: " + e.getMessage();
            stuck(group, holder, why);
            see(group, holder, new Sighting(newBoot ? now : null, readySince, null, now, gist(why)));
            return timing.retry();
        }
    }

    /** What it ran when another server told it is not known: it may have rebooted before it was taken over. */
    private static Judgement ofImported(Holder holder, boolean newBoot, Judgement judgement) {
        return holder.importedFrom() != null && !newBoot && judgement instanceof Judgement.Inconclusive
                ? new Judgement.Inconclusive(
                        "its agent is steady; whether it rebooted before it was taken over is not known", null)
                : judgement;
    }

    private static boolean isAgainst(Judgement judgement) {
        return judgement instanceof Judgement.Failed
                || judgement instanceof Judgement.Stuck stuck && stuck.verdict().isPresent();
    }

    /** Whether a quorum read shows the node as the verdict saw it. */
    private boolean isAsFresh(NodeView node, Holder holder) {
        return fresh(holder)
                .filter(f -> Objects.equals(f.bootId(), node.bootId())
                        && Objects.equals(f.version(), node.version())
                        && f.ready() == node.ready())
                .isPresent();
    }

    /** A person uncordoned the node: a cordon that a person sets later must not pass for this one. */
    private void forgetCordon(NodeView node) {
        if (!node.unschedulable() && node.cordonToken() != null) {
            cordons.uncordon(node, node.cordonToken());
        }
    }

    private static boolean isNewBoot(NodeView node, Holder holder) {
        return node.bootId() != null && !node.bootId().equals(holder.bootId());
    }

    /** Ready counts from the first look with the new boot on, or, on the old one, from the steady-state on. */
    private static Instant readySince(NodeView node, Holder holder, boolean newBoot, Instant now) {
        if (!node.ready() || !newBoot && holder.steadyAt() == null) {
            return null;
        }
        boolean firstBoot = newBoot && holder.newBootAt() == null;
        return holder.readySince() == null || firstBoot ? now : holder.readySince();
    }

    private Duration stuckAlone(GroupView group, Holder holder) {
        Instant now = clock.instant();
        Duration left = group.verify().stuckAfter().minus(Duration.between(sights.phase(group, holder), now));
        if (left.isPositive()) {
            return left;
        }
        String why = "its agent has not been steady for "
                + Sentences.span(group.verify().stuckAfter());
        stuck(group, holder, why);
        see(group, holder, new Sighting(null, null, null, holder.stuck() == null ? now : holder.stuck(), why));
        return GroupWork.REST;
    }

    private void see(GroupView group, Holder holder, Sighting sighting) {
        boolean news = isFirstBoot(holder, sighting)
                || sighting.heartbeat() != null && holder.heartbeat() == null
                || !Objects.equals(sighting.readySince(), holder.readySince())
                || !Objects.equals(sighting.stuck(), holder.stuck())
                || sighting.stuck() != null && !Objects.equals(sighting.why(), holder.reason());
        if (!news) {
            return;
        }
        crashPoint.accept("BEFORE_NEW_BOOT");
        boolean seen = swap(group, (s, now) -> Semaphore.observe(s, holder.token(), sighting, now));
        crashPoint.accept("AFTER_NEW_BOOT");
        if (seen) {
            tellOfBoot(group, holder, sighting);
        }
    }

    private static boolean isFirstBoot(Holder holder, Sighting sighting) {
        return sighting.newBootAt() != null && holder.newBootAt() == null;
    }

    private void tellOfBoot(GroupView group, Holder holder, Sighting sighting) {
        if (isFirstBoot(holder, sighting)) {
            observations.rebooted(holder.node(), Duration.between(holder.toldAt(), clock.instant()));
            events.groupAndNode(
                    holder.node(),
                    group.name(),
                    Reason.Rebooted,
                    holder.machine() + " has rebooted; it is being verified.");
        }
    }

    /** One look at a machine that was told, and all that it is judged by. */
    private record Trial(GroupView group, Holder holder, NodeView node, Evidence evidence, Sighting sighting) {

        Update update(Verdict verdict, boolean counts, UpdateQuestion question, Instant now, String why) {
            return new Update(
                    holder.token(),
                    holder.version(),
                    Judge.release(evidence).orElse(null),
                    evidence.isNewBoot() ? node.version() : null,
                    verdict,
                    counts,
                    question,
                    now,
                    why);
        }
    }

    private Duration carryOut(Trial trial, Judgement judgement) throws StoreException {
        return switch (judgement) {
            case Judgement.Keep keep -> {
                see(trial.group(), trial.holder(), trial.sighting());
                Duration left = Duration.between(clock.instant(), keep.lookAgainAt());
                yield left.compareTo(SOON) < 0 ? SOON : left;
            }
            case Judgement.Stuck stuck -> {
                if (stuck.verdict().isPresent() && lost.add(trial.holder().token())) {
                    record(trial, stuck.verdict().get(), true, null, stuck.why());
                }
                see(trial.group(), trial.holder(), trial.sighting());
                stuck(trial.group(), trial.holder(), stuck.why());
                yield GroupWork.REST;
            }
            case Judgement.Updated updated -> {
                record(trial, Verdict.Updated, false, null, updated.why());
                yield release(trial, updated.why());
            }
            case Judgement.Inconclusive inconclusive -> {
                record(trial, Verdict.Inconclusive, false, inconclusive.question(), inconclusive.why());
                yield release(trial, inconclusive.why());
            }
            case Judgement.Failed failed -> failed(trial, failed);
        };
    }

    /**
     * The verdict is stored before the slot goes on: a crash between the two repeats it, and changes nothing by that.
     *
     * @return whether it counts against a release that is withheld from the machine's architecture now
     */
    private boolean record(Trial trial, Verdict verdict, boolean counts, UpdateQuestion question, String why)
            throws StoreException {
        crashPoint.accept("BEFORE_RECORD");
        boolean withheld = verdicts.record(
                new Verdicts.Machine(
                        trial.holder().id(), trial.node(), trial.group().name()),
                trial.update(verdict, counts, question, clock.instant(), why));
        crashPoint.accept("AFTER_RECORD");
        return withheld;
    }

    /** Stores what was seen together with what follows from it. */
    private boolean conclude(
            GroupView group, Holder holder, Sighting sighting, BiFunction<SlotState, Instant, Step<Boolean>> verdict) {
        boolean done = swap(group, (s, now) -> {
            Step<Boolean> step = verdict.apply(
                    Semaphore.observe(s, holder.token(), sighting, now).next(), now);
            return step.outcome() ? step : new Step<>(s, false);
        });
        if (done) {
            tellOfBoot(group, holder, sighting);
        }
        return done;
    }

    private void stuck(GroupView group, Holder holder, String why) {
        if (holder.stuck() == null || !gist(why).equals(holder.reason())) {
            events.groupAndNode(
                    holder.node(),
                    group.name(),
                    Reason.Stuck,
                    holder.machine() + " is stuck: " + why + ". It keeps its slot.");
        }
    }

    /** What stays the same of a reason while its details change, so that it is not written and told each time. */
    private static String gist(String why) {
        int colon = why.indexOf(": ");
        return colon < 0 ? why : why.substring(0, colon);
    }

    private Duration release(Trial trial, String why) {
        Holder holder = trial.holder();
        crashPoint.accept("BEFORE_VERDICT");
        boolean done = conclude(
                trial.group(), holder, trial.sighting(), (s, now) -> Semaphore.release(s, holder.token(), why, now));
        crashPoint.accept("AFTER_VERDICT");
        if (done) {
            observations.verified(holder.node(), Duration.between(holder.since(), clock.instant()));
            events.groupAndNode(
                    holder.node(), trial.group().name(), Reason.Verified, holder.machine() + ": " + why + ".");
        }
        return SOON;
    }

    private Duration failed(Trial trial, Judgement.Failed failed) throws StoreException {
        GroupView group = trial.group();
        Holder holder = trial.holder();
        if (holder.phase() == Phase.FAILED) {
            see(group, holder, trial.sighting());
            return GroupWork.REST;
        }
        boolean withheld =
                record(trial, Verdict.Failed, failed.countsAgainstRelease(), failed.question(), failed.why());
        // The status has room for so many.
        boolean park = group.verify().park() && group.state().parked().size() < Semaphore.MAX_PARKED;
        crashPoint.accept("BEFORE_PARK");
        boolean done = conclude(
                group,
                holder,
                trial.sighting(),
                (s, now) -> park
                        ? Semaphore.park(
                                s, holder.token(), trial.node().version(), Verdict.Failed.name(), withheld, now)
                        : Semaphore.fail(s, holder.token(), failed.why(), now));
        crashPoint.accept("AFTER_PARK");
        if (done) {
            events.groupAndNode(
                    holder.node(),
                    group.name(),
                    park ? Reason.Parked : Reason.Failed,
                    holder.machine() + " failed: " + failed.why() + ". It stays cordoned"
                            + (park ? " and its slot is free." : " and keeps its slot."));
        }
        return SOON;
    }

    // ---- the way out

    /** Uncordons, then frees. A node that is not Ready stays cordoned; its cordon is swept once it is Ready. */
    private Duration releasing(GroupView group, Holder holder) throws StoreException {
        if (isBackAlone(holder)) {
            recordWithoutNode(group, holder);
        }
        if (holder.node() != null) {
            crashPoint.accept("BEFORE_UNCORDON");
            if (!uncordoned(holder)) {
                return SOON;
            }
            crashPoint.accept("AFTER_UNCORDON");
        }
        crashPoint.accept("BEFORE_FREE");
        boolean down = nodes.isDown(holder.node());
        boolean freed = swap(group, (s, _) -> Semaphore.free(s, holder.token(), down));
        crashPoint.accept("AFTER_FREE");
        if (freed) {
            if (isBackAlone(holder)) {
                observations.rebooted(holder.id(), Duration.between(holder.toldAt(), holder.steadyAt()));
            }
            events.groupAndNode(
                    holder.node(),
                    group.name(),
                    Reason.SlotFreed,
                    "The slot of " + holder.machine() + " is free"
                            + (holder.reason() == null ? "." : ": " + holder.reason() + "."));
        }
        return SOON;
    }

    /** Whether it is a machine without a node that was told to reboot and whose agent is steady since. */
    private static boolean isBackAlone(Holder holder) {
        return holder.node() == null && holder.toldAt() != null && holder.steadyAt() != null;
    }

    /** Nothing shows yet what a machine runs that is no node: the next word of its agent does. */
    private void recordWithoutNode(GroupView group, Holder holder) throws StoreException {
        verdicts.record(
                new Verdicts.Machine(holder.id(), null, group.name()),
                new Update(
                        holder.token(),
                        holder.version(),
                        holder.offered(),
                        null,
                        Verdict.Inconclusive,
                        false,
                        holder.offered() == null ? null : UpdateQuestion.Version,
                        clock.instant(),
                        "its agent is steady again"));
    }

    /** Whether no cordon of this holding is left that should go. The cache is believed where the write proves it. */
    private boolean uncordoned(Holder holder) {
        Optional<NodeView> cached =
                nodes.of(holder.node()).filter(n -> n.ready() && holder.token().equals(n.cordonToken()));
        if (cached.isPresent() && cordons.uncordon(cached.get(), holder.token())) {
            return true;
        }
        return fresh(holder)
                .filter(NodeView::ready)
                .map(n -> cordons.uncordon(n, holder.token()))
                .orElse(true);
    }

    /** The holder's node from the cache; a missing one is confirmed by a quorum read. */
    private Optional<NodeView> node(Holder holder) {
        return nodes.of(holder.node()).or(() -> fresh(holder));
    }

    private Optional<NodeView> fresh(Holder holder) {
        return cordons.read(holder.node().name())
                .filter(n -> n.uid().equals(holder.node().uid()));
    }

    private boolean swap(GroupView group, BiFunction<SlotState, Instant, Step<Boolean>> transition) {
        return swapper.<Boolean>swap(group.name(), s -> transition.apply(s.state(), clock.instant()))
                .toCompletableFuture()
                .join();
    }
}
