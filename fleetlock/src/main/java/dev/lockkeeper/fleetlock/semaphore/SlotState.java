package dev.lockkeeper.fleetlock.semaphore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The stored state of one group's slots: immutable, and changed only by {@link Semaphore}.
 *
 * <p>Invariants: a token, an id and a node each occur at most once among the holders; a node is not parked and held at once.
 *
 * @param members nodes of the group as the leader counted them last, null before its first count
 * @param unready members that were NotReady then, without those that hold a slot or are parked
 */
public record SlotState(
        List<Holder> holders, List<Parked> parked, List<Backoff> backoffs, Integer members, int unready) {

    public static final SlotState EMPTY = new SlotState(List.of(), List.of(), List.of(), null, 0);

    public SlotState {
        holders = List.copyOf(holders);
        parked = List.copyOf(parked);
        backoffs = List.copyOf(backoffs);
    }

    public Optional<Holder> holderOf(String id) {
        return holders.stream().filter(h -> h.id().equals(id)).findFirst();
    }

    public Optional<Holder> holding(String token) {
        return holders.stream().filter(h -> h.token().equals(token)).findFirst();
    }

    /** Whoever holds a slot for that node, under whatever id. */
    public Optional<Holder> holderOn(NodeRef node) {
        return node == null
                ? Optional.empty()
                : holders.stream()
                        .filter(h -> h.node() != null && h.node().uid().equals(node.uid()))
                        .findFirst();
    }

    /** Whether a holder or a parked machine is on that node. */
    public boolean concerns(NodeRef node) {
        return holderOn(node).isPresent() || parked.stream().anyMatch(p -> p.isOn(node));
    }

    public Optional<Backoff> backoffOf(String id) {
        return backoffs.stream().filter(b -> b.id().equals(id)).findFirst();
    }

    public Optional<Parked> parkedAs(String token) {
        return parked.stream().filter(p -> p.token().equals(token)).findFirst();
    }

    SlotState with(Holder holder) {
        List<Holder> next = new ArrayList<>(holders);
        next.add(holder);
        return withHolders(next);
    }

    SlotState replacing(Holder old, UnaryOperator<Holder> change) {
        return withHolders(
                holders.stream().map(h -> h.equals(old) ? change.apply(h) : h).toList());
    }

    SlotState without(Holder holder) {
        return withHolders(holders.stream().filter(h -> !h.equals(holder)).toList());
    }

    SlotState withHolders(List<Holder> next) {
        return new SlotState(next, parked, backoffs, members, unready);
    }

    SlotState withParked(List<Parked> next) {
        return new SlotState(holders, next, backoffs, members, unready);
    }

    SlotState withBackoffs(List<Backoff> next) {
        return new SlotState(holders, parked, next, members, unready);
    }

    /** One more than were counted, where there was a count. */
    SlotState plusUnready(boolean one) {
        return one && members != null ? counted(members, unready + 1) : this;
    }

    SlotState counted(int members, int unready) {
        return new SlotState(holders, parked, backoffs, members, unready);
    }
}
