package dev.lockkeeper.operator.graph;

import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.operator.graph.MachinePicture.Standing;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How many machines stand how, for metrics.
 *
 * @param machines by what they have in common
 * @param pins by pin and architecture
 */
public record FleetFigures(Map<Kind, Integer> machines, Map<PinOf, PinFigures> pins) {

    public static final FleetFigures NONE = new FleetFigures(Map.of(), Map.of());

    /** What is not known is the empty text. */
    public record Kind(String group, String stream, String architecture, String version, MachineState state) {}

    public record PinOf(String pin, String architecture) {}

    /**
     * @param target null: there is none
     * @param behindSince since when a machine has been behind; null: none is
     */
    public record PinFigures(String target, int machines, int current, Instant behindSince) {}

    public FleetFigures {
        machines = Map.copyOf(machines);
        pins = Map.copyOf(pins);
    }

    static FleetFigures of(FleetPicture picture) {
        Map<Kind, Integer> machines = new HashMap<>();
        for (Standing standing : picture.standings()) {
            MachineView.Evidence said = standing.machine().evidence();
            // What no graph knows may be made up, and must not become a label's value.
            boolean known = standing.booted() != null;
            machines.merge(
                    new Kind(
                            standing.group() == null ? "" : standing.group().name(),
                            known ? said.stream() : "",
                            known ? said.architecture() : "",
                            known ? said.version() : "",
                            standing.state()),
                    1,
                    Integer::sum);
        }
        Map<PinOf, PinFigures> pins = new HashMap<>();
        picture.pins()
                .forEach((pin, status) -> status.architectures()
                        .forEach(a -> pins.put(
                                new PinOf(pin, Objects.toString(a.architecture(), "")),
                                new PinFigures(a.target(), a.machines(), a.current(), a.behindSince()))));
        return new FleetFigures(machines, pins);
    }
}
