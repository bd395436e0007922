package dev.lockkeeper.fleetlock.store;

import dev.lockkeeper.fleetlock.semaphore.SlotPolicy;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** A group store in memory whose calls can be made to fail, to conflict, to lose their answers and to wait. */
final class InMemoryGroupStore implements GroupStore {

    /** What befalls one call. */
    enum Fault {
        NONE,
        /** A read or write that never reaches the store. */
        AWAY,
        /** Another writer was faster: the write finds a newer version. */
        CONFLICT,
        /** The write is stored, its answer lost. */
        ANSWER_LOST
    }

    private final Map<String, Snapshot> groups = new HashMap<>();
    private final Map<String, List<Snapshot>> histories = new HashMap<>();
    private long version;
    private int reads;
    private int writes;

    private volatile Runnable beforeRead = () -> {};
    private volatile Supplier<Fault> readFault = () -> Fault.NONE;
    private volatile Supplier<Fault> writeFault = () -> Fault.NONE;
    private volatile Function<List<Snapshot>, Snapshot> sees = _ -> null;

    InMemoryGroupStore with(String group, SlotPolicy policy, SlotState state) {
        synchronized (groups) {
            Snapshot now = new Snapshot("v" + ++version, policy, state);
            groups.put(group, now);
            histories.computeIfAbsent(group, _ -> new ArrayList<>()).add(now);
        }
        return this;
    }

    void delete(String group) {
        synchronized (groups) {
            groups.remove(group);
        }
    }

    /** Runs at the beginning of each read, outside of any lock: may block. */
    void beforeRead(Runnable hook) {
        beforeRead = hook;
    }

    void readFault(Supplier<Fault> fault) {
        readFault = fault;
    }

    void writeFault(Supplier<Fault> fault) {
        writeFault = fault;
    }

    /** Chooses from all versions of a group, the oldest first, which one was last seen; null: none. */
    void sees(Function<List<Snapshot>, Snapshot> choice) {
        sees = choice;
    }

    @Override
    public Optional<Snapshot> lastSeen(String group) {
        synchronized (groups) {
            return Optional.ofNullable(sees.apply(histories.getOrDefault(group, List.of())));
        }
    }

    @Override
    public Optional<Snapshot> read(String group) throws StoreException {
        synchronized (groups) {
            reads++;
        }
        beforeRead.run();
        if (readFault.get() == Fault.AWAY) {
            throw new StoreException("connection refused");
        }
        synchronized (groups) {
            return Optional.ofNullable(groups.get(group));
        }
    }

    @Override
    public boolean compareAndSet(String group, Snapshot base, SlotState next) throws StoreException {
        Fault fault = writeFault.get();
        synchronized (groups) {
            writes++;
            Snapshot current = groups.get(group);
            if (fault == Fault.AWAY) {
                throw new StoreException("timed out");
            }
            if (current != null && fault == Fault.CONFLICT) {
                groups.put(group, new Snapshot("v" + ++version, current.policy(), current.state()));
            }
            if (current == null || !groups.get(group).version().equals(base.version())) {
                return false;
            }
            with(group, current.policy(), next);
        }
        if (fault == Fault.ANSWER_LOST) {
            throw new StoreException("the answer was lost");
        }
        return true;
    }

    SlotState state(String group) {
        synchronized (groups) {
            return groups.get(group).state();
        }
    }

    /** Every state that the group ever had, in order. */
    List<SlotState> history(String group) {
        synchronized (groups) {
            return histories.get(group).stream().map(Snapshot::state).toList();
        }
    }

    int reads() {
        synchronized (groups) {
            return reads;
        }
    }

    int writes() {
        synchronized (groups) {
            return writes;
        }
    }
}
