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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Keeps what became of updates: in the record of the machine, and as evidence in that of the release, where enough failures withhold it
 * from the machine's architecture.
 *
 * <ol>
 *   <li>It is looked whether the verdict says more than what is recorded of the update: an old look undoes nothing.
 *   <li>The release's record is written first: evidence and quarantine in one compare-and-swap.
 *   <li>The machine's record follows, by the token of the holding. Until it does, the verdict or the open question is still there to be
 *       recorded again.
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
    private final Set<Subject> untold = ConcurrentHashMap.newKeySet();

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
        return record(who, read(who), judged.at(clock.instant()));
    }

    private MachineView read(Machine who) throws StoreException {
        String name = nameOf(who);
        return machines.read(name).orElseGet(() -> MachineView.absent(name));
    }

    private boolean record(Machine who, MachineView machine, Update update) throws StoreException {
        Update before = machine.update(update.token()).orElse(null);
        boolean stands = before != null && !before.saysTheSameAs(update) && !update.mayReplace(before);
        Update word = stands ? before : update;
        Subject subject = subject(who, machine, word);
        ReleaseView release = subject == null ? null : recordOfRelease(subject, machine, word);
        String architecture = subject == null ? null : subject.architecture();
        outside.crashPoint("BETWEEN_RECORDS");
        if (!stands) {
            Machines.Recorded recorded = machines.record(machine, update);
            if (recorded.before() == null || recorded.before().verdict() != update.verdict()) {
                outside.judged(machine.picture().pin(), architecture, update.verdict());
            }
            // At the group, SlotFreed says the same of what went well.
            boolean atGroup = update.isFailure() || who.node() == null;
            events.judged(
                    who.node() == null ? null : who.node().ref(),
                    atGroup ? who.group() : null,
                    update.token() + " " + update.verdict() + (update.counts() ? " counts" : ""),
                    machine.name() + " is judged " + update.verdict()
                            + (update.release() == null ? "" : " on " + update.release()) + ": " + update.why() + "."
                            + (release == null || !update.counts() ? "" : consequence(release, architecture)));
        }
        return release != null
                && word.counts()
                && release.withheld(architecture).isPresent();
    }

    /** What could not be told of a machine's last update when its slot was freed, its agent may have shown since. Blocks. */
    void settle(Machine who) throws StoreException {
        MachineView machine = read(who);
        Optional<Update> settled = machine.settled(clock.instant());
        if (settled.isPresent()) {
            record(who, machine, settled.get());
        }
    }

    private static String consequence(ReleaseView release, String architecture) {
        return release.accepted(architecture)
                .filter(_ -> release.blocked(architecture).isEmpty())
                .map(word -> " It does not count against the release on " + architecture + ", which a person accepted: "
                        + word + ".")
                .orElse(" It counts against the release on " + architecture + ".");
    }

    private ReleaseView recordOfRelease(Subject subject, MachineView machine, Update update) throws StoreException {
        ReleaseHealth.Proof proof = new ReleaseHealth.Proof(
                update.token(), machine.name(), update.verdict(), update.counts(), false, update.at());
        int threshold = states.get().policies().failureThreshold(subject.stream());
        AtomicBoolean repeated = new AtomicBoolean();
        ReleaseView stored = change(subject.name(), (release, now) -> {
            repeated.set(release.status().health(subject.architecture()).evidence().stream()
                    .anyMatch(p -> p.token().equals(proof.token())));
            return ReleasePicture.with(release, subject.architecture(), proof, threshold, now);
        });
        if (repeated.get() && stored.isQuarantined(subject.architecture())) {
            // A crash may have come before it was told; people see it once.
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
            try {
                tell(stored, architecture);
            } catch (StoreException e) {
                untold.add(new Subject(stored.stream(), stored.version(), architecture));
                throw e;
            }
        }
        return stored;
    }

    /** Tells of quarantines that could not be told of when they began. Blocks. */
    void tellLate() throws StoreException {
        for (Subject subject : untold) {
            Optional<ReleaseView> release = states.get().policies().release(subject.stream(), subject.version());
            if (release.isPresent() && release.get().isQuarantined(subject.architecture())) {
                tell(release.get(), subject.architecture());
            }
            untold.remove(subject);
        }
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
        MachineView machine = read(who);
        Update update = machine.update(parked.token()).orElse(null);
        String runs = who.node() == null ? null : who.node().version();
        if (update != null && update.isFailure() && runs != null && runs.equals(update.release())) {
            record(
                    who,
                    machine,
                    update.settled(
                            Verdict.Updated,
                            false,
                            runs,
                            clock.instant(),
                            "it is Ready on " + runs + ", later than it should have been"));
        }
    }

    @Override
    public Optional<Boolean> isWithheld(Machine who, Parked parked, Instant since) {
        MachineView machine = machines.named(nameOf(who)).orElse(null);
        Update update = machine == null ? null : machine.update(parked.token()).orElse(null);
        Policies policies = states.get().policies();
        if (update == null || !policies.readAt().isAfter(since)) {
            return Optional.empty();
        }
        try {
            Subject subject = subject(who, machine, update);
            return Optional.of(update.counts()
                    && subject != null
                    && policies.withheld(subject.stream(), subject.architecture())
                            .containsKey(subject.version()));
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    private static String nameOf(Machine who) {
        return who.node() == null ? Identity.nameOf(who.id()) : who.node().name();
    }

    /**
     * Null where it is not known which release it was, or on which architecture; one that no graph has can be withheld from nobody.
     *
     * @throws StoreException if that cannot be told yet
     */
    private Subject subject(Machine who, MachineView machine, Update update) throws StoreException {
        String ofNode = who.node() == null ? null : Architectures.of(who.node());
        String architecture = ofNode == null ? machine.evidence().architecture() : ofNode;
        if (update.release() == null || !Architectures.isKnown(architecture)) {
            return null;
        }
        GraphState state = states.get();
        // A machine that was rebased since says another stream than the release's.
        for (String stream : Stream.of(machine.evidence().stream(), Withdrawal.streamOf(update.release()))
                .filter(Objects::nonNull)
                .distinct()
                .toList()) {
            if (state.hasRelease(stream, update.release())
                    && FleetRelease.isName(FleetRelease.nameOf(stream, update.release()))) {
                return new Subject(stream, update.release(), architecture);
            }
            if (state.awaits(stream)) {
                throw new StoreException("the releases of stream '" + stream + "' were not loaded yet");
            }
        }
        return null;
    }
}
