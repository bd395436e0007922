package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.health.Update;
import java.time.Instant;
import java.util.Optional;

/** Where it is kept what became of updates: the port to the room that knows of releases. The leader alone calls it. */
public interface Verdicts {

    /**
     * The machine of a holding.
     *
     * @param node null for a machine that is no node
     * @param group null: none serves it
     */
    record Machine(String id, NodeView node, String group) {}

    /**
     * Stores a verdict, and what follows from it for the release. The same one again changes nothing, so that it can be repeated after a
     * crash; another one on the same update replaces the earlier one, unless that says more ({@link Update#mayReplace}). Blocks.
     *
     * @return whether the update counts against a release that is withheld from the machine's architecture now
     * @throws StoreException if it cannot be stored: nothing may be built on the verdict then
     */
    boolean record(Machine machine, Update update) throws StoreException;

    /**
     * A parked machine is healthy after all: if it runs the release that it went to, it was updated, only late. Blocks.
     *
     * @throws StoreException if it cannot be stored
     */
    void recovered(Machine machine, Parked parked) throws StoreException;

    /**
     * Whether the release that a parked machine failed on is withheld from its architecture, by what was read last; empty if that was
     * read too early, or nothing is known of its failure.
     *
     * @param since what was read before then does not count, by this process' clock
     */
    Optional<Boolean> isWithheld(Machine machine, Parked parked, Instant since);
}
