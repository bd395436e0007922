package dev.lockkeeper.operator.graph;

import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.operator.graph.ReleaseView.OfArchitecture;
import dev.lockkeeper.operator.graph.ReleaseView.Status;
import dev.lockkeeper.operator.graph.ReleaseView.Tally;
import dev.lockkeeper.operator.health.ReleaseHealth;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Decides what a FleetRelease's status tells: from the fleet as it stands, from what machines came back with, and from people's word. */
final class ReleasePicture {

    /** As the schema has it: what is stored must compare equal to what is told. */
    private static final int LONGEST = 1024;

    private ReleasePicture() {}

    /**
     * What is known of a release besides what its machines came back with.
     *
     * @param firstSeen null: it was there before this fleet's first look
     * @param rolloutCompleted null: not seen to be complete
     * @param machines by architecture
     */
    record Facts(Instant firstSeen, Instant rolloutCompleted, Map<String, Tally> machines, int failureThreshold) {

        Facts {
            machines = Map.copyOf(machines);
        }
    }

    /** The whole status, from the fleet as it stands now. */
    static Status of(ReleaseView release, Facts facts, Instant now) {
        Map<String, OfArchitecture> architectures = new TreeMap<>();
        release.status().architectures().forEach((name, before) -> {
            if (!before.health().equals(ReleaseHealth.NONE)) {
                architectures.put(
                        name, judged(release, name, Tally.NONE, before.health(), facts.failureThreshold(), now));
            }
        });
        facts.machines()
                .forEach((name, tally) -> architectures.put(
                        name,
                        judged(release, name, tally, release.status().health(name), facts.failureThreshold(), now)));
        return status(release, facts.firstSeen(), facts.rolloutCompleted(), architectures);
    }

    /** With one more verdict; all else as it was told last. */
    static Status with(
            ReleaseView release, String architecture, ReleaseHealth.Proof proof, int failureThreshold, Instant now) {
        Status before = release.status();
        Map<String, OfArchitecture> architectures = new TreeMap<>(before.architectures());
        OfArchitecture known = before.architectures().get(architecture);
        ReleaseHealth health = before.health(architecture).with(proof);
        architectures.put(
                architecture,
                judged(
                        release,
                        architecture,
                        known == null ? Tally.NONE : known.machines(),
                        health,
                        failureThreshold,
                        now));
        return status(release, before.firstSeen(), before.rolloutCompleted(), architectures);
    }

    private static OfArchitecture judged(
            ReleaseView release,
            String architecture,
            Tally machines,
            ReleaseHealth before,
            int failureThreshold,
            Instant now) {
        boolean accepted = release.accepted(architecture).isPresent();
        ReleaseHealth health = before.judged(accepted, failureThreshold, now);
        return new OfArchitecture(
                machines,
                health.state(
                        release.blocked(architecture).isPresent(),
                        accepted,
                        machines.running() + machines.updated(),
                        machines.offered()),
                health);
    }

    private static Status status(
            ReleaseView release,
            Instant firstSeen,
            Instant rolloutCompleted,
            Map<String, OfArchitecture> architectures) {
        return new Status(
                release.generation(), summary(release, architectures), firstSeen, rolloutCompleted, architectures);
    }

    /** What it is withheld from and why; null: nothing. */
    private static String summary(ReleaseView release, Map<String, OfArchitecture> architectures) {
        List<String> parts = new ArrayList<>();
        release.blocks()
                .forEach(block -> parts.add((block.architectures().isEmpty()
                                ? "all"
                                : String.join(
                                        ", ",
                                        block.architectures().stream().sorted().toList()))
                        + ": " + block.reason()));
        architectures.forEach((name, told) -> {
            if (release.blocked(name).isEmpty() && told.health().quarantinedSince() != null) {
                parts.add(name + ": " + ReleaseView.quarantine(told.health()));
            }
        });
        return parts.isEmpty() ? null : Sentences.cut(String.join("; ", parts), LONGEST);
    }
}
