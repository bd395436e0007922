package dev.lockkeeper.operator.lock;

import java.util.List;
import java.util.stream.Stream;

/**
 * What one look at a node's pods says is to be done; each list in the order in which it is to be worked off.
 *
 * @param evict to be removed by eviction
 * @param delete to be removed by deletion, with the grace that the pod itself asks for
 * @param waiting on their way out, nothing to be done
 * @param lingering on their way out, but slow enough that people should hear of it
 * @param blocked the policy forbids to remove them, and to reboot with them
 */
public record DrainPlan(
        List<PodView> evict, List<PodView> delete, List<Held> waiting, List<Held> lingering, List<Held> blocked) {

    /** A pod that nothing is done to, and why. */
    public record Held(PodView pod, String reason) {}

    public DrainPlan {
        evict = List.copyOf(evict);
        delete = List.copyOf(delete);
        waiting = List.copyOf(waiting);
        lingering = List.copyOf(lingering);
        blocked = List.copyOf(blocked);
    }

    /** Everything that has to be gone before the machine may reboot. */
    public List<PodView> remaining() {
        Stream<PodView> held =
                Stream.of(waiting, lingering, blocked).flatMap(List::stream).map(Held::pod);
        return Stream.concat(Stream.of(evict, delete).flatMap(List::stream), held)
                .toList();
    }

    public boolean done() {
        return remaining().isEmpty();
    }
}
