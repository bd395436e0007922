package dev.lockkeeper.operator.graph;

import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.health.Update;
import java.util.Collection;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The records of the fleet's machines: what this replica knows of them, and the only way to change them. */
public interface Machines {

    /** As they were last seen here; they may be old. */
    Collection<MachineView> all();

    Optional<MachineView> named(String name);

    /** The machine as it stands now, by quorum; empty if there is none. Blocks. */
    Optional<MachineView> read(String name) throws StoreException;

    /**
     * Changes what is stored of a machine, by compare-and-swap; the first change makes the record. Blocks. The change may be applied to
     * several versions until one is stored, and what it leaves as it is is not written.
     *
     * @return the machine as it is stored then
     * @throws StoreException if it cannot be stored: then it is not known whether it was
     */
    MachineView change(String name, UnaryOperator<MachineView.Evidence> change) throws StoreException;

    /** @param before what was recorded of the same update before; null: nothing */
    record Recorded(MachineView machine, Update before) {}

    /**
     * Stores what became of an update, by compare-and-swap, if nothing is recorded of it that it may not replace; the first one makes the
     * record. For the leader alone. Blocks.
     *
     * @param known as it was read just now
     * @throws StoreException if it cannot be stored: then it is not known whether it was
     */
    Recorded record(MachineView known, Update update) throws StoreException;
}
