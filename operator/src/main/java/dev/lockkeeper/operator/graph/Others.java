package dev.lockkeeper.operator.graph;

import java.util.HashSet;
import java.util.Set;

/**
 * Bounds how many machines that are no nodes get a record: their ids can be made up. Those that this replica is making count before its
 * cache shows them; those that another replica is making do not, so for a moment there may be some more.
 */
final class Others {

    private final Machines machines;
    private final int most;
    private final Set<String> beingMade = new HashSet<>();

    Others(Machines machines, int most) {
        this.machines = machines;
        this.most = most;
    }

    int most() {
        return most;
    }

    /** Whether the machine has no record and can get none. */
    synchronized boolean isFull(MachineView machine) {
        beingMade.removeIf(name -> machines.named(name).isPresent());
        if (!isOther(machine) || beingMade.contains(machine.name())) {
            return false;
        }
        long recorded =
                machines.all().stream().filter(m -> m.evidence().node() == null).count();
        return recorded + beingMade.size() >= most;
    }

    /**
     * Takes a place for the machine's record, which is to be made now.
     *
     * @return false: there is none
     */
    synchronized boolean begin(MachineView machine) {
        if (isFull(machine)) {
            return false;
        }
        if (isOther(machine)) {
            beingMade.add(machine.name());
        }
        return true;
    }

    /** The record was not made. */
    synchronized void failed(MachineView machine) {
        beingMade.remove(machine.name());
    }

    private static boolean isOther(MachineView machine) {
        return !machine.exists() && machine.name().startsWith("id-");
    }
}
