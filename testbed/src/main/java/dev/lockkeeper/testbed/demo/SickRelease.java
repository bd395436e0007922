package dev.lockkeeper.testbed.demo;

import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.PinnedArchitecture;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The demo's second part: a release that comes back sick on one architecture is taken back there, while the other architectures of the
 * same group go on; a newer one heals all.
 */
final class SickRelease {

    static final String SICK = "44.20260721.3.1";
    static final String HEALED = "44.20260804.3.1";
    static final String PIN = "workers";

    private static final String GROUP = "workers";
    private static final Architecture SICK_ON = Architecture.AARCH64;
    private static final Duration LIMIT = Duration.ofSeconds(100);

    private final KubernetesClient admin;
    private final List<SimulatedMachine> workers;
    private final Map<String, String> architectures;
    private final Journal journal;
    private final Screen screen;
    private final Consumer<String> publish;
    private final Set<String> cured = new HashSet<>();

    /**
     * @param architectures of the machines by name, as Fedora CoreOS calls them
     * @param publish lets one more release out
     */
    SickRelease(
            KubernetesClient admin,
            List<SimulatedMachine> workers,
            Map<String, String> architectures,
            Journal journal,
            Screen screen,
            Consumer<String> publish) {
        this.admin = admin;
        this.workers = workers;
        this.architectures = architectures;
        this.journal = journal;
        this.screen = screen;
        this.publish = publish;
    }

    /** @return whether all went as promised, by the demo's own look */
    boolean run() throws InterruptedException {
        Instant begin = Instant.now();
        admin.resources(RebootGroup.class)
                .withName(GROUP)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"slots\":1,\"verify\":{\"timeout\":\"5s\"}}}");
        List<SimulatedMachine> sick =
                workers.stream().filter(this::isOnSickArchitecture).toList();
        List<SimulatedMachine> others =
                workers.stream().filter(m -> !sick.contains(m)).toList();
        sick.forEach(m -> m.inject(new Fault.EachBootOf(SICK, new Fault.ComesBackNotReady())));
        Demo.say("");
        Demo.say("Now release " + SICK + " is published. Whatever boots it on " + SICK_ON.coreosName()
                + " comes back NotReady. The nine workers of four architectures share one slot.");
        publish.accept(SICK);
        boolean stopped = watchUntil(
                () -> others.stream().allMatch(m -> m.version().equals(SICK))
                        && sick.stream()
                                .allMatch(m -> stands(m, s -> s == MachineState.Failed || s == MachineState.Current)),
                sick);
        Demo.say("");
        Demo.say("How the pin of the workers tells it (kubectl get pin " + PIN + "):");
        tell();
        List<String> booted = bootedSick();
        Instant verdict = Instant.now();

        Demo.say("");
        Demo.say("Release " + HEALED + " is published, which is good everywhere.");
        publish.accept(HEALED);
        boolean healed = watchUntil(
                () -> workers.stream()
                        .allMatch(m -> m.version().equals(HEALED) && stands(m, s -> s == MachineState.Current)),
                sick);
        Demo.say("");
        tell();
        Demo.say("");
        Demo.say("Summary, by the demo's own log of boots:");
        boolean good = Demo.check(
                booted.size() == 1,
                booted.size() + " of " + sick.size() + " machines of " + SICK_ON.coreosName() + " ever booted " + SICK
                        + " (allowed: failureThreshold + slots - 1 = 1): " + String.join(", ", booted));
        good &= Demo.check(
                bootsOf(SICK).noneMatch(b -> b.at().isAfter(verdict)), "nobody booted it after it was withheld");
        good &= Demo.check(
                stopped
                        && others.stream()
                                .allMatch(m ->
                                        bootsOf(SICK).anyMatch(b -> b.machine().equals(m.name()))),
                "all " + others.size() + " workers of the other architectures got it meanwhile");
        good &= Demo.check(
                healed,
                workers.stream().filter(m -> m.version().equals(HEALED)).count() + " of " + workers.size()
                        + " workers end on " + HEALED + ", the one that had failed included");
        good &= Demo.check(parked() == 0, "nobody is parked any more");
        Demo.say((good ? "All as promised" : "NOT as promised") + ", in "
                + Duration.between(begin, Instant.now()).toSeconds() + " s.");
        return good;
    }

    private boolean isOnSickArchitecture(SimulatedMachine machine) {
        return SICK_ON.coreosName().equals(architectures.get(machine.name()));
    }

    /** A person does what the record of a machine says that has staged the release: its agent is started anew. */
    private boolean watchUntil(BooleanSupplier done, List<SimulatedMachine> sick) throws InterruptedException {
        Instant end = Instant.now().plus(LIMIT);
        while (!done.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                return false;
            }
            screen.draw(Instant.now());
            for (SimulatedMachine machine : sick) {
                if (!cured.contains(machine.name()) && stands(machine, s -> s == MachineState.StagedWithdrawn)) {
                    cured.add(machine.name());
                    screen.note(machine.name() + " had staged it and is refused: "
                            + record(machine).getStatus().getMessage());
                    machine.restartAgent();
                    screen.note("A person does so.");
                }
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        screen.draw(Instant.now());
        return true;
    }

    private FleetMachine record(SimulatedMachine machine) {
        return admin.resources(FleetMachine.class).withName(machine.name()).get();
    }

    private boolean stands(SimulatedMachine machine, Predicate<MachineState> how) {
        FleetMachine record = record(machine);
        return record != null
                && record.getStatus() != null
                && record.getStatus().getState() != null
                && how.test(record.getStatus().getState());
    }

    private void tell() {
        StreamPin pin = admin.resources(StreamPin.class).withName(PIN).get();
        for (PinnedArchitecture a : pin.getStatus().getArchitectures()) {
            Demo.say("  %-8s %-16s target %-16s %s"
                    .formatted(
                            a.getArchitecture(),
                            a.getSummary(),
                            a.getTarget(),
                            a.getReason() == null ? "" : a.getReason())
                    .stripTrailing());
        }
    }

    private Stream<Journal.Boot> bootsOf(String version) {
        return journal.entries(Journal.Boot.class).stream()
                .filter(b -> b.toVersion().equals(version));
    }

    private List<String> bootedSick() {
        return bootsOf(SICK)
                .map(Journal.Boot::machine)
                .filter(m -> SICK_ON.coreosName().equals(architectures.get(m)))
                .distinct()
                .sorted()
                .toList();
    }

    private int parked() {
        RebootGroup group = admin.resources(RebootGroup.class).withName(GROUP).get();
        return group.getStatus().getFailed() == null
                ? 0
                : group.getStatus().getFailed().size();
    }
}
