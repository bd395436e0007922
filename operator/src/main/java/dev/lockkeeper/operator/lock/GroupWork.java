package dev.lockkeeper.operator.lock;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.fleetlock.store.Swapper;
import dev.lockkeeper.operator.health.CheckResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The leader's work on one RebootGroup: one pass looks at everything and takes each open step once, without waiting for anything.
 *
 * <ol>
 *   <li>A person's {@code free-slot} annotation is carried out.
 *   <li>So is {@code import-lease} ({@link ImportWork}).
 *   <li>Each holder is taken one step further ({@link HolderWork}); parked machines are looked after.
 *   <li>Members are counted and conditions published.
 * </ol>
 *
 * <p>A crash between any two lines is mended by the next pass: what is to be done follows from what is stored.
 */
public final class GroupWork {

    private static final Logger LOG = Logger.getLogger(GroupWork.class);

    /** How long at most until a pass looks again though nothing changed: the API's events are nudges, not promises. */
    static final Duration REST = Duration.ofSeconds(30);

    /** What a pass needs of the API besides nodes and pods. */
    public interface Store {
        List<GroupView> readAll() throws StoreException;

        /** Counts and conditions; those that are given as functions follow from the state that is stored with them. */
        void publish(
                GroupView group,
                int members,
                ToIntFunction<SlotState> unready,
                Function<SlotState, List<GroupStatus.Condition>> conditions)
                throws StoreException;

        /** Removes the annotation {@code lockkeeper.dev/free-slot} if it still has the group's value; whether it did. */
        boolean removeFreeSlot(GroupView group);

        /**
         * Removes the annotation {@code lockkeeper.dev/import-lease} if it still has the group's value, and in the same write says what
         * state of the lock is dealt with ({@code imported-lease}); whether it did.
         */
        boolean endImport(GroupView group, String mark);
    }

    private final Groups groups;
    private final Nodes nodes;
    private final Swapper swapper;
    private final Store store;
    private final Cordons cordons;
    private final HolderWork holderWork;
    private final ImportWork imports;
    private final Verdicts verdicts;
    private final Checks checks;
    private final SecretProblems secrets;
    private final Events events;
    private final Clock clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    /** Since when a parked machine has been Ready, by token; forgotten with the leader, which only makes a recovery later. */
    private final Map<String, Instant> parkedReadySince = new ConcurrentHashMap<>();

    /** When a parked machine was first seen so by this leader, by token. */
    private final Map<String, Instant> parkedSeen = new ConcurrentHashMap<>();

    /** Tells what is wrong with a Secret of agents' passwords. */
    public interface SecretProblems {
        /** A sentence, or empty if the Secret is good. */
        Optional<String> of(String secret);
    }

    public GroupWork(
            Groups groups,
            Nodes nodes,
            Swapper swapper,
            Store store,
            Cordons cordons,
            HolderWork holderWork,
            ImportWork imports,
            Verdicts verdicts,
            Checks checks,
            SecretProblems secrets,
            Events events,
            Clock clock) {
        this.groups = groups;
        this.nodes = nodes;
        this.swapper = swapper;
        this.store = store;
        this.cordons = cordons;
        this.holderWork = holderWork;
        this.imports = imports;
        this.verdicts = verdicts;
        this.checks = checks;
        this.secrets = secrets;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Takes every open step of the RebootGroup once.
     *
     * @return when to look again at the latest
     */
    public Duration pass(GroupView group) {
        freeSlot(group);
        Optional<String> beingImported = imports.work(group);
        holderWork.look(group);
        List<CompletableFuture<Duration>> steps = group.state().holders().stream()
                // Marked, then the annotation goes, then it is freed: else a later holding would be freed by it too.
                .filter(holder -> !isNamed(holder, group.freeSlot()))
                // As long as its lock is wanted, a holder that is freed would be taken over once more.
                .filter(holder -> beingImported.filter(holder.token()::equals).isEmpty())
                .map(holder -> CompletableFuture.supplyAsync(() -> holderWork.step(group, holder), threads))
                .toList();
        Duration next = steps.stream().map(CompletableFuture::join).reduce(REST, GroupWork::shorter);
        List<CompletableFuture<Duration>> looks = group.state().parked().stream()
                .map(parked -> CompletableFuture.supplyAsync(() -> lookAfterSafely(group, parked), threads))
                .toList();
        next = looks.stream().map(CompletableFuture::join).reduce(next, GroupWork::shorter);
        parkedReadySince.keySet().retainAll(parkedTokens(group));
        parkedSeen.keySet().retainAll(parkedTokens(group));
        publish(group);
        return next;
    }

    private Set<String> parkedTokens(GroupView current) {
        Set<String> tokens = new HashSet<>();
        current.state().parked().forEach(p -> tokens.add(p.token()));
        groups.membership().all().forEach(g -> g.state().parked().forEach(p -> tokens.add(p.token())));
        return tokens;
    }

    // ---- a person frees a slot

    /** Marks the holder, removes the annotation, then the ordinary way of Releasing frees: repeated, it frees nobody else. */
    private void freeSlot(GroupView group) {
        String named = group.freeSlot();
        if (named == null) {
            return;
        }
        Optional<Holder> holder =
                group.state().holders().stream().filter(h -> isNamed(h, named)).findFirst();
        Optional<Parked> parked = group.state().parked().stream()
                .filter(p -> p.id().equals(named)
                        || p.node() != null && p.node().name().equals(named))
                .findFirst();
        if (holder.isPresent()) {
            Holder h = holder.get();
            String reason =
                    "freed by an administrator while it was " + h.phase().text();
            swapper.swap(group.name(), s -> Semaphore.release(s.state(), h.token(), reason, clock.instant()))
                    .toCompletableFuture()
                    .join();
        } else if (parked.isPresent()) {
            Parked p = parked.get();
            unpark(
                    group,
                    p,
                    nodes.isDown(p.node()),
                    Reason.SlotFreed,
                    "An administrator ended the parking of " + named + "; it is uncordoned once it is Ready.");
        }
        boolean removed = store.removeFreeSlot(group);
        // What is not there any more was there only in an old look at the group.
        if (removed && holder.isEmpty() && parked.isEmpty()) {
            events.group(
                    group.name(),
                    Reason.NothingToFree,
                    RebootGroup.FREE_SLOT_ANNOTATION + " names '" + named + "', which holds nothing here. Holders: "
                            + (group.state().holders().isEmpty()
                                    ? "none"
                                    : group.state().holders().stream()
                                            .map(Holder::machine)
                                            .collect(Collectors.joining(", ")))
                            + ".");
        }
    }

    private static boolean isNamed(Holder holder, String name) {
        return holder.machine().equals(name) || holder.id().equals(name);
    }

    // ---- parked machines

    /** One Node that the API server does not let be changed must not hold up the group's counts. */
    private Duration lookAfterSafely(GroupView group, Parked parked) {
        try {
            return lookAfter(group, parked);
        } catch (StoreException | RuntimeException e) {
            LOG.warnf(
                    "group=%s machine=%s parked, looking after it failed, trying again: %s",
                    group.name(), parked.node().name(), e.getMessage());
            return REST;
        }
    }

    private Duration lookAfter(GroupView group, Parked parked) throws StoreException {
        if (parked.node() == null) {
            return REST;
        }
        NodeView node = nodes.of(parked.node()).orElse(null);
        if (node == null) {
            boolean gone = cordons.read(parked.node().name())
                    .filter(n -> n.uid().equals(parked.node().uid()))
                    .isEmpty();
            if (gone) {
                unpark(
                        group,
                        parked,
                        false,
                        Reason.SlotFreed,
                        "Node " + parked.node().name() + " was deleted while it was parked.");
            }
            return REST;
        }
        noteWithholding(group, parked, node);
        boolean ours = parked.token().equals(node.cordonToken());
        if (!node.unschedulable() && (ours || group.drain().mode().cordons())) {
            if (ours && !cordons.uncordon(node, parked.token())) {
                return Duration.ofSeconds(1);
            }
            unpark(
                    group,
                    parked,
                    !node.ready(),
                    Reason.Recovered,
                    node.name() + " was uncordoned by a person and is no longer parked.");
            return REST;
        }
        if (!node.ready()) {
            parkedReadySince.remove(parked.token());
            return REST;
        }
        Instant now = clock.instant();
        Instant since = parkedReadySince.computeIfAbsent(parked.token(), _ -> now);
        Duration left = group.verify().minReady().minus(Duration.between(since, now));
        if (left.isPositive()) {
            return left;
        }
        if (!(checks.ask(group, node) instanceof CheckResult.Passed)) {
            return REST;
        }
        verdicts.recovered(new Verdicts.Machine(parked.id(), node, group.name()), parked);
        if (cordons.uncordon(node, parked.token())) {
            unpark(
                    group,
                    parked,
                    false,
                    Reason.Recovered,
                    node.name() + " is Ready again on " + node.version() + (ours ? ", uncordoned" : "")
                            + " and no longer parked.");
            return REST;
        }
        return Duration.ofSeconds(1);
    }

    /** Whether the failure is answered can change later: by another machine's, or by a person's word. */
    private void noteWithholding(GroupView group, Parked parked, NodeView node) {
        Instant since = parkedSeen.computeIfAbsent(parked.token(), _ -> clock.instant());
        verdicts.isWithheld(new Verdicts.Machine(parked.id(), node, group.name()), parked, since)
                .filter(withheld -> withheld != parked.releaseWithheld())
                .ifPresent(withheld -> swapper.swap(
                                group.name(), s -> Semaphore.releaseWithheld(s.state(), parked.token(), withheld))
                        .toCompletableFuture()
                        .join());
    }

    private void unpark(GroupView group, Parked parked, boolean down, Reason reason, String note) {
        boolean done = swapper.swap(group.name(), s -> Semaphore.unpark(s.state(), parked.token(), down))
                .toCompletableFuture()
                .join();
        if (done) {
            events.groupAndNode(parked.node(), group.name(), reason, note);
        }
    }

    // ---- cordons that belong to nobody

    /**
     * Removes cordons of ours that belong to no group any more, be it only because the group was deleted. Only a cordon whose token
     * nobody has, by a fresh read, on a Ready node that nobody holds.
     */
    public void sweep() {
        List<NodeView> suspects = nodes.all().stream()
                .filter(n -> n.cordonToken() != null
                        && (n.ready() || !n.unschedulable())
                        && !isOwned(n, groups.membership().all()))
                .toList();
        if (suspects.isEmpty()) {
            return;
        }
        List<GroupView> fresh;
        try {
            fresh = store.readAll();
        } catch (StoreException e) {
            LOG.warnf("cordons are not swept now: %s", e.getMessage());
            return;
        }
        for (NodeView node : suspects) {
            if (!isOwned(node, fresh)) {
                sweep(node);
            }
        }
    }

    private void sweep(NodeView node) {
        try {
            if (cordons.uncordon(node, node.cordonToken())) {
                LOG.infof("node=%s orphaned cordon of token %s removed", node.name(), node.cordonToken());
                if (node.unschedulable()) {
                    events.node(
                            node.ref(),
                            Reason.Uncordoned,
                            "Removed a cordon of Lockkeeper's that no holder had any more.");
                }
            }
        } catch (RuntimeException e) {
            LOG.warnf("node=%s orphaned cordon not removed now: %s", node.name(), e.getMessage());
        }
    }

    private static boolean isOwned(NodeView node, Collection<GroupView> groups) {
        return groups.stream()
                .anyMatch(g -> g.state().holding(node.cordonToken()).isPresent()
                        || g.state().parkedAs(node.cordonToken()).isPresent()
                        || g.state().holderOn(node.ref()).isPresent());
    }

    // ---- status

    private void publish(GroupView group) {
        Membership membership = groups.membership();
        List<NodeView> members = membership.members(group, nodes.all());
        Set<String> names = members.stream().map(NodeView::name).collect(Collectors.toSet());
        Map<String, List<String>> shared = nodes.sharedIds().entrySet().stream()
                .filter(e -> e.getValue().stream().anyMatch(names::contains))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, java.util.TreeMap::new));
        List<String> overlapping = membership.overlapping(group, members);
        String secretProblem =
                group.secret() == null ? null : secrets.of(group.secret()).orElse(null);
        List<String> badChecks = checks.problems(group.verify().checks());
        try {
            store.publish(
                    group,
                    members.size(),
                    state -> (int) members.stream()
                            .filter(n -> !n.ready() && !state.concerns(n.ref()))
                            .count(),
                    state -> GroupStatus.conditions(
                            group,
                            state,
                            membership.refusal(group.name()),
                            secretProblem,
                            shared,
                            overlapping,
                            badChecks));
        } catch (StoreException e) {
            LOG.warnf("group=%s status not published now: %s", group.name(), e.getMessage());
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
