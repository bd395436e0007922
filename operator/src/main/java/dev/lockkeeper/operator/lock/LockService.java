package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.Asker;
import dev.lockkeeper.fleetlock.semaphore.Boot;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.PreReboot;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.fleetlock.semaphore.Step;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.fleetlock.store.Swapper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Serves the agents of one replica: lets their requests try for a slot, holds them while waiting may help, and answers.
 *
 * <p>How a request runs:
 *
 * <ol>
 *   <li>It is admitted to a RebootGroup and a Node, or refused, from the caches.
 *   <li>Its look at the cached group says refuse, wait, or try. Only a try is decided by a swap.
 *   <li>When the group changes, the requests that have a holding look again, and of those that wait the longest waiting tries
 *       first; one that just gave a slot back comes after all others.
 *   <li>A holding that is Granted is told: the Node is read fresh, Granted→Rebooting is stored, then the agent gets its 200.
 *   <li>When its time is up, or this replica stops, it gets the refusal that it would have got without waiting.
 * </ol>
 *
 * <p>Properties: no thread per request; all of a request's own state is touched by one thread, {@code loop}; the store never
 * depends on the open request.
 */
public final class LockService implements AgentApi {

    private static final Logger LOG = Logger.getLogger(LockService.class);
    /** A cache that does not show a request's own holding for so long is not waited for any longer: the store is asked. */
    private static final Duration LAG = Duration.ofSeconds(5);

    private static final Duration PUMP_AGAIN = Duration.ofMillis(250);
    private static final int REMEMBERED = 10_000;

    /** What is read and changed outside this room. */
    public interface Outside {
        /** Why the call may not speak for the group; empty if it may. */
        Optional<Refusal> password(GroupView group, Call call);

        /** The Node as it stands now, by quorum; empty if there is none. Blocks. */
        Optional<NodeView> readNode(String name);

        /** All RebootGroups as they stand now, by quorum. Blocks. */
        List<GroupView> readGroups() throws StoreException;

        /** A step that a crash test may stop at. */
        void crashPoint(String step);
    }

    /**
     * @param maxHold how long a request is held at most; zero: never
     * @param justFreed how long after giving a slot back a machine comes after all others
     * @param waitingWindow how long after its last request a machine counts as waiting
     */
    public record Timing(Duration maxHold, Duration justFreed, Duration waitingWindow) {}

    private final Groups groups;
    private final Nodes nodes;
    private final Swapper swapper;
    private final Outside outside;
    private final MachineRecords records;
    private final Events events;
    private final Timing timing;
    private final Clock clock;
    private final SteadyStates steadyStates;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lock-service").daemon().factory());

    private final Map<String, OpenRequest> preReboots = new LinkedHashMap<>();
    private final Set<String> pumping = new HashSet<>();
    private final Map<String, Instant> freedAt = bounded();
    private final Map<String, Map<String, Instant>> askedAt = new HashMap<>();
    private final Map<String, Map<String, String>> holdersSeen = new HashMap<>();
    private boolean stopping;

    public LockService(
            Groups groups,
            Nodes nodes,
            Swapper swapper,
            Outside outside,
            MachineRecords records,
            Events events,
            Timing timing,
            Clock clock) {
        this.groups = groups;
        this.nodes = nodes;
        this.swapper = swapper;
        this.outside = outside;
        this.records = records;
        this.events = events;
        this.timing = timing;
        this.clock = clock;
        this.steadyStates = new SteadyStates(
                groups, swapper, outside, timing.maxHold(), clock, work -> loop.execute(guarded(work)));
        loop.scheduleWithFixedDelay(guarded(this::tick), 250, 250, TimeUnit.MILLISECONDS);
    }

    // ---- pre-reboot

    @Override
    public CompletionStage<Reply> preReboot(Call call) {
        Instant now = clock.instant();
        Admission.Result result = admission(call);
        Refusal refusal = result.refusal();
        if (result.admitted() != null) {
            records.asked(call);
            if (refusal == null && !holds(call)) {
                refusal = records.objection(call).orElse(null);
            }
        }
        if (refusal != null) {
            if (result.admitted() != null) {
                loop.execute(guarded(() -> note(result.admitted().group().name(), call.id(), now)));
            }
            tellOfRefusal(call, refusal);
            return CompletableFuture.completedFuture(reply(refusal));
        }
        GroupView group = result.admitted().group();
        NodeView node = result.admitted().node();
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        loop.execute(guarded(() -> arrive(call, group, node, now, answer)));
        return answer;
    }

    /** Whether the id has a slot that is not on its way back. */
    private boolean holds(Call call) {
        return groups.heldBy(call.id())
                .flatMap(g -> g.state().holderOf(call.id()))
                .filter(h -> h.phase() != Phase.RELEASING)
                .isPresent();
    }

    private Admission.Result admission(Call call) {
        return new Admission(groups.membership(), nodes, outside::password)
                .decide(call, groups.heldBy(call.id()).orElse(null));
    }

    /**
     * Where people look: at the group that the agent names, if there is one, and at the machine's node. Anybody can make up ids, so all
     * that match no node count as one machine.
     */
    private void tellOfRefusal(Call call, Refusal refusal) {
        NodeRef node = nodes.withAgentId(call.id()).stream()
                .findFirst()
                .map(NodeView::ref)
                .orElse(null);
        String group = groups.membership().serving(call.group()).stream()
                .findFirst()
                .map(GroupView::name)
                .orElse(null);
        events.refused(node, group, node == null ? "A machine that is no node" : call.id(), refusal);
    }

    private void arrive(Call call, GroupView group, NodeView node, Instant now, CompletableFuture<Reply> answer) {
        note(group.name(), call.id(), now);
        boolean isReleasing = group.state()
                .holderOf(call.id())
                .filter(h -> h.phase() == Phase.RELEASING)
                .isPresent();
        boolean hadItsTurn = isReleasing
                || Optional.ofNullable(freedAt.get(call.id()))
                        .filter(at -> at.plus(timing.justFreed()).isAfter(now))
                        .isPresent();
        OpenRequest request = new OpenRequest(
                call,
                group.name(),
                node != null
                        ? node.ref()
                        : group.state().holderOf(call.id()).map(Holder::node).orElse(null),
                hadItsTurn,
                now,
                now.plus(timing.maxHold()));
        request.answer.thenAccept(answer::complete);
        OpenRequest older = preReboots.put(request.id, request);
        if (older != null) {
            finish(older, new Refusal(Kind.LOCK_HELD, "A newer request of this machine is being served."));
        }
        call.gone().whenComplete((_, _) -> loop.execute(guarded(() -> forget(request))));
        if (stopping) {
            finish(request, new Refusal(Kind.STORE_UNAVAILABLE, "This replica is stopping. Ask again."));
            return;
        }
        Optional<GroupView> latest = groups.named(group.name());
        if (latest.flatMap(g -> g.state().holderOf(request.id)).isPresent()) {
            look(request);
        } else if (latest.filter(GroupView::isFull).isPresent()) {
            look(request, false);
        } else {
            pump(group.name());
        }
        // Never hold: whoever has not begun a swap gets the refusal as it stands now.
        if (request.isOpen() && !request.swapInFlight && !request.deadline.isAfter(now)) {
            finish(request, request.meanwhile);
        }
    }

    private void forget(OpenRequest request) {
        preReboots.remove(request.id, request);
        request.answer.complete(reply(request.meanwhile));
    }

    /** Lets the requests that wait for a slot of the group look, the longest waiting first. */
    private void pump(String rebootGroup) {
        List<OpenRequest> waiting = preReboots.values().stream()
                .filter(r -> r.rebootGroup.equals(rebootGroup) && r.boundToken == null && r.isOpen())
                .sorted(Comparator.comparing((OpenRequest r) -> r.hadItsTurn).thenComparing(r -> r.arrivedAt))
                .toList();
        boolean full = false;
        for (OpenRequest request : waiting) {
            if (request.swapInFlight) {
                // It may take the slot that the next one would try for; the swap's end pumps again.
                full = true;
            } else if (!full || request.firstLook) {
                full = look(request, !full) || full;
            }
        }
    }

    /**
     * After a try for a slot: those behind it did not try meanwhile. Not at once, because the cache may still show what was; a grant
     * wakes them by itself when the cache shows it.
     */
    private void pumpSoon(String rebootGroup) {
        if (pumping.add(rebootGroup)) {
            loop.schedule(
                    guarded(() -> {
                        pumping.remove(rebootGroup);
                        pump(rebootGroup);
                    }),
                    PUMP_AGAIN.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private void look(OpenRequest request) {
        look(request, true);
    }

    /**
     * @param mayTry whether the request may try for a slot now; else it only learns why it waits
     * @return whether those behind it need not try: there is no slot, or this one is trying for it
     */
    private boolean look(OpenRequest request, boolean mayTry) {
        if (!request.isOpen()) {
            return false;
        }
        if (request.swapInFlight) {
            request.lookAgain = true;
            return true;
        }
        GroupView group = groups.named(request.rebootGroup).orElse(null);
        if (group == null) {
            finish(request, new Refusal(Kind.UNKNOWN_GROUP, "RebootGroup '" + request.rebootGroup + "' was deleted."));
            return false;
        }
        Refusal against = request.boundToken == null ? mayNotWait(request) : null;
        if (against != null) {
            finish(request, against);
            return false;
        }
        Step<PreReboot> step =
                Semaphore.preReboot(group.state(), group.policy(), asker(request, group), clock.instant());
        switch (step.outcome()) {
            case PreReboot.Wait wait
            when step.next() == group.state() -> {
                request.meanwhile = wait.meanwhile();
                if (request.boundToken == null && wait.token() != null) {
                    request.boundToken = wait.token();
                }
                request.firstLook = false;
                return wait.token() == null && group.isFull();
            }
            case PreReboot.Refuse refuse
            when request.boundToken == null -> {
                finish(request, refuse.refusal());
                return false;
            }
            case PreReboot.ReadyToTell ready
            when ready.holder().token().equals(request.boundToken) -> {
                if (mayTry) {
                    tell(request, ready.holder());
                }
                return true;
            }
            default -> {
                // A slot to try for, a holding to tell, or a cache that may lag behind this request's own swap.
                if (mayTry) {
                    swap(request, group);
                }
                return true;
            }
        }
    }

    /** Why a request may not wait for a slot, or not any longer; null if it may. */
    private Refusal mayNotWait(OpenRequest request) {
        Refusal since = request.firstLook ? null : refusalSinceArrival(request);
        if (since == null && !holds(request.call)) {
            since = records.objection(request.call).orElse(null);
        }
        return since != null
                ? since
                : heldElsewhere(request.rebootGroup, request.id, request.node)
                        .map(elsewhere -> new Refusal(
                                Kind.LOCK_HELD,
                                machine(request) + " holds a slot of RebootGroup '" + elsewhere.name()
                                        + "', under whatever id: it needs no second one."))
                        .orElse(null);
    }

    /** A label, a pause or a password may have changed while the request waited; null if it may still wait. */
    private Refusal refusalSinceArrival(OpenRequest request) {
        Admission.Result result = admission(request.call);
        if (result.refusal() != null) {
            return result.refusal();
        }
        String now = result.admitted().group().name();
        return now.equals(request.rebootGroup)
                ? null
                : new Refusal(
                        Kind.WRONG_GROUP,
                        "The machine belongs to RebootGroup '" + now + "' now, and waited in '" + request.rebootGroup
                                + "'. Ask again.");
    }

    private void swap(OpenRequest request, GroupView cached) {
        request.swapInFlight = true;
        Asker asker = asker(request, cached);
        boolean unbound = request.boundToken == null;
        boolean granting = unbound && cached.state().holderOf(request.id).isEmpty();
        if (granting) {
            outside.crashPoint("BEFORE_GRANT");
        }
        swapper.<PreReboot>swap(
                        request.rebootGroup,
                        snapshot -> Semaphore.preReboot(snapshot.state(), snapshot.policy(), asker, clock.instant()))
                .whenComplete((outcome, error) -> loop.execute(guarded(() -> {
                    if (outcome instanceof PreReboot.Proceed proceed) {
                        tellAgain(request, proceed.holder());
                    } else {
                        swapped(request, granting, outcome, error);
                    }
                    if (unbound) {
                        pumpSoon(request.rebootGroup);
                    }
                })));
    }

    private void swapped(OpenRequest request, boolean granting, PreReboot outcome, Throwable error) {
        request.swapInFlight = false;
        request.firstLook = false;
        request.looked = clock.instant();
        if (error != null) {
            failed(request, error);
            return;
        }
        switch (outcome) {
            case PreReboot.Wait wait -> {
                request.meanwhile = wait.meanwhile();
                boolean granted = granting && wait.token() != null;
                request.boundToken = wait.token();
                if (granted) {
                    outside.crashPoint("AFTER_GRANT");
                    events.groupAndNode(
                            request.node,
                            request.rebootGroup,
                            Reason.SlotGranted,
                            machine(request) + " got a slot of " + request.rebootGroup + ".");
                }
                if (!request.deadline.isAfter(clock.instant())) {
                    finish(request, wait.meanwhile());
                }
            }
            case PreReboot.ReadyToTell ready -> {
                request.boundToken = ready.holder().token();
                if (request.isOpen()) {
                    tell(request, ready.holder());
                }
            }
            case PreReboot.Proceed proceed -> proceed(request, proceed.holder());
            case PreReboot.Refuse refuse -> finish(request, refuse.refusal());
        }
        if (request.lookAgain && request.isOpen() && !request.swapInFlight) {
            request.lookAgain = false;
            look(request);
        }
    }

    /**
     * Step 4: the Node as it stands now must still be the one that was drained, and cordoned; and the machine must hold in no other
     * group. Of two groups that gave it a slot at the same time, at least one is seen by the other's teller: each tells only once its
     * cache shows its own holding as Granted, and the cache shows the versions of all groups in their order.
     */
    private void tell(OpenRequest request, Holder holder) {
        boolean shown = groups.named(request.rebootGroup)
                .flatMap(g -> g.state().holding(holder.token()))
                .filter(h -> h.phase() == Phase.GRANTED)
                .isPresent();
        if (!shown) {
            return;
        }
        request.swapInFlight = true;
        Optional<GroupView> elsewhere = heldElsewhere(request.rebootGroup, holder.id(), holder.node());
        if (elsewhere.isPresent()) {
            String reason = holder.machine() + " holds a slot of RebootGroup '"
                    + elsewhere.get().name() + "' too";
            swapper.<Boolean>swap(
                            request.rebootGroup,
                            s -> Semaphore.takeBack(s.state(), holder.token(), reason, clock.instant()))
                    .thenApply(_ -> (PreReboot) new PreReboot.Refuse(new Refusal(Kind.LOCK_HELD, reason + ".")))
                    .whenComplete(
                            (outcome, error) -> loop.execute(guarded(() -> swapped(request, false, outcome, error))));
            return;
        }
        fresh(request, holder, () -> tellFresh(request, holder));
    }

    private interface FreshLook {
        CompletionStage<PreReboot> look() throws StoreException;
    }

    /** Looks at what is stored now, which blocks, and goes on with what it comes to. */
    private void fresh(OpenRequest request, Holder holder, FreshLook look) {
        Thread.startVirtualThread(() -> {
            CompletionStage<PreReboot> told;
            try {
                told = look.look();
            } catch (StoreException e) {
                told = CompletableFuture.failedFuture(e);
            } catch (RuntimeException e) {
                told = CompletableFuture.failedFuture(
                        new StoreException("Node " + holder.machine() + " cannot be read: " + e.getMessage(), e));
            }
            told.whenComplete((outcome, error) -> loop.execute(guarded(() -> swapped(request, false, outcome, error))));
        });
    }

    /** A machine that was told asks once more, so it has not finalised: it is told again, unless its release was withdrawn since. */
    private void tellAgain(OpenRequest request, Holder holder) {
        fresh(
                request,
                holder,
                () -> withdrawn(request, holder, records.clearance(request.call))
                        .orElseGet(() -> CompletableFuture.completedFuture(new PreReboot.Proceed(holder))));
    }

    /** Takes the slot back if the release that the machine may have staged must not be booted; empty if it may. */
    private Optional<CompletionStage<PreReboot>> withdrawn(
            OpenRequest request, Holder holder, MachineRecords.Clearance clearance) {
        Refusal refusal = clearance.objection();
        // A person's pause stops new grants, not those that go on.
        if (refusal == null || refusal.kind() == Kind.PAUSED) {
            return Optional.empty();
        }
        if (refusal.kind() != Kind.RELEASE_WITHDRAWN) {
            return Optional.of(CompletableFuture.completedFuture(new PreReboot.Refuse(refusal)));
        }
        return Optional.of(swapper.<Boolean>swap(
                        request.rebootGroup,
                        s -> Semaphore.release(s.state(), holder.token(), refusal.value(), clock.instant()))
                .thenApply(_ -> new PreReboot.Refuse(refusal)));
    }

    private Optional<GroupView> heldElsewhere(String rebootGroup, String id, NodeRef node) {
        return groups.membership().all().stream()
                .filter(g -> !g.name().equals(rebootGroup))
                .filter(g -> g.state().holderOf(id).isPresent()
                        || g.state().holderOn(node).isPresent())
                .findFirst();
    }

    private CompletionStage<PreReboot> tellFresh(OpenRequest request, Holder holder) throws StoreException {
        MachineRecords.Clearance clearance = records.clearance(request.call);
        Optional<CompletionStage<PreReboot>> withdrawn = withdrawn(request, holder, clearance);
        if (withdrawn.isPresent()) {
            return withdrawn.get();
        }
        // Of a machine that is no node its agent alone tells what it runs.
        Boot boot = new Boot(null, clearance.version());
        if (holder.node() != null) {
            NodeView node = outside.readNode(holder.node().name())
                    .filter(n -> n.uid().equals(holder.node().uid()))
                    .orElse(null);
            if (node == null) {
                return CompletableFuture.completedFuture(new PreReboot.Refuse(new Refusal(
                        Kind.UNKNOWN_MACHINE, "Node " + holder.machine() + " was deleted: its slot goes back.")));
            }
            boolean cordons = groups.named(request.rebootGroup)
                    .map(g -> g.drain().mode().cordons())
                    .orElse(true);
            if (cordons && !node.unschedulable()) {
                return swapper.swap(
                                request.rebootGroup,
                                s -> Semaphore.drainLost(
                                        s.state(), holder.token(), "the node was uncordoned", clock.instant()))
                        .thenApply(_ -> new PreReboot.Wait(
                                holder.token(),
                                new Refusal(Kind.DRAINING, holder.machine() + " was uncordoned and is drained anew.")));
            }
            boot = node.boot();
        }
        Boot fresh = boot;
        outside.crashPoint("BEFORE_TELL");
        return swapper.swap(
                        request.rebootGroup,
                        s -> Semaphore.tell(s.state(), holder.token(), fresh, clearance.offered(), clock.instant()))
                .thenApply(told -> {
                    outside.crashPoint("AFTER_TELL");
                    return told
                            ? new PreReboot.Proceed(holder)
                            : new PreReboot.Wait(
                                    holder.token(), new Refusal(Kind.DRAINING, holder.machine() + " is drained anew."));
                });
    }

    private void proceed(OpenRequest request, Holder holder) {
        preReboots.remove(request.id, request);
        Optional.ofNullable(askedAt.get(request.rebootGroup)).ifPresent(ids -> ids.remove(request.id));
        outside.crashPoint("BEFORE_ANSWER");
        events.groupAndNode(
                holder.node(), request.rebootGroup, Reason.RebootAllowed, holder.machine() + " was told to reboot.");
        request.answer.complete(new Reply(200, "granted", holder.machine() + " may reboot now."));
        outside.crashPoint("AFTER_ANSWER");
    }

    private void failed(OpenRequest request, Throwable error) {
        Refusal refusal = unavailable(error);
        LOG.warnf("group=%s id=%s swap failed: %s", request.rebootGroup, request.id, refusal.value());
        finish(request, refusal);
    }

    private void finish(OpenRequest request, Refusal refusal) {
        preReboots.remove(request.id, request);
        if (request.answer.complete(reply(refusal)) && refusal.kind().status() < 500) {
            events.refused(request.node, request.rebootGroup, request.id, refusal);
        }
    }

    private Asker asker(OpenRequest request, GroupView group) {
        if (!group.policy().countUnready() || group.state().unready() == 0) {
            return request.asker(false, List.of());
        }
        List<NodeView> unready = unready(group);
        // Only if the leader cannot have counted others than those that are seen here has it counted this one.
        boolean counted = unready.size() <= group.state().unready()
                && unready.stream().anyMatch(n -> n.ref().equals(request.node));
        List<NodeView> others =
                unready.stream().filter(n -> !n.ref().equals(request.node)).toList();
        return request.asker(counted, names(others));
    }

    private List<NodeView> unready(GroupView group) {
        Membership membership = groups.membership();
        return nodes.all().stream()
                .filter(n ->
                        !n.ready() && membership.has(group, n) && !group.state().concerns(n.ref()))
                .toList();
    }

    private List<String> names(List<NodeView> unready) {
        Instant now = clock.instant();
        return unready.stream()
                .sorted(Comparator.comparing(NodeView::name))
                .limit(3)
                .map(n -> n.name() + ", NotReady"
                        + (n.readySince() == null
                                ? ""
                                : " for " + Sentences.span(Duration.between(n.readySince(), now))))
                .toList();
    }

    private String machine(OpenRequest request) {
        return request.node == null ? request.id : request.node.name();
    }

    @Override
    public CompletionStage<Reply> steadyState(Call call) {
        return steadyStates
                .ask(call)
                .thenCompose(answer -> answer.status() != 200
                        ? CompletableFuture.completedFuture(answer)
                        : records.started(call)
                                .thenApply(refusal ->
                                        refusal.map(LockService::reply).orElse(answer)));
    }

    /** An agent that holds a slot asked for a graph, so it is steady; nothing is waited for. */
    public void polled(Call call) {
        steadyStates.ask(call);
    }

    static Refusal unavailable(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return new Refusal(
                Kind.STORE_UNAVAILABLE,
                "The lock's state cannot be read or written now: "
                        + String.valueOf(cause.getMessage()).replaceFirst("\\.$", "") + ". Ask again.");
    }

    // ---- waking up

    /** To be called when a RebootGroup changed in the cache. */
    public void changed(String rebootGroup) {
        loop.execute(guarded(() -> onChange(rebootGroup)));
    }

    private void onChange(String rebootGroup) {
        Optional<GroupView> group = groups.named(rebootGroup);
        rememberFreed(rebootGroup, group);
        preReboots.values().stream()
                .filter(r -> r.rebootGroup.equals(rebootGroup) && r.boundToken != null)
                .toList()
                .forEach(this::look);
        pump(rebootGroup);
        steadyStates.changed(rebootGroup);
    }

    private void rememberFreed(String rebootGroup, Optional<GroupView> group) {
        Map<String, String> now = new HashMap<>();
        group.ifPresent(g -> g.state().holders().forEach(h -> now.put(h.token(), h.id())));
        Map<String, String> before = holdersSeen.getOrDefault(rebootGroup, Map.of());
        before.forEach((token, id) -> {
            if (!now.containsKey(token)) {
                freedAt.put(id, clock.instant());
            }
        });
        holdersSeen.put(rebootGroup, now);
    }

    /** Answers whose time is up, and keeps {@code askedAt} of holders fresh. */
    private void tick() {
        Instant now = clock.instant();
        for (OpenRequest request : List.copyOf(preReboots.values())) {
            if (!request.swapInFlight && !request.deadline.isAfter(now)) {
                look(request, false);
                finish(request, request.meanwhile);
            } else if (request.boundToken != null
                    && (isShown(request) || request.looked.plus(LAG).isBefore(now))) {
                look(request);
            }
        }
        steadyStates.tick(now);
    }

    private boolean isShown(OpenRequest request) {
        return groups.named(request.rebootGroup)
                .flatMap(g -> g.state().holding(request.boundToken))
                .isPresent();
    }

    /** Answers every held request with the refusal as it stands, and every later one at once. */
    public void stop() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(guarded(() -> {
            stopping = true;
            for (OpenRequest request : List.copyOf(preReboots.values())) {
                look(request, false);
                finish(request, request.meanwhile);
            }
            steadyStates.stop();
            done.complete(null);
        }));
        done.orTimeout(5, TimeUnit.SECONDS).exceptionally(_ -> null).join();
    }

    /** How many ids asked a RebootGroup within the waiting window and hold nothing in it. */
    public CompletionStage<Integer> waiting(GroupView group) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Map<String, Instant> asked = askedAt.computeIfAbsent(group.name(), _ -> bounded());
                    Instant oldest = clock.instant().minus(timing.waitingWindow());
                    asked.values().removeIf(at -> at.isBefore(oldest));
                    return (int) asked.keySet().stream()
                            .filter(id -> group.state().holderOf(id).isEmpty())
                            .count();
                },
                loop);
    }

    private void note(String rebootGroup, String id, Instant now) {
        askedAt.computeIfAbsent(rebootGroup, _ -> bounded()).put(id, now);
    }

    private static Map<String, Instant> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
                return size() > REMEMBERED;
            }
        };
    }

    static Reply reply(Refusal refusal) {
        return new Reply(refusal.kind().status(), refusal.kind().text(), refusal.value());
    }

    /** An error in one look must not end the loop that serves all. */
    private static Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.errorf(e, "the lock service failed at one step and goes on");
            }
        };
    }
}
