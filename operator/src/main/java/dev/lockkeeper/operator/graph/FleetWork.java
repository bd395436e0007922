package dev.lockkeeper.operator.graph;

import dev.lockkeeper.operator.graph.MachinePicture.Standing;
import dev.lockkeeper.operator.graph.MachineView.Labels;
import dev.lockkeeper.operator.graph.MachineView.Picture;
import dev.lockkeeper.operator.lock.Groups;
import dev.lockkeeper.operator.lock.Nodes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The leader's work on the fleet's records: one pass compares the {@link FleetPicture} with what is stored, and writes what differs.
 *
 * <p>A pass may be cut off anywhere: the next one starts from what is stored then. What cannot be written is left for the next one.
 */
public final class FleetWork {

    private static final Logger LOG = Logger.getLogger(FleetWork.class);

    /** A new fleet's records are made over some passes: it must not keep the API server busy. */
    private static final int MOST_NEW = 200;

    private static final int LONGEST_LABEL = 63;

    private final Supplier<GraphState> states;
    private final Groups groups;
    private final Nodes nodes;
    private final Machines machines;
    private final FleetStore store;
    private final Consumer<FleetFigures> figures;
    private final FleetPicture.Times times;
    private final Clock clock;
    /** What was written last, so that a pass writes only what changed; forgotten with the leader. */
    private final Map<String, PinStatus> toldPins = new HashMap<>();

    /** @param figures told how the fleet stands after each pass */
    public FleetWork(
            Supplier<GraphState> states,
            Groups groups,
            Nodes nodes,
            Machines machines,
            FleetStore store,
            Consumer<FleetFigures> figures,
            Duration silentAfter,
            Duration forgetAfter,
            Clock clock) {
        this.states = states;
        this.groups = groups;
        this.nodes = nodes;
        this.machines = machines;
        this.store = store;
        this.figures = figures;
        this.times = new FleetPicture.Times(silentAfter, forgetAfter);
        this.clock = clock;
    }

    /** Writes what differs from what is stored. Blocks; to be called by one thread at a time. */
    public void pass() {
        Instant now = clock.instant();
        GraphState state = states.get();
        FleetPicture picture =
                FleetPicture.of(state, groups.membership(), nodes.all(), machines.all(), this::behindSince, times, now);
        picture.gone().forEach(machine -> safely("machine=" + machine.name(), () -> store.remove(machine)));
        int made = 0;
        for (Standing standing : picture.standings()) {
            if (standing.machine().exists()) {
                write(standing, now);
            } else if (made++ < MOST_NEW) {
                safely("machine=" + standing.machine().name(), () -> {
                    store.makeMachine(standing.machine().name());
                    store.tell(standing.machine().name(), FleetPicture.told(standing, now));
                });
            }
        }
        writePins(state, picture);
        writeReleases(picture);
        figures.accept(FleetFigures.of(picture));
    }

    private Map<String, Instant> behindSince(String pin) {
        PinStatus told = toldPins.get(pin);
        if (told == null) {
            try {
                return store.behindSince(pin);
            } catch (RuntimeException e) {
                LOG.debugf("pin=%s status not read now: %s", pin, e.getMessage());
                return Map.of();
            }
        }
        Map<String, Instant> since = new HashMap<>();
        told.architectures().stream()
                .filter(a -> a.behindSince() != null)
                .forEach(a -> since.put(a.architecture(), a.behindSince()));
        return since;
    }

    private void write(Standing standing, Instant now) {
        MachineView machine = standing.machine();
        Picture picture = FleetPicture.told(standing, now);
        if (!picture.equals(machine.picture())) {
            safely("machine=" + machine.name(), () -> store.tell(machine.name(), picture));
        }
        Labels labels = new Labels(
                label(picture.group()),
                label(machine.evidence().stream()),
                label(machine.evidence().architecture()));
        if (!labels.equals(machine.labels())) {
            safely("machine=" + machine.name(), () -> store.label(machine.name(), labels));
        }
    }

    private static String label(String value) {
        return value == null || value.length() > LONGEST_LABEL ? null : value;
    }

    private void writePins(GraphState state, FleetPicture picture) {
        toldPins.keySet().retainAll(picture.pins().keySet());
        for (PinView pin : state.policies().pins()) {
            PinStatus status = picture.pins().get(pin.name());
            if (!status.equals(toldPins.get(pin.name()))) {
                safely("pin=" + pin.name(), () -> {
                    store.tell(pin, status);
                    toldPins.put(pin.name(), status);
                });
            }
        }
    }

    private void writeReleases(FleetPicture picture) {
        picture.releases().forEach((name, told) -> {
            if (told.view().uid() == null) {
                safely("release=" + name, () -> {
                    store.makeRelease(name);
                    store.tell(name, told.status());
                });
            } else if (!told.status().equals(told.view().status())) {
                safely("release=" + name, () -> store.tell(name, told.status()));
            }
        });
        List<ReleaseView> needless = picture.needless();
        needless.forEach(release -> safely("release=" + release.name(), () -> store.remove(release)));
    }

    private static void safely(String what, Runnable write) {
        try {
            write.run();
        } catch (RuntimeException e) {
            LOG.debugf("%s not written now, the next pass tries again: %s", what, e.getMessage());
        }
    }
}
