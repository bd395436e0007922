package dev.lockkeeper.operator.graph;

import dev.lockkeeper.operator.graph.MachineView.Labels;
import dev.lockkeeper.operator.graph.MachineView.Picture;
import java.time.Instant;
import java.util.Map;

/** Where the leader writes what it concludes of the fleet. All of it blocks, and fails by an unchecked exception. */
public interface FleetStore {

    /** Makes the record of a machine; it may be there already. */
    void makeMachine(String name);

    void tell(String machine, Picture picture);

    void label(String machine, Labels labels);

    /** Removes the record as it was seen; one that changed since stays. */
    void remove(MachineView machine);

    /** Since when machines of each architecture have been behind, as the pin's status has it. */
    Map<String, Instant> behindSince(String pin);

    /** Writes a pin's status where it differs. */
    void tell(PinView pin, PinStatus status);

    /** Makes the record of a release; it may be there already. */
    void makeRelease(String name);

    void tell(String release, ReleaseView.Status status);

    /** Removes the record as it was seen; one that changed since stays. */
    void remove(ReleaseView release);
}
