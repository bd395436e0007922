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
 * @param quarantined how many quarantined releases are newer than what machines may have
 * @param oldestOffers when the oldest offer was made whose agent does not ask for its reboot; absent: there is none
 */
public record FleetFigures(
        Map<Kind, Integer> machines,
        Map<PinOf, PinFigures> pins,
        Map<Scope, Integer> quarantined,
        Map<Scope, Instant> oldestOffers) {

    public static final FleetFigures NONE = new FleetFigures(Map.of(), Map.of(), Map.of(), Map.of());

    public record Scope(String stream, String architecture) {}

    /** What is not known is the empty text. */
    public record Kind(String group, String stream, String architecture, String version, MachineState state) {}

    public record PinOf(String pin, String architecture) {}

    /**
     * @param target null: there is none
     * @param behindSince since when a machine has been behind; null: none is
     * @param heldBackSince since when the pin has kept machines from a newer release; null: it does not
     */
    public record PinFigures(String target, int machines, int current, Instant behindSince, Instant heldBackSince) {}

    public FleetFigures {
        machines = Map.copyOf(machines);
        pins = Map.copyOf(pins);
        quarantined = Map.copyOf(quarantined);
        oldestOffers = Map.copyOf(oldestOffers);
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
        Map<Scope, Instant> oldestOffers = new HashMap<>();
        picture.standings().stream()
                .filter(s -> s.state() == MachineState.Offered && s.booted() != null)
                .forEach(s -> {
                    MachineView.Evidence said = s.machine().evidence();
                    said.lastOffer()
                            .ifPresent(offer -> oldestOffers.merge(
                                    new Scope(said.stream(), said.architecture()),
                                    offer.at(),
                                    (a, b) -> a.isBefore(b) ? a : b));
                });
        Map<PinOf, PinFigures> pins = new HashMap<>();
        picture.pins()
                .forEach((pin, status) -> status.architectures()
                        .forEach(a -> pins.put(
                                new PinOf(pin, Objects.toString(a.architecture(), "")),
                                new PinFigures(
                                        a.target(), a.machines(), a.current(), a.behindSince(), a.heldBackSince()))));
        return new FleetFigures(machines, pins, picture.quarantined(), oldestOffers);
    }
}
