package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphJson;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.graph.Wariness;
import dev.lockkeeper.cincinnati.protocol.GraphRequest;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.Groups;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.Nodes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Answers requests for graphs.
 *
 * <ol>
 *   <li>People and tools get the scope's whole graph by Fedora's rules.
 *   <li>An agent gets its own release, and at most one edge out of it: to the {@link Decision}'s next hop.
 *   <li>An edge is answered only after the offer of it is stored in the FleetMachine, and only while what is known was read from the
 *       API a short while ago. An offer that is stored already needs no write: that is a look-up.
 *   <li>A new offer waits for its turn ({@link OpenOffers}).
 *   <li>What an agent's request shows of its machine is stored where it is news, after the answer.
 * </ol>
 */
public final class GraphService implements GraphApi {

    private static final Logger LOG = Logger.getLogger(GraphService.class);

    private static final int ETAG_BYTES = 12;
    /** More than a machine can have open: what is withdrawn later must still be known then. */
    private static final int MOST_OFFERS = 8;

    /** What is asked outside this room. */
    public interface Outside {
        /** Why a call may not speak for the group; empty if it may. */
        Optional<Refusal> password(GroupView group, AgentApi.Call call);

        /** An agent that holds a slot asks for the graph: it is steady (design, promise 3). */
        void polled(AgentApi.Call call);

        /** A request for a graph has a password that is none of the group's. */
        void wrongPassword(GroupView group);

        /** An offer was stored: people are told where they look. */
        void offered(NodeView node, GroupView group, String note);

        /** A step that a crash test may stop at. */
        void crashPoint(String step);
    }

    /**
     * @param trusted how old the last consistent read may be for an edge to be answered
     * @param patience an offer that was not asked for within this holds no other machine back
     * @param seenInterval how often it is stored that a machine was heard of, if nothing else is new
     * @param quiet between two writes of what one machine shows, at least
     * @param mostOthers how many machines that are no nodes get a record
     */
    public record Limits(Duration trusted, Duration patience, Duration seenInterval, Duration quiet, int mostOthers) {}

    private final Supplier<GraphState> states;
    private final Groups groups;
    private final Nodes nodes;
    private final Machines machines;
    private final Outside outside;
    private final OpenOffers openOffers;
    private final Others others;
    private final Limits limits;
    private final BiConsumer<String, String> outcomes;
    private final Executor threads;
    private final Clock wall;
    private final Clock clock;
    /** When something was last written of a machine by this replica; entries are as many as FleetMachines. */
    private final Map<String, Instant> written = new ConcurrentHashMap<>();

    /**
     * @param outcomes told of each answer, for metrics: the RebootGroup's name (null: none) and what it was
     * @param threads for what blocks
     * @param wall the true time
     * @param clock the time that decisions are made at, which tests may set
     */
    public GraphService(
            Supplier<GraphState> states,
            Groups groups,
            Nodes nodes,
            Machines machines,
            Outside outside,
            Limits limits,
            BiConsumer<String, String> outcomes,
            Executor threads,
            Clock wall,
            Clock clock) {
        this.states = states;
        this.groups = groups;
        this.nodes = nodes;
        this.machines = machines;
        this.outside = outside;
        this.openOffers = new OpenOffers(machines, nodes, limits.patience());
        this.others = new Others(machines, limits.mostOthers());
        this.limits = limits;
        this.outcomes = outcomes;
        this.threads = threads;
        this.wall = wall;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Answer> graph(Call call) {
        return call.request().isAgents() ? agent(call) : CompletableFuture.completedFuture(whole(call.request()));
    }

    private Answer whole(GraphRequest request) {
        return switch (Served.ofAny(states.get(), request.scope())) {
            case Served.Missing missing -> refused(null, missing);
            case Served.Found found -> {
                Graph graph =
                        found.scope().graph().throttled(clock.instant(), Wariness.of(request.wariness(), request.id()));
                byte[] json = GraphJson.write(graph);
                outcomes.accept(null, "whole");
                yield new Answer.Graph(json, etag(json));
            }
        };
    }

    private Answer refused(GroupView group, Served.Missing missing) {
        outcomes.accept(group == null ? null : group.name(), missing.kind().text());
        return missing.answer();
    }

    private static String etag(byte[] json) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
            return HexFormat.of().formatHex(digest, 0, ETAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    // ---- agents

    private CompletionStage<Answer> agent(Call call) {
        GraphState state = states.get();
        GraphRequest request = call.request();
        AgentApi.Call asLock = new AgentApi.Call(
                request.id(), request.group(), call.user(), call.password(), CompletableFuture.completedFuture(null));
        Identity who = Identity.of(
                Identity.Said.of(subject(request)),
                groups.membership(),
                nodes,
                state.policies(),
                group -> outside.password(group, asLock).isEmpty());
        CompletionStage<Answer> answer = agent(call, state, who, asLock);
        if (!isWrong(who.closed(), asLock)) {
            return answer;
        }
        outside.wrongPassword(who.closed());
        return answer.thenApply(Answer.WrongPassword::new);
    }

    /** A password that cannot be checked now is none that is wrong. */
    private boolean isWrong(GroupView group, AgentApi.Call call) {
        return group != null
                && call.password() != null
                && outside.password(group, call)
                        .filter(refusal -> refusal.kind() == Kind.UNAUTHORIZED)
                        .isPresent();
    }

    private CompletionStage<Answer> agent(Call call, GraphState state, Identity who, AgentApi.Call asLock) {
        GraphRequest request = call.request();
        Instant now = clock.instant();
        Decision decision = Decision.of(state, subject(request), who.node(), who.denial(), now);
        MachineView machine = who.record() == null
                ? null
                : machines.named(who.record()).orElseGet(() -> MachineView.absent(who.record()));
        if (machine != null && waitsForItsAgent(request.id())) {
            outside.polled(asLock);
        }
        if (!(decision.served() instanceof Served.Found found)) {
            note(machine, call, who, null);
            return CompletableFuture.completedFuture(refused(who.group(), (Served.Missing) decision.served()));
        }
        String obstacle = obstacle(state, decision, machine);
        if (obstacle != null) {
            note(machine, call, who, found);
            return stays(who, decision, found, "none");
        }
        GraphNode hop = decision.hop().release();
        if (machine.evidence().offer(hop.version()).isPresent()) {
            note(machine, call, who, found, hop);
            return goes(who, decision, found);
        }
        return offer(state, call, who, decision, found, machine, now);
    }

    /** Whether the id has a slot and has not said yet that it is steady. */
    private boolean waitsForItsAgent(String id) {
        return groups.heldBy(id)
                .flatMap(group -> group.state().holderOf(id))
                .filter(holder -> switch (holder.phase()) {
                    case DRAINING, GRANTED, REBOOTING -> true;
                    case VERIFYING -> holder.steadyAt() == null;
                    case FAILED, RELEASING -> false;
                })
                .isPresent();
    }

    static Decision.Subject subject(GraphRequest request) {
        return new Decision.Subject(
                request.scope(),
                request.id(),
                request.version(),
                request.payload(),
                request.group(),
                request.wariness());
    }

    /** Why no edge may be answered whatever is stored, in a sentence; null if nothing speaks against it. */
    String obstacle(GraphState state, Decision decision, MachineView machine) {
        if (decision.hop() == null || decision.hop().release() == null) {
            return decision.why();
        }
        if (machine == null || others.isFull(machine)) {
            return "There are records of " + others.most() + " machines that are no nodes already.";
        }
        Duration age = Duration.between(state.policies().readAt(), wall.instant());
        if (age.compareTo(limits.trusted()) >= 0) {
            return "This replica has not reached the API server for " + age.toSeconds()
                    + " s, so it cannot know whether the release is still allowed.";
        }
        if (machine.evidence().offers().size() >= MOST_OFFERS
                && machine.evidence().offer(decision.hop().release().version()).isEmpty()) {
            return "It was offered " + MOST_OFFERS + " releases and took none: restart its agent.";
        }
        return null;
    }

    private CompletionStage<Answer> offer(
            GraphState state,
            Call call,
            Identity who,
            Decision decision,
            Served.Found found,
            MachineView machine,
            Instant now) {
        GraphNode hop = decision.hop().release();
        if (!others.begin(machine)) {
            return stays(who, decision, found, "none");
        }
        Runnable end = openOffers.begin(
                state,
                groups.membership(),
                machine,
                who.group(),
                call.request().group(),
                call.request().scope().architecture(),
                now);
        if (end == null) {
            others.ended(machine);
            note(machine, call, who, found);
            return stays(who, decision, found, "paced");
        }
        outside.crashPoint("BEFORE_OFFER");
        return CompletableFuture.supplyAsync(() -> store(call, who, found, machine, hop), threads)
                .whenComplete((_, _) -> {
                    others.ended(machine);
                    end.run();
                })
                .thenCompose(stored -> {
                    outside.crashPoint("AFTER_OFFER");
                    if (stored) {
                        outside.offered(
                                who.node(),
                                who.group(),
                                machine.name() + " was offered " + hop.version() + ": " + decision.why());
                    }
                    return stored ? goes(who, decision, found) : stays(who, decision, found, "not_stored");
                });
    }

    private boolean store(Call call, Identity who, Served.Found found, MachineView machine, GraphNode hop) {
        try {
            MachineView stored = machines.change(machine.name(), before -> {
                MachineView.Evidence heard = heard(before, call, who, found);
                return Hearing.told(heard, hop.version(), clock.instant());
            });
            written.put(machine.name(), wall.instant());
            return stored.evidence().offer(hop.version()).isPresent();
        } catch (StoreException | RuntimeException e) {
            LOG.warnf(
                    "machine=%s offer of %s not stored, so not made: %s",
                    machine.name(), hop.version(), e.getMessage());
            return false;
        }
    }

    private CompletionStage<Answer> goes(Identity who, Decision decision, Served.Found found) {
        outcome(who, "edge");
        return answer(found, decision.booted(), decision.hop().release());
    }

    private CompletionStage<Answer> stays(Identity who, Decision decision, Served.Found found, String outcome) {
        outcome(who, outcome);
        return answer(found, decision.booted(), null);
    }

    private void outcome(Identity who, String outcome) {
        outcomes.accept(who.group() == null ? null : who.group().name(), outcome);
    }

    private static CompletionStage<Answer> answer(Served.Found found, GraphNode booted, GraphNode target) {
        return CompletableFuture.completedFuture(
                new Answer.Graph(GraphJson.write(found.scope().graph(), booted, target), null));
    }

    // ---- evidence

    private MachineView.Evidence heard(MachineView.Evidence before, Call call, Identity who, Served.Found found) {
        return Hearing.heard(
                before,
                call.request(),
                who.node(),
                call.user(),
                found == null ? null : found.scope().graph(),
                clock.instant());
    }

    private void note(MachineView machine, Call call, Identity who, Served.Found found) {
        note(machine, call, who, found, null);
    }

    /** Stores what the request shows, if it is news; not at once again, so that a stranger cannot keep the API server busy. */
    private void note(MachineView machine, Call call, Identity who, Served.Found found, GraphNode told) {
        if (machine == null) {
            return;
        }
        MachineView.Evidence after = noted(machine.evidence(), call, who, found, told);
        Instant last = written.get(machine.name());
        boolean early = last != null && last.plus(limits.quiet()).isAfter(wall.instant());
        if (early || machine.exists() && !Hearing.isNews(machine.evidence(), after, limits.seenInterval())) {
            return;
        }
        if (!others.begin(machine)) {
            return;
        }
        written.put(machine.name(), wall.instant());
        threads.execute(() -> {
            try {
                machines.change(machine.name(), before -> noted(before, call, who, found, told));
            } catch (StoreException | RuntimeException e) {
                LOG.debugf("machine=%s what it shows is not stored: %s", machine.name(), e.getMessage());
            } finally {
                others.ended(machine);
            }
        });
    }

    private MachineView.Evidence noted(
            MachineView.Evidence before, Call call, Identity who, Served.Found found, GraphNode told) {
        MachineView.Evidence heard = heard(before, call, who, found);
        boolean known = told != null && heard.offer(told.version()).isPresent();
        return known ? Hearing.told(heard, told.version(), clock.instant()) : heard;
    }

    /** To be called when a FleetMachine is gone. */
    public void forget(String machine) {
        written.remove(machine);
    }
}
