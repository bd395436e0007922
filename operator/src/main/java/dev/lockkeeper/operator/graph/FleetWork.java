package dev.lockkeeper.operator.graph;

import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.MachinePicture.Standing;
import dev.lockkeeper.operator.graph.MachineView.Labels;
import dev.lockkeeper.operator.graph.MachineView.Picture;
import dev.lockkeeper.operator.lock.Groups;
import dev.lockkeeper.operator.lock.Nodes;
import dev.lockkeeper.operator.lock.Verdicts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
    private final VerdictBook verdicts;
    private final Consumer<FleetFigures> figures;
    private final FleetPicture.Times times;
    private final Clock clock;
    /** What was written last, so that a pass writes only what changed; forgotten with the leader. */
    private final Map<String, PinStatus> toldPins = new HashMap<>();
    /** What could not be written at the last try, and why. */
    private final Map<String, String> problems = new HashMap<>();

    /** @param figures told how the fleet stands after each pass */
    public FleetWork(
            Supplier<GraphState> states,
            Groups groups,
            Nodes nodes,
            Machines machines,
            FleetStore store,
            VerdictBook verdicts,
            Consumer<FleetFigures> figures,
            Duration silentAfter,
            Duration forgetAfter,
            Clock clock) {
        this.states = states;
        this.groups = groups;
        this.nodes = nodes;
        this.machines = machines;
        this.store = store;
        this.verdicts = verdicts;
        this.figures = figures;
        this.times = new FleetPicture.Times(silentAfter, forgetAfter);
        this.clock = clock;
    }

    /** Writes what differs from what is stored. Blocks; to be called by one thread at a time. */
    public void pass() {
        Instant now = clock.instant();
        GraphState state = states.get();
        FleetPicture picture =
                FleetPicture.of(state, groups.membership(), nodes.all(), machines.all(), this::told, times, now);
        picture.gone().forEach(machine -> safely("machine=" + machine.name(), () -> store.remove(machine)));
        int made = 0;
        for (Standing standing : picture.standings()) {
            if (standing.machine().exists()) {
                write(standing, now);
            } else if (made++ < MOST_NEW) {
                safely(
                        "machine=" + standing.machine().name(),
                        () -> store.tell(
                                store.makeMachine(standing.machine().name()), FleetPicture.told(standing, now)));
            }
        }
        picture.standings().forEach(standing -> settle(standing, now));
        safely("releases", verdicts::tellLate);
        writePins(state, picture);
        writeReleases(picture, now);
        figures.accept(FleetFigures.of(picture));
    }

    private Map<String, PinStatus.Since> told(String pin) {
        PinStatus told = toldPins.get(pin);
        if (told == null) {
            try {
                return store.told(pin);
            } catch (RuntimeException e) {
                LOG.debugf("pin=%s status not read now: %s", pin, e.getMessage());
                return Map.of();
            }
        }
        return told.architectures().stream()
                .collect(Collectors.toMap(PinStatus.OfArchitecture::architecture, PinStatus.OfArchitecture::since));
    }

    /** Only where the record as it was seen has an answer: it costs a read. */
    private void settle(Standing standing, Instant now) {
        MachineView machine = standing.machine();
        if (machine.settled(now).isPresent()) {
            String group = standing.group() == null ? null : standing.group().name();
            safely(
                    "machine=" + machine.name(),
                    () -> verdicts.settle(
                            new Verdicts.Machine(machine.evidence().agentId(), standing.node(), group)));
        }
    }

    private void write(Standing standing, Instant now) {
        MachineView machine = standing.machine();
        Picture picture = FleetPicture.told(standing, now);
        if (!picture.equals(machine.picture())) {
            safely("machine=" + machine.name(), () -> store.tell(machine, picture));
        }
        Labels labels = new Labels(
                label(picture.group()),
                label(machine.evidence().stream()),
                label(machine.evidence().architecture()),
                picture.state());
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

    private void writeReleases(FleetPicture picture, Instant now) {
        picture.releases().forEach((name, told) -> {
            ReleaseView known = told.view();
            if (known.uid() == null
                    || !ReleasePicture.of(known, told.facts(), now).equals(known.status())) {
                safely(
                        "release=" + name,
                        () -> verdicts.change(name, (release, at) -> ReleasePicture.of(release, told.facts(), at)));
            }
        });
        List<ReleaseView> needless = picture.needless();
        needless.forEach(release -> safely("release=" + release.name(), () -> store.remove(release)));
    }

    private interface Write {
        void run() throws StoreException;
    }

    private void safely(String what, Write write) {
        try {
            write.run();
            problems.remove(what);
        } catch (StoreException | RuntimeException e) {
            // What fails for good must be seen, and once is enough.
            boolean known = String.valueOf(e.getMessage()).equals(problems.put(what, String.valueOf(e.getMessage())));
            LOG.logf(
                    known ? Logger.Level.DEBUG : Logger.Level.WARN,
                    "%s not written now, the next pass tries again: %s",
                    what,
                    e.getMessage());
        }
    }
}
