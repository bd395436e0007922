package dev.lockkeeper.fleetlock.protocol;

/** A refusal: its kind for machines and a sentence for people, neither empty (FleetLock protocol, "Error"). */
public record Refusal(Kind kind, String value) implements Parsed {

    public Refusal {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("a refusal of kind " + kind + " needs a sentence");
        }
    }
}
