package dev.lockkeeper.operator.graph;

import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.MachineView.Labels;
import dev.lockkeeper.operator.graph.MachineView.Picture;
import java.util.Map;
import java.util.function.Function;

/** Where the leader writes what it concludes of the fleet. All of it blocks, and fails by an unchecked exception if it names no other. */
public interface FleetStore {

    /** Makes the record of a machine; it may be there already. */
    MachineView makeMachine(String name);

    /** Tells how a machine stands, on exactly the version that this was concluded from. */
    void tell(MachineView machine, Picture picture);

    void label(String machine, Labels labels);

    /** Removes the record as it was seen; one that changed since stays. */
    void remove(MachineView machine);

    /** What the pin's status tells of each architecture, as far as its next status builds on it. */
    Map<String, PinStatus.Since> told(String pin);

    /** Writes a pin's status where it differs. */
    void tell(PinView pin, PinStatus status);

    /**
     * Changes what is told of a release, by compare-and-swap; the first change makes the record. The change may be applied to several
     * versions until one is stored, and what it leaves as it is is not written.
     *
     * @return the release as it is stored then
     * @throws StoreException if it cannot be stored: then it is not known whether it was
     */
    ReleaseView change(String release, Function<ReleaseView, ReleaseView.Status> change) throws StoreException;

    /** Removes the record as it was seen; one that changed since stays. */
    void remove(ReleaseView release);
}
