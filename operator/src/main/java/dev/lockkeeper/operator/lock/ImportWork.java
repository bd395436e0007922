package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.Boot;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.fleetlock.store.Swapper;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Takes the holder of a former server's lock over, where a person's {@code import-lease} annotation wants it: one step in each pass.
 *
 * <ol>
 *   <li>The machine becomes a holder in Rebooting, by a swap that proves that the annotation is still there.
 *   <li>The next pass looks at the lock anew. If it still names the machine, the node's cordon becomes the holding's.
 *   <li>The annotation is replaced by one that names the lock and the state that was taken over.
 * </ol>
 *
 * <p>While the annotation is there the group gives no slot, and no step is taken with that holder: so nobody slips in between, and it
 * cannot be freed and then taken over once more. A crash between any two lines is mended by the next pass.
 */
public final class ImportWork {

    private static final Logger LOG = Logger.getLogger(ImportWork.class);

    private final Groups groups;
    private final Nodes nodes;
    private final Swapper swapper;
    private final GroupWork.Store store;
    private final Cordons cordons;
    private final FormerLocks locks;
    private final Events events;
    private final Consumer<String> crashPoint;
    private final Clock clock;
    /** What was last told to be in the way, by group. */
    private final Map<String, String> told = new ConcurrentHashMap<>();

    public ImportWork(
            Groups groups,
            Nodes nodes,
            Swapper swapper,
            GroupWork.Store store,
            Cordons cordons,
            FormerLocks locks,
            Events events,
            Consumer<String> crashPoint,
            Clock clock) {
        this.groups = groups;
        this.nodes = nodes;
        this.swapper = swapper;
        this.store = store;
        this.cordons = cordons;
        this.locks = locks;
        this.events = events;
        this.crashPoint = crashPoint;
        this.clock = clock;
    }

    /**
     * Does the next step, if one is wanted.
     *
     * @return the token of a holding with which no step may be taken before it is wholly taken over
     */
    Optional<String> work(GroupView group) {
        if (group.policy().importing() == null) {
            told.remove(group.name());
            return Optional.empty();
        }
        boolean open = true;
        try {
            open = carryOut(group, plan(group));
        } catch (StoreException | RuntimeException e) {
            LOG.warnf(
                    "group=%s Lease %s not taken over now, trying again: %s",
                    group.name(), group.policy().importing(), e.getMessage());
        }
        return open ? ImportPlanner.begun(group).map(Holder::token) : Optional.empty();
    }

    private ImportPlan plan(GroupView group) throws StoreException {
        Membership membership = groups.membership();
        Optional<String> objection = ImportPlanner.objection(group, membership);
        if (objection.isPresent()) {
            return new ImportPlan.Refuse(objection.get());
        }
        FormerLock lock = FormerLock.parse(group.policy().importing()).orElseThrow();
        return ImportPlanner.plan(group, lock, locks.look(lock), nodes, membership);
    }

    /** @return whether the lock is still to be taken over */
    private boolean carryOut(GroupView group, ImportPlan plan) throws StoreException {
        switch (plan) {
            case ImportPlan.Refuse(String why) -> {
                if (!why.equals(told.put(group.name(), why))) {
                    events.group(group.name(), Reason.NotImported, why);
                }
                return true;
            }
            case ImportPlan.Nothing(String why, String mark) -> {
                boolean ended = store.endImport(group, mark);
                if (ended) {
                    events.group(group.name(), Reason.NothingToImport, why);
                }
                return !ended;
            }
            case ImportPlan.TakeOver takeOver -> {
                takeOver(group, takeOver);
                return true;
            }
            case ImportPlan.Finish finish -> {
                return !finished(group, finish);
            }
            case ImportPlan.GiveBack(Holder holder, String why) -> {
                boolean given = swapper.<Boolean>swap(
                                group.name(), s -> Semaphore.release(s.state(), holder.token(), why, clock.instant()))
                        .toCompletableFuture()
                        .join();
                if (given) {
                    events.groupAndNode(
                            holder.node(),
                            group.name(),
                            Reason.NotImported,
                            holder.machine() + " gives its slot back: " + why + ".");
                }
                return false;
            }
        }
    }

    private void takeOver(GroupView group, ImportPlan.TakeOver plan) {
        Boot boot = Boot.UNKNOWN;
        NodeRef ref = null;
        if (plan.node() != null) {
            ref = plan.node().ref();
            Optional<NodeView> fresh = fresh(ref);
            if (fresh.isEmpty()) {
                // Deleted meanwhile, which the next look shows.
                return;
            }
            boot = fresh.get().boot();
        }
        NodeRef node = ref;
        Boot seen = boot;
        Instant now = clock.instant();
        String token = UUID.randomUUID() + "." + Long.toString(now.toEpochMilli(), Character.MAX_RADIX);
        crashPoint.accept("BEFORE_IMPORT");
        swapper.swap(
                        group.name(),
                        s -> Semaphore.takeOver(
                                s.state(),
                                s.policy(),
                                group.policy().importing(),
                                plan.mark(),
                                token,
                                plan.id(),
                                node,
                                seen,
                                now))
                .toCompletableFuture()
                .join();
        crashPoint.accept("AFTER_IMPORT");
    }

    private boolean finished(GroupView group, ImportPlan.Finish plan) throws StoreException {
        Holder holder = plan.holder();
        Optional<NodeView> node = holder.node() == null ? Optional.empty() : fresh(holder.node());
        boolean cordoned = node.filter(NodeView::unschedulable).isPresent();
        if (!stillWanted(group, holder)) {
            return false;
        }
        crashPoint.accept("BEFORE_ADOPT");
        if (cordoned && !cordons.adopt(node.get(), holder.token())) {
            return false;
        }
        crashPoint.accept("AFTER_ADOPT");
        crashPoint.accept("BEFORE_IMPORTED");
        if (!store.endImport(group, plan.mark())) {
            return false;
        }
        crashPoint.accept("AFTER_IMPORTED");
        events.groupAndNode(
                holder.node(),
                group.name(),
                Reason.HolderImported,
                holder.machine() + " holds a slot, taken over from Lease " + holder.importedFrom()
                        + ": it may be rebooting." + (cordoned ? " Its cordon goes with the slot." : ""));
        return true;
    }

    /**
     * By a fresh read, which has to follow that of the Node: then whatever is done to the Node once the taking over has ended, such as a
     * person's cordon, is done after that read, and its resourceVersion keeps an old view from adopting it.
     */
    private boolean stillWanted(GroupView group, Holder holder) throws StoreException {
        return store.readAll().stream()
                .filter(g -> g.uid().equals(group.uid()))
                .flatMap(g -> ImportPlanner.begun(g).stream())
                .anyMatch(h -> h.token().equals(holder.token()));
    }

    private Optional<NodeView> fresh(NodeRef ref) {
        return cordons.read(ref.name()).filter(n -> n.uid().equals(ref.uid()));
    }
}
