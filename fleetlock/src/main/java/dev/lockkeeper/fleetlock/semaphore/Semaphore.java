package dev.lockkeeper.fleetlock.semaphore;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The counting semaphore of one reboot group: pure transitions from one stored state to the next.
 *
 * <p>The life of a holding:
 *
 * <ol>
 *   <li>{@link #preReboot} of a machine without a slot adds a holder in Draining if a slot is free.
 *   <li>{@link #drained} makes it Granted once its node is empty; {@link #drainLost} takes that back.
 *   <li>{@link #tell} makes it Rebooting. Only after that is stored may the agent get its 200.
 *   <li>{@link #steadyState} or a new bootID ({@link #observe}) makes it Verifying.
 *   <li>A verdict ends it: {@link #release}, {@link #park}, or {@link #fail} where the slot is to be held.
 *   <li>{@link #free} removes the holder after its node was uncordoned; its slot is free only now.
 * </ol>
 *
 * <p>{@link #takeOver} adds a holder that another server told to reboot.
 *
 * <p>Before telling, {@link #giveUpDrain} and {@link #release} take a slot back; after it, only evidence or a person does.
 *
 * <p>Properties, kept by every transition:
 *
 * <ul>
 *   <li>A holder is added only while there are fewer holders than slots. Fewer slots than holders: nobody is added.
 *   <li>A token is told to reboot only from Granted, and never once it is Releasing. One that was taken over is told again only
 *       after a drain of its own.
 *   <li>Each transition names its holding by token, so a late one finds nothing and changes nothing.
 *   <li>Applied twice, a transition changes nothing the second time: the very same state comes back.
 * </ul>
 */
public final class Semaphore {

    /** Machines that can be parked in one group at a time; one that fails beyond that keeps its slot. */
    public static final int MAX_PARKED = 100;

    /** Entries that are kept of machines whose drain was given up; the one that ends first makes room. */
    static final int MAX_BACKOFFS = 200;

    private Semaphore() {}

    /**
     * Looks at an open pre-reboot request: a slot is given, waited for or refused, and a machine that has one learns how far
     * it is.
     */
    public static Step<PreReboot> preReboot(SlotState state, SlotPolicy policy, Asker asker, Instant now) {
        Optional<Holder> own = state.holderOf(asker.id());
        if (asker.boundToken() != null || own.isPresent() && own.get().phase() != Phase.RELEASING) {
            return own.filter(holder -> belongs(asker, holder))
                    .map(holder -> ofHolder(state, policy, asker, holder, now))
                    .orElseGet(() -> refuse(state, ended(state, asker, now)));
        }
        return ofWaiting(state, policy, asker, now);
    }

    /**
     * A request may act for the holding it joined when it arrived, or that its own swap began; never for a later one, which
     * belongs to a later request of the same machine.
     */
    private static boolean belongs(Asker asker, Holder holder) {
        return asker.boundToken() == null
                ? asker.firstLook() || asker.began(holder.token())
                : holder.token().equals(asker.boundToken());
    }

    private static Step<PreReboot> ofHolder(
            SlotState state, SlotPolicy policy, Asker asker, Holder holder, Instant now) {
        return switch (holder.phase()) {
            case DRAINING -> {
                boolean old = Duration.between(holder.askedAt(), now).compareTo(policy.refreshAsked()) >= 0;
                SlotState next = old ? state.replacing(holder, h -> h.asked(now)) : state;
                yield new Step<>(next, new PreReboot.Wait(holder.token(), draining(holder, now)));
            }
            case GRANTED -> new Step<>(state, new PreReboot.ReadyToTell(holder));
            case REBOOTING ->
                holder.importedFrom() == null
                        ? new Step<>(state, new PreReboot.Proceed(holder))
                        : ofImported(state, policy, asker, holder, now);
            case VERIFYING ->
                refuse(
                        state,
                        new Refusal(
                                Kind.VERIFYING,
                                Sentences.holder(holder, now) + ": its last reboot is still being verified."));
            case FAILED -> beginAnew(state, asker, holder, now);
            case RELEASING -> refuse(state, ended(state, asker, now));
        };
    }

    /**
     * Another server told it to reboot, maybe without an empty node. Who asks has not gone down yet, so there is time for a drain; but
     * not before the taking over has ended, or it could be taken over twice.
     */
    private static Step<PreReboot> ofImported(
            SlotState state, SlotPolicy policy, Asker asker, Holder holder, Instant now) {
        if (policy.importing() != null) {
            return refuse(
                    state,
                    new Refusal(
                            Kind.PAUSED,
                            holder.machine() + " is being taken over from Lease " + holder.importedFrom()
                                    + ". Ask again."));
        }
        return beginAnew(state, asker, holder, now);
    }

    /** The same slot, under a new token: what was seen of the reboot before does not count for the next. */
    private static Step<PreReboot> beginAnew(SlotState state, Asker asker, Holder holder, Instant now) {
        if (asker.boundToken() != null) {
            // It was asked before that reboot: nobody may be there any more to reboot again.
            return refuse(state, ended(state, asker, now));
        }
        Holder again = Holder.granted(asker.tokenAt(now), holder.id(), holder.node(), now);
        return new Step<>(state.replacing(holder, _ -> again), new PreReboot.Wait(again.token(), draining(again, now)));
    }

    private static Step<PreReboot> ofWaiting(SlotState state, SlotPolicy policy, Asker asker, Instant now) {
        if (policy.deleting()) {
            return refuse(
                    state,
                    new Refusal(
                            Kind.PAUSED,
                            "RebootGroup '" + policy.name() + "' is being deleted: it gives no new slot."));
        }
        if (state.members() == null) {
            return await(
                    state,
                    Kind.NODES_UNREADY,
                    "No slot: the members of " + policy.name()
                            + " are not counted yet; the leader does so within seconds.");
        }
        int total = policy.slots().total(state.members());
        int held = state.holders().size();
        if (held >= total) {
            return await(state, Kind.LOCK_HELD, Sentences.allHeld(state.holders(), total, now));
        }
        // Its own last holding on its way back, or one that another id has on the same node.
        Optional<Holder> sameMachine = state.holderOf(asker.id()).or(() -> state.holderOn(asker.node()));
        if (sameMachine.isPresent()) {
            return await(
                    state,
                    Kind.LOCK_HELD,
                    Sentences.holder(sameMachine.get(), now) + ": it still holds a slot as agent "
                            + sameMachine.get().id() + ".");
        }
        Optional<Backoff> backoff =
                state.backoffOf(asker.id()).filter(b -> b.until().isAfter(now));
        if (backoff.isPresent()) {
            return refuse(state, backingOff(backoff.get(), now));
        }
        if (policy.pausedReason() != null) {
            return refuse(
                    state, new Refusal(Kind.PAUSED, policy.name() + " is paused: " + policy.pausedReason() + "."));
        }
        long parked = state.parked().stream().filter(p -> !p.releaseWithheld()).count();
        if (parked > policy.maxParked()) {
            return await(
                    state,
                    Kind.NODES_UNREADY,
                    "No slot: "
                            + (parked == 1 ? "1 machine is" : parked + " machines are")
                            + " parked after a failure, more than maxParked " + policy.maxParked()
                            + ". Repair them, or free them with the annotation lockkeeper.dev/free-slot.");
        }
        int down = policy.countUnready() ? downBesides(state, asker) : 0;
        if (held + down >= total) {
            return await(state, Kind.NODES_UNREADY, unready(down, asker.unreadyNames()));
        }
        Holder holder = Holder.granted(asker.tokenAt(now), asker.id(), asker.node(), now);
        SlotState next = state.with(holder).withParked(withoutMachine(state.parked(), holder));
        return new Step<>(next, new PreReboot.Wait(holder.token(), draining(holder, now)));
    }

    /** The asking machine's own NotReady is no reason against it; a parked one is not counted in the first place. */
    private static int downBesides(SlotState state, Asker asker) {
        boolean counted =
                asker.countedUnready() && state.parked().stream().noneMatch(p -> p.isOf(asker.id(), asker.node()));
        return Math.max(0, state.unready() - (counted ? 1 : 0));
    }

    private static List<Parked> withoutMachine(List<Parked> parked, Holder holder) {
        return parked.stream().filter(p -> !p.isOf(holder.id(), holder.node())).toList();
    }

    /** The leader found the node empty: Draining→Granted. A finished drain ends the machine's backing off. */
    public static Step<Boolean> drained(SlotState state, String token, Instant now) {
        return change(state, token, Set.of(Phase.DRAINING), h -> h.in(Phase.GRANTED, now, null), next -> {
            String id = state.holding(token).orElseThrow().id();
            return next.withBackoffs(
                    next.backoffs().stream().filter(b -> !b.id().equals(id)).toList());
        });
    }

    /** An evictable pod or a lost cordon was seen before the agent was told: Granted→Draining. */
    public static Step<Boolean> drainLost(SlotState state, String token, String reason, Instant now) {
        return change(state, token, Set.of(Phase.GRANTED), h -> h.in(Phase.DRAINING, now, reason));
    }

    /** New figures of a running drain. */
    public static Step<Boolean> drainProgress(SlotState state, String token, DrainFigures figures) {
        return change(state, token, Set.of(Phase.DRAINING), h -> figures.equals(h.drain()) ? h : h.drain(figures));
    }

    /** The drain took too long: the slot goes back and the machine waits longer each time. Not after telling. */
    public static Step<Boolean> giveUpDrain(
            SlotState state, SlotPolicy policy, String token, String reason, Instant now) {
        return change(state, token, Set.of(Phase.DRAINING), h -> h.in(Phase.RELEASING, now, reason), next -> {
            String id = state.holding(token).orElseThrow().id();
            int before = state.backoffOf(id).map(Backoff::tries).orElse(0);
            List<Backoff> backoffs = new ArrayList<>(
                    next.backoffs().stream().filter(b -> !b.id().equals(id)).toList());
            backoffs.add(new Backoff(id, before + 1, now.plus(policy.backoff().after(before))));
            if (backoffs.size() > MAX_BACKOFFS) {
                backoffs.remove(backoffs.stream()
                        .min(java.util.Comparator.comparing(Backoff::until))
                        .orElseThrow());
            }
            return next.withBackoffs(backoffs);
        });
    }

    /** Takes a slot back before its agent was told; finds nothing once it was. */
    public static Step<Boolean> takeBack(SlotState state, String token, String reason, Instant now) {
        return change(state, token, Set.of(Phase.DRAINING, Phase.GRANTED), h -> h.in(Phase.RELEASING, now, reason));
    }

    /**
     * Granted→Rebooting, with the boot that a fresh read of the Node showed. Once this is stored the agent may get its 200, and
     * it may be told again at any repeat.
     *
     * @param offered the release that the machine's record, read anew, says it was last offered; null: none
     * @return whether the holding may reboot
     */
    public static Step<Boolean> tell(SlotState state, String token, Boot boot, String offered, Instant now) {
        Optional<Holder> holder = state.holding(token);
        if (holder.isPresent() && holder.get().phase() == Phase.GRANTED) {
            return new Step<>(state.replacing(holder.get(), h -> h.told(boot, offered, now)), true);
        }
        return new Step<>(state, holder.isPresent() && holder.get().phase() == Phase.REBOOTING);
    }

    /**
     * A machine that another server told to reboot becomes a holder in Rebooting. Only as long as people want that lock taken over,
     * which stands in the same object as the state: so it cannot happen once more after that was done.
     *
     * @param lock the former server's lock
     * @param lockState the state of it that names the machine: one state is taken over once, though whoever decides has an old view
     * @param token of the holding; the same at every try
     * @param boot what a fresh read of the Node shows: as nobody knows what it ran when it was told, this counts as that
     * @return whether there is such a holding now
     */
    public static Step<Boolean> takeOver(
            SlotState state,
            SlotPolicy policy,
            String lock,
            String lockState,
            String token,
            String id,
            NodeRef node,
            Boot boot,
            Instant now) {
        if (state.holding(token).isPresent()) {
            return new Step<>(state, true);
        }
        int total = policy.slots().total(state.members() == null ? 0 : state.members());
        boolean refused = !lock.equals(policy.importing())
                || lockState.equals(policy.imported())
                || policy.deleting()
                || state.holders().size() >= total
                || state.holderOf(id).isPresent()
                || state.holderOn(node).isPresent();
        if (refused) {
            return new Step<>(state, false);
        }
        Holder holder = Holder.imported(token, id, node, boot, lock, now);
        return new Step<>(state.with(holder).withParked(withoutMachine(state.parked(), holder)), true);
    }

    /** An agent reports that it is steady (FleetLock protocol, "UnlockIfHeld"). */
    public static Step<SteadyState> steadyState(SlotState state, String id, Instant now) {
        Holder holder = state.holderOf(id).orElse(null);
        if (holder == null) {
            return new Step<>(state, SteadyState.NO_HOLDER);
        }
        return switch (holder.phase()) {
            case DRAINING, GRANTED ->
                new Step<>(
                        state.replacing(
                                holder,
                                h -> h.in(Phase.RELEASING, now, "the agent started anew before it was told to reboot")),
                        SteadyState.DONE);
            case REBOOTING ->
                holder.node() == null
                        ? new Step<>(
                                state.replacing(
                                        holder,
                                        h -> h.steady(now).in(Phase.RELEASING, now, "the agent is steady again")),
                                SteadyState.DONE)
                        : new Step<>(
                                state.replacing(holder, h -> h.steady(now).in(Phase.VERIFYING, now, null)),
                                SteadyState.VERIFYING);
            case VERIFYING ->
                new Step<>(
                        holder.steadyAt() == null ? state.replacing(holder, h -> h.steady(now)) : state,
                        SteadyState.VERIFYING);
            case FAILED, RELEASING -> new Step<>(state, SteadyState.DONE);
        };
    }

    /** The leader looked at a told machine's node. A first new bootID makes Rebooting Verifying. */
    public static Step<Boolean> observe(SlotState state, String token, Sighting sighting, Instant now) {
        return change(state, token, Set.of(Phase.REBOOTING, Phase.VERIFYING, Phase.FAILED), h -> {
            Holder seen = h.observed(sighting);
            boolean booted = h.phase() == Phase.REBOOTING && seen.newBootAt() != null;
            return booted ? seen.in(Phase.VERIFYING, now, null) : seen.equals(h) ? h : seen;
        });
    }

    /** Sends a slot back, from whatever phase: a verdict, the Node's deletion, or a person's word. */
    public static Step<Boolean> release(SlotState state, String token, String reason, Instant now) {
        return change(
                state,
                token,
                Set.of(Phase.DRAINING, Phase.GRANTED, Phase.REBOOTING, Phase.VERIFYING, Phase.FAILED),
                h -> h.in(Phase.RELEASING, now, reason));
    }

    /**
     * A verdict of Failed under {@code onFailure: Park}: the slot is free at once, the machine stays cordoned and listed.
     *
     * @param releaseWithheld whether the release that it failed on is withheld from its architecture since
     */
    public static Step<Boolean> park(
            SlotState state, String token, String version, String verdict, boolean releaseWithheld, Instant now) {
        Holder holder = state.holding(token)
                .filter(h -> h.phase() == Phase.VERIFYING || h.phase() == Phase.REBOOTING)
                .orElse(null);
        if (holder == null || state.parked().size() >= MAX_PARKED) {
            return new Step<>(state, false);
        }
        List<Parked> parked = new ArrayList<>(withoutMachine(state.parked(), holder));
        parked.add(new Parked(token, holder.id(), holder.node(), version, verdict, releaseWithheld, now));
        return new Step<>(state.without(holder).withParked(parked), true);
    }

    /** A verdict of Failed under {@code onFailure: Hold}: the machine keeps its slot. */
    public static Step<Boolean> fail(SlotState state, String token, String reason, Instant now) {
        return change(state, token, Set.of(Phase.VERIFYING), h -> h.in(Phase.FAILED, now, reason));
    }

    /** The release that a parked machine failed on is withheld from its architecture now, or is not any more. */
    public static Step<Boolean> releaseWithheld(SlotState state, String token, boolean releaseWithheld) {
        boolean differs = state.parkedAs(token)
                .filter(p -> p.releaseWithheld() != releaseWithheld)
                .isPresent();
        if (!differs) {
            return new Step<>(state, false);
        }
        List<Parked> parked = state.parked().stream()
                .map(p -> p.token().equals(token) ? p.withholding(releaseWithheld) : p)
                .toList();
        return new Step<>(state.withParked(parked), true);
    }

    /**
     * Ends a parking: the machine is healthy, gone, or a person said so.
     *
     * @param down whether it is a member whose node is NotReady: it counts as unready from now on, not only from the next count on
     */
    public static Step<Boolean> unpark(SlotState state, String token, boolean down) {
        List<Parked> rest =
                state.parked().stream().filter(p -> !p.token().equals(token)).toList();
        boolean found = rest.size() < state.parked().size();
        return new Step<>(found ? state.withParked(rest).plusUnready(down) : state, found);
    }

    /**
     * Removes a holder in Releasing, after its node was uncordoned: now the slot is free.
     *
     * @param down whether the machine is a member whose node is NotReady: it counts as unready from now on, not only from the next
     *     count on
     */
    public static Step<Boolean> free(SlotState state, String token, boolean down) {
        Optional<Holder> holder = state.holding(token).filter(h -> h.phase() == Phase.RELEASING);
        return new Step<>(holder.map(h -> state.without(h).plusUnready(down)).orElse(state), holder.isPresent());
    }

    /** The leader's count of the group's nodes. */
    public static Step<Boolean> counted(SlotState state, int members, int unready) {
        boolean same = state.members() != null && state.members() == members && state.unready() == unready;
        return new Step<>(same ? state : state.counted(members, unready), !same);
    }

    private static Step<Boolean> change(SlotState state, String token, Set<Phase> from, UnaryOperator<Holder> change) {
        return change(state, token, from, change, UnaryOperator.identity());
    }

    private static Step<Boolean> change(
            SlotState state,
            String token,
            Set<Phase> from,
            UnaryOperator<Holder> change,
            UnaryOperator<SlotState> besides) {
        Optional<Holder> holder = state.holding(token).filter(h -> from.contains(h.phase()));
        if (holder.isEmpty()) {
            return new Step<>(state, false);
        }
        Holder changed = change.apply(holder.get());
        return changed == holder.get()
                ? new Step<>(state, true)
                : new Step<>(besides.apply(state.replacing(holder.get(), _ -> changed)), true);
    }

    private static Step<PreReboot> refuse(SlotState state, Refusal refusal) {
        return new Step<>(state, new PreReboot.Refuse(refusal));
    }

    private static Step<PreReboot> await(SlotState state, Kind kind, String value) {
        return new Step<>(state, new PreReboot.Wait(null, new Refusal(kind, value)));
    }

    private static Refusal draining(Holder holder, Instant now) {
        boolean blocked = holder.drain() != null && holder.drain().blocked();
        return new Refusal(blocked ? Kind.DRAIN_BLOCKED : Kind.DRAINING, Sentences.holder(holder, now) + ".");
    }

    private static Refusal backingOff(Backoff backoff, Instant now) {
        return new Refusal(
                Kind.DRAIN_BACKOFF,
                "The last drain of this machine was given up (" + backoff.tries() + " in a row); it may ask again in "
                        + Sentences.span(Duration.between(now, backoff.until())) + ".");
    }

    private static Refusal ended(SlotState state, Asker asker, Instant now) {
        return state.backoffOf(asker.id())
                .filter(b -> b.until().isAfter(now))
                .map(b -> backingOff(b, now))
                .orElseGet(() -> new Refusal(
                        Kind.LOCK_HELD,
                        "The slot that this request waited with was given back"
                                + state.holderOf(asker.id())
                                        .filter(h -> h.reason() != null)
                                        .map(h -> ": " + h.reason())
                                        .orElse("")
                                + ". Ask again."));
    }

    private static String unready(int down, List<String> names) {
        if (names.size() == 1) {
            return "No slot: " + names.getFirst() + ", uses it. Repair it or delete the Node.";
        }
        if (names.isEmpty() && down == 1) {
            return "No slot: 1 NotReady member uses it. Repair it or delete its Node.";
        }
        String who = names.isEmpty()
                ? down + " NotReady members"
                : String.join("; ", names) + (down > names.size() ? " and " + (down - names.size()) + " more" : "");
        return "No slot: " + who + " use it. Repair them or delete their Nodes.";
    }
}
