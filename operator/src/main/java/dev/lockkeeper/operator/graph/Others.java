package dev.lockkeeper.operator.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Bounds how many machines that are no nodes get a record: their ids can be made up. A record that this replica is writing keeps its
 * place until the write has ended, whatever the cache shows meanwhile, as it may be removed and made anew in between. Those that
 * another replica is making do not count, so for a moment there may be some more.
 */
final class Others {

    private final Machines machines;
    private final int most;
    private final Map<String, Integer> writers = new HashMap<>();

    Others(Machines machines, int most) {
        this.machines = machines;
        this.most = most;
    }

    int most() {
        return most;
    }

    /** Whether the machine has no record and can get none. */
    synchronized boolean isFull(MachineView machine) {
        String name = machine.name();
        if (!isOther(machine) || machines.named(name).isPresent() || writers.containsKey(name)) {
            return false;
        }
        Set<String> places = new HashSet<>(writers.keySet());
        machines.all().stream().filter(m -> m.evidence().node() == null).forEach(m -> places.add(m.name()));
        return places.size() >= most;
    }

    /**
     * Takes a place for the machine's record, which is to be written now; {@link #ended} gives it back.
     *
     * @return false: there is none, and nothing to give back
     */
    synchronized boolean begin(MachineView machine) {
        if (isFull(machine)) {
            return false;
        }
        if (isOther(machine)) {
            writers.merge(machine.name(), 1, Integer::sum);
        }
        return true;
    }

    /** The write is through, or was given up. */
    synchronized void ended(MachineView machine) {
        writers.computeIfPresent(machine.name(), (_, count) -> count == 1 ? null : count - 1);
    }

    private static boolean isOther(MachineView machine) {
        return machine.name().startsWith("id-");
    }
}
