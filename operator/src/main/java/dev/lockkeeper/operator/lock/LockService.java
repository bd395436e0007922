package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.Boot;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.PreReboot;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.semaphore.SteadyState;
import dev.lockkeeper.fleetlock.semaphore.Step;
import dev.lockkeeper.fleetlock.store.SharedRead;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.fleetlock.store.Swapper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Serves the agents of one replica: lets their requests try for a slot, holds them while waiting may help, and answers.
 *
 * <p>How a request runs:
 *
 * <ol>
 *   <li>It is admitted to a RebootGroup and a Node, or refused, from the caches.
 *   <li>Its look at the cached group says refuse, wait, or try. Only a try is decided on a fresh read, by a swap.
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
    private final Events events;
    private final Timing timing;
    private final Clock clock;
    private final SharedRead<List<GroupView>> freshGroups;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lock-service").daemon().factory());

    private final Map<String, OpenRequest> preReboots = new LinkedHashMap<>();
    private final List<OpenSteady> steadies = new ArrayList<>();
    private final Map<String, Instant> freedAt = bounded();
    private final Map<String, Map<String, Instant>> askedAt = new HashMap<>();
    private final Map<String, Map<String, String>> holdersSeen = new HashMap<>();
    private boolean stopping;

    /** @param sentence what it would be told now; empty until its first swap is stored */
    private record OpenSteady(
            String id,
            String rebootGroup,
            Instant deadline,
            CompletableFuture<Reply> answer,
            AtomicReference<String> sentence) {}

    public LockService(
            Groups groups, Nodes nodes, Swapper swapper, Outside outside, Events events, Timing timing, Clock clock) {
        this.groups = groups;
        this.nodes = nodes;
        this.swapper = swapper;
        this.outside = outside;
        this.events = events;
        this.timing = timing;
        this.clock = clock;
        this.freshGroups = new SharedRead<>(outside::readGroups);
        loop.scheduleWithFixedDelay(guarded(this::tick), 250, 250, TimeUnit.MILLISECONDS);
    }

    // ---- pre-reboot

    @Override
    public CompletionStage<Reply> preReboot(Call call) {
        Instant now = clock.instant();
        GroupView holding = groups.heldBy(call.id()).orElse(null);
        Admission.Result result = new Admission(groups.membership(), nodes, outside::password).decide(call, holding);
        if (result.refusal() != null) {
            return CompletableFuture.completedFuture(reply(result.refusal()));
        }
        GroupView group = result.admitted().group();
        NodeView node = result.admitted().node();
        if (holding == null && node != null && node.pausedReason() != null) {
            note(group.name(), call.id(), now);
            return CompletableFuture.completedFuture(reply(
                    new Refusal(Kind.PAUSED, "Node " + node.name() + " is paused: " + node.pausedReason() + ".")));
        }
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        loop.execute(guarded(() -> arrive(call, group, node, now, answer)));
        return answer;
    }

    private void arrive(Call call, GroupView group, NodeView node, Instant now, CompletableFuture<Reply> answer) {
        note(group.name(), call.id(), now);
        boolean hadItsTurn = Optional.ofNullable(freedAt.get(call.id()))
                .filter(at -> at.plus(timing.justFreed()).isAfter(now))
                .isPresent();
        OpenRequest request = new OpenRequest(
                call.id(),
                group.name(),
                node != null
                        ? node.ref()
                        : group.state().holderOf(call.id()).map(Holder::node).orElse(null),
                hadItsTurn,
                now,
                now.plus(timing.maxHold()));
        request.answer.whenComplete((reply, error) -> {
            if (error == null) {
                answer.complete(reply);
            } else {
                answer.completeExceptionally(error);
            }
        });
        OpenRequest older = preReboots.put(request.id, request);
        if (older != null) {
            finish(older, new Refusal(Kind.LOCK_HELD, "A newer request of this machine is being served."));
            preReboots.remove(request.id);
            preReboots.put(request.id, request);
        }
        call.gone().whenComplete((_, _) -> loop.execute(guarded(() -> forget(request))));
        if (stopping) {
            finish(request, new Refusal(Kind.STORE_UNAVAILABLE, "This replica is stopping. Ask again."));
            return;
        }
        if (group.state().holderOf(request.id).isPresent()) {
            look(request);
        } else {
            pump(group.name());
        }
        // Never hold: whoever has not begun a swap gets the refusal as it stands now.
        if (request.isOpen() && !request.swapInFlight && !request.deadline.isAfter(now)) {
            finish(request, request.meanwhile);
        }
    }

    private void forget(OpenRequest request) {
        if (request.isOpen()) {
            request.answer.cancel(false);
        }
        preReboots.remove(request.id, request);
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
                return wait.token() == null && wait.meanwhile().kind() == Kind.LOCK_HELD;
            }
            case PreReboot.Refuse refuse
            when request.boundToken == null -> {
                finish(request, refuse.refusal());
                return false;
            }
            default -> {
                // A slot to try for, a holding to tell, or a cache that may lag behind this request's own swap.
                if (mayTry) {
                    swap(request);
                }
                return true;
            }
        }
    }

    private void swap(OpenRequest request) {
        request.swapInFlight = true;
        GroupView cached = groups.named(request.rebootGroup).orElseThrow();
        var asker = asker(request, cached);
        boolean granting = request.boundToken == null
                && cached.state().holderOf(request.id).isEmpty();
        if (granting) {
            outside.crashPoint("BEFORE_GRANT");
        }
        swapper.<PreReboot>swap(
                        request.rebootGroup,
                        snapshot -> Semaphore.preReboot(snapshot.state(), snapshot.policy(), asker, clock.instant()))
                .whenComplete(
                        (outcome, error) -> loop.execute(guarded(() -> swapped(request, granting, outcome, error))));
    }

    private void swapped(OpenRequest request, boolean granting, PreReboot outcome, Throwable error) {
        request.swapInFlight = false;
        request.firstLook = false;
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
        if (granting) {
            pump(request.rebootGroup);
        }
    }

    /** Step 4: the Node as it stands now must still be the one that was drained, and cordoned. */
    private void tell(OpenRequest request, Holder holder) {
        request.swapInFlight = true;
        Thread.startVirtualThread(() -> {
            CompletionStage<PreReboot> told;
            try {
                told = tellFresh(request, holder);
            } catch (RuntimeException e) {
                told = CompletableFuture.failedFuture(
                        new StoreException("Node " + holder.machine() + " cannot be read: " + e.getMessage(), e));
            }
            told.whenComplete((outcome, error) -> loop.execute(guarded(() -> swapped(request, false, outcome, error))));
        });
    }

    private CompletionStage<PreReboot> tellFresh(OpenRequest request, Holder holder) {
        Boot boot = Boot.UNKNOWN;
        if (holder.node() != null) {
            NodeView node = outside.readNode(holder.node().name())
                    .filter(n -> n.uid().equals(holder.node().uid()))
                    .orElse(null);
            if (node == null) {
                return CompletableFuture.completedFuture(new PreReboot.Refuse(new Refusal(
                        Kind.UNKNOWN_MACHINE, "Node " + holder.machine() + " was deleted: its slot goes back.")));
            }
            boolean cordons = groups.named(request.rebootGroup)
                    .map(g -> g.drain().mode() != DrainPolicy.Mode.NONE)
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
        return swapper.swap(request.rebootGroup, s -> Semaphore.tell(s.state(), holder.token(), fresh, clock.instant()))
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
        LOG.infof("group=%s machine=%s token=%s told to reboot", request.rebootGroup, holder.machine(), holder.token());
        outside.crashPoint("BEFORE_ANSWER");
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
        if (request.answer.complete(reply(refusal)) && refusal.kind().status() == 423) {
            events.refused(request.node, request.rebootGroup, request.id, refusal);
        }
    }

    private dev.lockkeeper.fleetlock.semaphore.Asker asker(OpenRequest request, GroupView group) {
        NodeView own =
                request.node == null ? null : nodes.named(request.node.name()).orElse(null);
        boolean unready = group.policy().countUnready() && group.state().unready() > 0;
        return request.asker(own != null && !own.ready(), unready ? unreadyNames(group) : List.of());
    }

    private List<String> unreadyNames(GroupView group) {
        Membership membership = groups.membership();
        Instant now = clock.instant();
        return nodes.all().stream()
                .filter(n -> !n.ready() && membership.has(group, n))
                .filter(n -> group.state().holderOn(n.ref()).isEmpty())
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

    // ---- steady-state

    @Override
    public CompletionStage<Reply> steadyState(Call call) {
        Optional<Refusal> password = steadyPassword(call);
        if (password.isPresent()) {
            return CompletableFuture.completedFuture(reply(password.get()));
        }
        Instant arrived = clock.instant();
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        freshGroups.get().whenComplete((all, error) -> {
            if (error != null) {
                answer.complete(reply(unavailable(error)));
                return;
            }
            List<GroupView> holding = all.stream()
                    .filter(g -> g.state().holderOf(call.id()).isPresent())
                    .toList();
            if (holding.isEmpty()) {
                answer.complete(released(call.id()));
            } else {
                loop.execute(guarded(() -> steady(call, holding, arrived, answer)));
            }
        });
        return answer;
    }

    /** The group that the id holds in counts too, whatever group the agent names. */
    private Optional<Refusal> steadyPassword(Call call) {
        Optional<GroupView> holding = groups.heldBy(call.id());
        if (holding.isPresent()) {
            return outside.password(holding.get(), call);
        }
        List<Optional<Refusal>> passwords = groups.membership().serving(call.group()).stream()
                .map(g -> outside.password(g, call))
                .toList();
        return passwords.isEmpty() || passwords.stream().anyMatch(Optional::isEmpty)
                ? Optional.empty()
                : passwords.getFirst();
    }

    private void steady(Call call, List<GroupView> holding, Instant arrived, CompletableFuture<Reply> answer) {
        for (GroupView group : holding) {
            OpenSteady open = new OpenSteady(
                    call.id(), group.name(), arrived.plus(timing.maxHold()), answer, new AtomicReference<>());
            steadies.add(open);
            call.gone().whenComplete((_, _) -> loop.execute(guarded(() -> steadies.remove(open))));
            steadySwap(open);
        }
    }

    /** What a steady-state came to, and the sentence for an agent whose machine is being verified. */
    private record Looked(SteadyState outcome, String verifying) {}

    private void steadySwap(OpenSteady open) {
        outside.crashPoint("BEFORE_STEADY");
        swapper.<Looked>swap(open.rebootGroup(), s -> {
                    Instant now = clock.instant();
                    Step<SteadyState> step = Semaphore.steadyState(s.state(), open.id(), now);
                    return new Step<>(step.next(), new Looked(step.outcome(), verifying(step.next(), open.id(), now)));
                })
                .whenComplete((looked, error) -> loop.execute(guarded(() -> {
                    outside.crashPoint("AFTER_STEADY");
                    if (error != null) {
                        steadies.remove(open);
                        open.answer().complete(reply(unavailable(error)));
                    } else if (looked.outcome() != SteadyState.VERIFYING) {
                        steadies.remove(open);
                        open.answer().complete(released(open.id()));
                    } else {
                        open.sentence().set(looked.verifying());
                        if (!open.deadline().isAfter(clock.instant())) {
                            verifying(open);
                        }
                    }
                })));
    }

    private static String verifying(SlotState state, String id, Instant now) {
        return state.holderOf(id)
                .filter(h -> h.phase() == Phase.VERIFYING)
                .map(h -> Sentences.holder(h, now) + ".")
                .orElse("The machine is being verified.");
    }

    /** With what the swap stored: the cache may not show it yet. */
    private void verifying(OpenSteady open) {
        steadies.remove(open);
        String sentence = open.sentence().get();
        open.answer()
                .complete(reply(
                        new Refusal(Kind.VERIFYING, sentence == null ? "The machine is being verified." : sentence)));
    }

    private static Reply released(String id) {
        return new Reply(200, "released", id + " holds no slot.");
    }

    private static Refusal unavailable(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return new Refusal(
                Kind.STORE_UNAVAILABLE,
                "The lock's state cannot be read or written now: " + cause.getMessage() + " Ask again.");
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
        steadies.stream()
                .filter(s -> s.rebootGroup().equals(rebootGroup))
                .filter(s -> group.flatMap(g -> g.state().holderOf(s.id()))
                        .filter(h -> h.phase() == Phase.REBOOTING || h.phase() == Phase.VERIFYING)
                        .isEmpty())
                .toList()
                .forEach(this::steadySwap);
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
            } else if (request.boundToken != null) {
                look(request);
            }
        }
        steadies.stream()
                .filter(s -> s.sentence().get() != null && !s.deadline().isAfter(now))
                .toList()
                .forEach(this::verifying);
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
            List.copyOf(steadies).forEach(this::verifying);
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
        if (!Thread.currentThread().getName().equals("lock-service")) {
            loop.execute(guarded(() -> note(rebootGroup, id, now)));
            return;
        }
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

    private static Reply reply(Refusal refusal) {
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
