package dev.lockkeeper.operator.graph;

import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.operator.health.ReleaseHealth;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One FleetRelease as the operator understands it.
 *
 * @param blocks what people withhold it from
 * @param accepts what people let it through on, whatever its machines came back with
 * @param uid null: there is none yet
 * @param resourceVersion of the object that this was read from
 * @param status as it is stored
 */
public record ReleaseView(
        String name,
        String uid,
        String resourceVersion,
        long generation,
        String stream,
        String version,
        List<Word> blocks,
        List<Word> accepts,
        Status status) {

    private static final int NAMED = 3;

    /**
     * A person's word on a release.
     *
     * @param architectures by Fedora's names; empty: all
     */
    public record Word(Set<String> architectures, String reason) {

        public Word {
            architectures = Set.copyOf(architectures);
        }

        private boolean isFor(String architecture) {
            return architectures.isEmpty() || architectures.contains(architecture);
        }
    }

    /**
     * What the leader tells of it.
     *
     * @param summary what it is withheld from; null: nothing
     * @param firstSeen null: it was there before this fleet's first look
     * @param rolloutCompleted null: not seen to be complete
     */
    public record Status(
            long observedGeneration,
            String summary,
            Instant firstSeen,
            Instant rolloutCompleted,
            Map<String, OfArchitecture> architectures) {

        public static final Status NONE = new Status(0, null, null, null, Map.of());

        public Status {
            architectures = Map.copyOf(architectures);
        }

        /** What its machines of the architecture came back with. */
        public ReleaseHealth health(String architecture) {
            OfArchitecture told = architectures.get(architecture);
            return told == null ? ReleaseHealth.NONE : told.health();
        }
    }

    /** How it does on one architecture. */
    public record OfArchitecture(Tally machines, ReleaseState state, ReleaseHealth health) {}

    /**
     * How many machines have to do with it.
     *
     * @param running how many run it
     * @param offered how many were told of it and do not run it
     * @param staged how many of those have asked for their reboot
     * @param updated how many came back healthy with it, whatever they run now
     */
    public record Tally(int running, int offered, int staged, int updated) {

        public static final Tally NONE = new Tally(0, 0, 0, 0);

        public Tally plus(Tally other) {
            return new Tally(
                    running + other.running, offered + other.offered, staged + other.staged, updated + other.updated);
        }
    }

    public ReleaseView {
        blocks = List.copyOf(blocks);
        accepts = List.copyOf(accepts);
    }

    /** What is not there yet. */
    public static ReleaseView absent(String name, String stream, String version) {
        return new ReleaseView(name, null, null, 0, stream, version, List.of(), List.of(), Status.NONE);
    }

    /** Whether people say something of it. */
    public boolean isSpokenOf() {
        return !blocks.isEmpty() || !accepts.isEmpty();
    }

    /** Why people withhold it from an architecture; empty if they do not. */
    public Optional<String> blocked(String architecture) {
        return word(blocks, architecture);
    }

    /** Why people let it through on an architecture; empty if they say nothing. */
    public Optional<String> accepted(String architecture) {
        return word(accepts, architecture);
    }

    private static Optional<String> word(List<Word> words, String architecture) {
        return words.stream()
                .filter(word -> word.isFor(architecture))
                .map(Word::reason)
                .findFirst();
    }

    /** Whether it is withheld from an architecture because updates to it failed there, and nobody has accepted that. */
    public boolean isQuarantined(String architecture) {
        return status.health(architecture).quarantinedSince() != null
                && accepted(architecture).isEmpty();
    }

    /** Why it is withheld from an architecture, by people or by what machines came back with; empty if it is not. */
    public Optional<String> withheld(String architecture) {
        return blocked(architecture)
                .or(() -> isQuarantined(architecture)
                        ? Optional.of(quarantine(status.health(architecture)))
                        : Optional.empty());
    }

    /** Why a release is quarantined, as a clause. */
    static String quarantine(ReleaseHealth health) {
        List<String> sick = health.evidence().stream()
                .filter(ReleaseHealth.Proof::isAgainst)
                .map(ReleaseHealth.Proof::machine)
                .distinct()
                .sorted()
                .toList();
        // A machine that recovered late lifts no quarantine.
        return sick.isEmpty()
                ? "quarantined, because machines failed on it"
                : "quarantined, because " + Sentences.some(sick, NAMED, ", ") + " failed on it";
    }
}
