package dev.lockkeeper.operator.graph;

import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.health.ReleaseHealth;
import dev.lockkeeper.operator.health.Update;
import dev.lockkeeper.operator.lock.Events;
import dev.lockkeeper.operator.lock.Verdicts;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Keeps what became of updates: in the record of the machine, and as evidence in that of the release, where enough failures withhold it
 * from the machine's architecture.
 *
 * <ol>
 *   <li>The machine's record is written first, by the token of the holding.
 *   <li>The release's record follows: evidence and quarantine in one compare-and-swap.
 * </ol>
 *
 * <p>Each step changes nothing where it was done before, so a verdict that a crash cut off is recorded by being recorded again.
 */
public final class VerdictBook implements Verdicts {

    /** What is told outside this room. */
    public interface Outside {
        /** A verdict is new. For metrics; what is not known is null. */
        void judged(String pin, String architecture, Verdict verdict);

        /** A step that a crash test may stop at. */
        void crashPoint(String step);
    }

    private final Supplier<GraphState> states;
    private final Machines machines;
    private final FleetStore store;
    private final Events events;
    private final Outside outside;
    private final Clock clock;

    public VerdictBook(
            Supplier<GraphState> states,
            Machines machines,
            FleetStore store,
            Events events,
            Outside outside,
            Clock clock) {
        this.states = states;
        this.machines = machines;
        this.store = store;
        this.events = events;
        this.outside = outside;
        this.clock = clock;
    }

    /** Which release an update is about. */
    private record Subject(String stream, String version, String architecture) {

        String name() {
            return FleetRelease.nameOf(stream, version);
        }
    }

    @Override
    public boolean record(Machine who, Update judged) throws StoreException {
        // All times in the records of the fleet are by the clock that decisions about releases are made at.
        Update update = judged.at(clock.instant());
        Machines.Recorded recorded = machines.record(nameOf(who), update);
        outside.crashPoint("BETWEEN_RECORDS");
        MachineView machine = recorded.machine();
        Optional<Subject> subject = subject(who, machine, update);
        ReleaseView release = subject.isPresent() ? recordOfRelease(subject.get(), machine, update) : null;
        String architecture =
                subject.map(Subject::architecture).orElse(machine.evidence().architecture());
        if (recorded.before() == null || recorded.before().verdict() != update.verdict()) {
            outside.judged(machine.picture().pin(), architecture, update.verdict());
        }
        events.judged(
                who.node() == null ? null : who.node().ref(),
                who.group(),
                update.token() + " " + update.verdict() + (update.counts() ? " counts" : ""),
                machine.name() + " is judged " + update.verdict()
                        + (update.release() == null ? "" : " on " + update.release()) + ": " + update.why() + "."
                        + (release == null || !update.counts() ? "" : consequence(release, architecture)));
        return release != null
                && update.counts()
                && release.withheld(architecture).isPresent();
    }

    private static String consequence(ReleaseView release, String architecture) {
        return release.accepted(architecture)
                .filter(_ -> release.blocked(architecture).isEmpty())
                .map(word -> " It does not count against the release on " + architecture + ", which a person accepted: "
                        + word + ".")
                .orElse(" It counts against the release on " + architecture + ".");
    }

    private ReleaseView recordOfRelease(Subject subject, MachineView machine, Update update) throws StoreException {
        ReleaseHealth.Proof proof =
                new ReleaseHealth.Proof(update.token(), machine.name(), update.verdict(), update.counts(), update.at());
        int threshold = states.get().policies().failureThreshold(subject.stream());
        ReleaseView stored = change(
                subject.name(),
                (release, now) -> ReleasePicture.with(release, subject.architecture(), proof, threshold, now));
        if (stored.isQuarantined(subject.architecture())) {
            // Told again after a crash that came in between; people see it once.
            tell(stored, subject.architecture());
        }
        return stored;
    }

    /**
     * Changes what is told of a release, by compare-and-swap; the first change makes the record. People are told of each quarantine that
     * begins by that. Blocks.
     *
     * @throws StoreException if it cannot be stored: then it is not known whether it was
     */
    ReleaseView change(String name, BiFunction<ReleaseView, Instant, ReleaseView.Status> change) throws StoreException {
        Instant now = clock.instant();
        List<String> begun = new ArrayList<>();
        ReleaseView stored = store.change(name, release -> {
            ReleaseView.Status next = change.apply(release, now);
            begun.clear();
            next.architectures().forEach((architecture, told) -> {
                if (told.health().quarantinedSince() != null
                        && release.status().health(architecture).quarantinedSince() == null) {
                    begun.add(architecture);
                }
            });
            return next;
        });
        for (String architecture : begun) {
            tell(stored, architecture);
        }
        return stored;
    }

    private void tell(ReleaseView release, String architecture) throws StoreException {
        events.quarantined(
                release.name(),
                release.uid(),
                architecture + " " + release.status().health(architecture).quarantinedSince(),
                release.version() + " is withheld from " + architecture + ": "
                        + release.withheld(architecture).orElse("") + ". To let it through all the same, set "
                        + "spec.accept of FleetRelease " + release.name() + ".");
    }

    @Override
    public void recovered(Machine who, Parked parked) throws StoreException {
        MachineView machine = machines.read(nameOf(who)).orElse(null);
        Update update = machine == null ? null : machine.update(parked.token()).orElse(null);
        String runs = who.node() == null ? null : who.node().version();
        if (update != null && update.isFailure() && runs != null && runs.equals(update.release())) {
            record(
                    who,
                    update.settled(
                            Verdict.Updated,
                            false,
                            runs,
                            clock.instant(),
                            "it is Ready on " + runs + ", later than it should have been"));
        }
    }

    @Override
    public Optional<Boolean> isWithheld(Machine who, Parked parked) {
        MachineView machine = machines.named(nameOf(who)).orElse(null);
        Update update = machine == null ? null : machine.update(parked.token()).orElse(null);
        Policies policies = states.get().policies();
        if (update == null || !policies.readAt().isAfter(parked.since())) {
            return Optional.empty();
        }
        return Optional.of(update.counts()
                && subject(who, machine, update)
                        .filter(s ->
                                policies.withheld(s.stream(), s.architecture()).containsKey(s.version()))
                        .isPresent());
    }

    private static String nameOf(Machine who) {
        return who.node() == null ? Identity.nameOf(who.id()) : who.node().name();
    }

    /** Empty where it is not known which release it was, or on which architecture; one that no graph has can be withheld from nobody. */
    private Optional<Subject> subject(Machine who, MachineView machine, Update update) {
        String ofNode = who.node() == null ? null : Architectures.of(who.node());
        String architecture = ofNode == null ? machine.evidence().architecture() : ofNode;
        String stream = Objects.requireNonNullElse(
                machine.evidence().stream(), Objects.requireNonNullElse(Withdrawal.streamOf(update.release()), ""));
        if (update.release() == null
                || architecture == null
                || !FleetRelease.isName(FleetRelease.nameOf(stream, update.release()))
                || !states.get().hasRelease(stream, update.release())) {
            return Optional.empty();
        }
        return Optional.of(new Subject(stream, update.release(), architecture));
    }
}
