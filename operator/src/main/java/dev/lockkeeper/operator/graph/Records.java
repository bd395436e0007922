package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.MachineView.Evidence;
import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.Groups;
import dev.lockkeeper.operator.lock.MachineRecords;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.Nodes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/** Tells the lock what is known of machines, and takes from it what their agents' lock requests show. */
public final class Records implements MachineRecords {

    private static final Logger LOG = Logger.getLogger(Records.class);

    /** Reads everything that decisions are made on anew, by quorum. */
    public interface FreshState {
        /** Blocks. */
        GraphState read() throws StoreException;
    }

    private final Supplier<GraphState> states;
    private final FreshState fresh;
    private final Groups groups;
    private final Nodes nodes;
    private final Machines machines;
    private final Duration seenInterval;
    private final Executor threads;
    private final Clock clock;
    private final Set<String> beingWritten = ConcurrentHashMap.newKeySet();

    /**
     * @param seenInterval how often it is stored that a machine was heard of, if nothing else is new
     * @param threads for what blocks
     */
    public Records(
            Supplier<GraphState> states,
            FreshState fresh,
            Groups groups,
            Nodes nodes,
            Machines machines,
            Duration seenInterval,
            Executor threads,
            Clock clock) {
        this.states = states;
        this.fresh = fresh;
        this.groups = groups;
        this.nodes = nodes;
        this.machines = machines;
        this.seenInterval = seenInterval;
        this.threads = threads;
        this.clock = clock;
    }

    /** Of a machine that is no node, as its agent says; null if it is not known. Does not block. */
    public String architectureOf(String agentId) {
        return machines.named(Identity.nameOf(agentId))
                .map(machine -> machine.evidence().architecture())
                .orElse(null);
    }

    /** The lock has checked the password before. */
    private Identity identity(AgentApi.Call call) {
        return Identity.of(
                Identity.Said.of(call), groups.membership(), nodes, states.get().policies(), _ -> true);
    }

    @Override
    public Optional<Refusal> objection(AgentApi.Call call) {
        Identity who = identity(call);
        if (who.record() == null) {
            return Optional.empty();
        }
        return objection(states.get(), machine(who), who.node());
    }

    private MachineView machine(Identity who) {
        return machines.named(who.record()).orElseGet(() -> MachineView.absent(who.record()));
    }

    @Override
    public Clearance clearance(AgentApi.Call call) throws StoreException {
        Identity who = identity(call);
        if (who.record() == null) {
            return new Clearance(null, null, null);
        }
        MachineView machine = machines.read(who.record()).orElseGet(() -> MachineView.absent(who.record()));
        return new Clearance(
                objection(fresh.read(), machine, who.node()).orElse(null),
                machine.evidence().version(),
                machine.evidence().lastOffer().map(Offer::version).orElse(null));
    }

    private Optional<Refusal> objection(GraphState state, MachineView machine, NodeView node) {
        if (machine.pausedReason() != null) {
            return Optional.of(new Refusal(
                    Kind.PAUSED, "FleetMachine " + machine.name() + " is paused: " + machine.pausedReason() + "."));
        }
        return Withdrawal.of(state, machine, node, clock.instant())
                .map(o -> new Refusal(o.known() ? Kind.RELEASE_WITHDRAWN : Kind.STORE_UNAVAILABLE, o.sentence()));
    }

    @Override
    public void asked(AgentApi.Call call) {
        Identity who = identity(call);
        if (who.record() == null) {
            return;
        }
        Instant now = clock.instant();
        Evidence before = machine(who).evidence();
        // One write at a time for each machine: its agent may ask often before the first is through.
        if (Hearing.isNews(before, asked(before, call, who, now), seenInterval) && beingWritten.add(who.record())) {
            threads.execute(() -> {
                try {
                    change(who, evidence -> asked(evidence, call, who, now));
                } finally {
                    beingWritten.remove(who.record());
                }
            });
        }
    }

    private static Evidence asked(Evidence before, AgentApi.Call call, Identity who, Instant now) {
        List<Offer> offers = new ArrayList<>(before.offers());
        if (!offers.isEmpty() && offers.getLast().askedAt() == null) {
            offers.set(offers.size() - 1, offers.getLast().asked(now));
        }
        return Hearing.known(before, call, who.node()).withOffers(offers).seen(now);
    }

    /**
     * The cure for what is withdrawn is to throw it away and to start the agent anew, so such offers are forgotten then. One that still
     * holds stays for one run more: another replica may take it for stored for a moment yet, and answer it again without a write.
     */
    @Override
    public CompletionStage<Optional<Refusal>> started(AgentApi.Call call) {
        Identity who = identity(call);
        if (who.record() == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        Instant now = clock.instant();
        MachineView before = machine(who);
        if (before.evidence().offers().isEmpty()) {
            // It is only a time, which may be lost.
            threads.execute(() -> change(who, evidence -> started(evidence, call, who, now, List.of())));
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        List<Offer> over = over(fresh.read(), before, who.node());
                        return change(who, evidence -> started(evidence, call, who, now, over));
                    } catch (StoreException e) {
                        return Optional.of(unavailable(who, e));
                    }
                },
                threads);
    }

    private List<Offer> over(GraphState state, MachineView machine, NodeView node) {
        return machine.evidence().offers().stream()
                .filter(offer -> !machine.evidence().isOfThisRun(offer)
                        || Withdrawal.isWithdrawn(state, machine, offer, node, clock.instant()))
                .toList();
    }

    /** @param over as they were when it started: what it was offered since is not among them */
    private static Evidence started(Evidence before, AgentApi.Call call, Identity who, Instant now, List<Offer> over) {
        List<Offer> left = before.offers().stream()
                .filter(offer -> over.stream().noneMatch(o -> isSame(o, offer)))
                .toList();
        return Hearing.known(before, call, who.node()).steady(now, left);
    }

    private static boolean isSame(Offer one, Offer other) {
        return one.version().equals(other.version()) && one.at().equals(other.at());
    }

    private Optional<Refusal> change(Identity who, UnaryOperator<Evidence> change) {
        try {
            machines.change(who.record(), change);
            return Optional.empty();
        } catch (StoreException | RuntimeException e) {
            LOG.debugf("machine=%s what its agent did is not stored: %s", who.record(), e.getMessage());
            return Optional.of(unavailable(who, e));
        }
    }

    private static Refusal unavailable(Identity who, Exception error) {
        return new Refusal(
                Kind.STORE_UNAVAILABLE,
                "The record of " + who.record() + " cannot be written now: "
                        + String.valueOf(error.getMessage()).replaceFirst("\\.$", "") + ". Ask again.");
    }
}
