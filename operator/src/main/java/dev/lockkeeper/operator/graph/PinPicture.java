package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.metadata.Release;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.RollHealth;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.operator.graph.MachinePicture.Standing;
import dev.lockkeeper.operator.graph.PinStatus.OfArchitecture;
import dev.lockkeeper.operator.lock.GroupStatus.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Decides what a StreamPin's status tells: targets per architecture, how its machines stand, and what a person should know. */
final class PinPicture {

    static final String READY = "Ready";
    static final String UP_TO_DATE = "UpToDate";
    static final String PROGRESSING = "Progressing";
    static final String DEGRADED = "Degraded";
    static final String HELD_BACK = "HeldBack";
    static final String WRONG_STREAM = "WrongStream";

    private static final int NAMED = 3;
    private final GraphState state;
    private final Collection<Standing> fleet;
    private final Instant now;

    PinPicture(GraphState state, Collection<Standing> fleet, Instant now) {
        this.state = state;
        this.fleet = fleet;
        this.now = now;
    }

    /** @param before what its last status told, by architecture */
    PinStatus of(PinView pin, Map<String, PinStatus.Since> before) {
        List<Standing> own = fleet.stream().filter(s -> pin.equals(s.pin())).toList();
        GraphView graph = state.policies().graph(pin).orElse(null);
        StreamGraphs stream =
                graph == null ? null : state.stream(graph, pin.stream()).orElse(null);
        Map<String, GraphNode> targets = targets(pin, graph, stream);
        Map<String, GraphNode> newer = newerThanItsCeiling(pin, stream, targets);
        List<OfArchitecture> architectures = architectures(pin, stream, own, targets, newer.keySet(), before);
        int behind = architectures.stream().mapToInt(OfArchitecture::behind).sum();
        return new PinStatus(
                pin.generation(),
                summary(targets),
                own.size(),
                behind,
                architectures,
                List.of(
                        ready(pin, graph, stream),
                        upToDate(own, behind, targets, architectures),
                        progressing(own),
                        degraded(pin, own, graph, stream, architectures),
                        heldBack(architectures, newer),
                        wrongStream(pin)));
    }

    private Map<String, GraphNode> targets(PinView pin, GraphView graph, StreamGraphs stream) {
        Map<String, GraphNode> targets = new TreeMap<>();
        if (stream != null) {
            for (String architecture : graph.architectures()) {
                Target.of(state, stream, newestScope(stream, architecture), pin, now)
                        .ifPresent(target -> targets.put(architecture, target));
            }
        }
        return targets;
    }

    /** Releases of today are images; a stream that has only commits is asked for those. */
    private static Graph newestScope(StreamGraphs stream, String architecture) {
        Graph images = stream.of(architecture, Scheme.OCI).graph();
        return images.nodes().isEmpty()
                ? stream.of(architecture, Scheme.CHECKSUM).graph()
                : images;
    }

    private List<OfArchitecture> architectures(
            PinView pin,
            StreamGraphs stream,
            List<Standing> own,
            Map<String, GraphNode> targets,
            Set<String> heldBack,
            Map<String, PinStatus.Since> before) {
        Set<String> names = new HashSet<>(targets.keySet());
        own.forEach(s -> names.add(architecture(s)));
        List<OfArchitecture> all = new ArrayList<>();
        for (String name :
                names.stream().filter(Architectures::isKnown).sorted().toList()) {
            List<Standing> here =
                    own.stream().filter(s -> architecture(s).equals(name)).toList();
            int behind = (int) here.stream().filter(Standing::isBehind).count();
            int current = (int) here.stream()
                    .filter(s -> s.target() != null && s.booted() != null && !s.isBehind() && !s.isAhead())
                    .count();
            GraphNode target = targets.get(name);
            GraphNode goal = stream == null
                    ? null
                    : Target.ifNothingWereWithheld(stream, newestScope(stream, name), pin, now)
                            .orElse(null);
            PinStatus.Since last = before.getOrDefault(name, PinStatus.Since.NOTHING);
            PinRoll roll = new PinRoll(state, pin.stream(), name, here, target, goal);
            PinStatus.Roll told = roll.of(last, now);
            all.add(new OfArchitecture(
                    name,
                    target == null ? null : target.version(),
                    roll.summary(told.health()),
                    here.size(),
                    current,
                    behind,
                    here.size() - current - behind,
                    PinRoll.states(here),
                    told,
                    behind == 0 ? null : since(last.behind()),
                    heldBack.contains(name) && !here.isEmpty() ? since(last.heldBack()) : null));
        }
        return all;
    }

    private Instant since(Instant before) {
        return before == null ? now : before;
    }

    private static String architecture(Standing standing) {
        String said = standing.machine().evidence().architecture();
        String known = standing.node() == null ? null : Architectures.of(standing.node());
        return said != null ? said : known != null ? known : "";
    }

    private static String summary(Map<String, GraphNode> targets) {
        Map<String, List<String>> byVersion = new LinkedHashMap<>();
        targets.forEach((architecture, target) -> byVersion
                .computeIfAbsent(target.version(), _ -> new ArrayList<>())
                .add(architecture));
        if (byVersion.size() == 1) {
            return byVersion.keySet().iterator().next();
        }
        List<String> parts = new ArrayList<>();
        byVersion.forEach(
                (version, architectures) -> parts.add(version + " (" + String.join(", ", architectures) + ")"));
        return String.join("; ", parts);
    }

    // ---- conditions

    private Condition ready(PinView pin, GraphView graph, StreamGraphs stream) {
        Optional<String> noGraph = state.policies().noGraph(pin);
        if (noGraph.isPresent()) {
            return new Condition(READY, false, "NoGraph", noGraph.get() + " Its machines are offered nothing.");
        }
        if (!graph.streams().contains(pin.stream())) {
            return new Condition(
                    READY,
                    false,
                    "UnknownStream",
                    "UpdateGraph '" + graph.name() + "' has no stream '" + pin.stream() + "': it has "
                            + String.join(", ", graph.streams()) + ".");
        }
        return stream == null
                ? new Condition(
                        READY,
                        false,
                        "NotLoaded",
                        "The releases of stream '" + pin.stream() + "' were not loaded yet: see kubectl describe ug "
                                + graph.name() + ".")
                : new Condition(
                        READY, true, "Serving", "Its machines are served from UpdateGraph '" + graph.name() + "'.");
    }

    private static Condition upToDate(
            List<Standing> own, int behind, Map<String, GraphNode> targets, List<OfArchitecture> architectures) {
        if (targets.isEmpty()) {
            return new Condition(UP_TO_DATE, false, "NoTarget", "There is no release that its machines should run.");
        }
        if (behind > 0) {
            return new Condition(
                    UP_TO_DATE,
                    false,
                    "MachinesBehind",
                    names(own.stream().filter(Standing::isBehind).toList()) + (behind == 1 ? " runs" : " run")
                            + " an older release than the target.");
        }
        long unknown = own.stream().filter(s -> s.booted() == null).count();
        List<String> withheld = with(RollHealth.Quarantined, architectures);
        if (unknown == 0 && !withheld.isEmpty()) {
            return new Condition(
                    UP_TO_DATE,
                    false,
                    "ReleaseWithheld",
                    "Its release is withheld from " + String.join(", ", withheld) + ": no machine is let to it there.");
        }
        return unknown > 0
                ? new Condition(
                        UP_TO_DATE,
                        false,
                        "MachinesUnknown",
                        "Of "
                                + names(own.stream()
                                        .filter(s -> s.booted() == null)
                                        .toList()) + " it is not known what they run.")
                : new Condition(UP_TO_DATE, true, "AsPinned", "No machine is behind the target.");
    }

    private static List<String> with(RollHealth health, List<OfArchitecture> architectures) {
        return architectures.stream()
                .filter(a -> a.roll().health() == health)
                .map(OfArchitecture::architecture)
                .toList();
    }

    private static Condition progressing(List<Standing> own) {
        List<Standing> moving =
                own.stream().filter(s -> PinRoll.ON_ITS_WAY.contains(s.state())).toList();
        return moving.isEmpty()
                ? new Condition(PROGRESSING, false, "Idle", "No machine is on its way.")
                : new Condition(PROGRESSING, true, "Rolling", "On their way: " + names(moving) + ".");
    }

    private Condition degraded(
            PinView pin, List<Standing> own, GraphView graph, StreamGraphs stream, List<OfArchitecture> architectures) {
        Problems problems = new Problems();
        Set<String> stalled = new LinkedHashSet<>();
        for (OfArchitecture a : architectures) {
            switch (a.roll().health()) {
                case Quarantined -> problems.add("ReleaseWithheld", a.roll().reason());
                case Suspect -> problems.add("ReleaseSuspect", a.roll().reason());
                case Stalled -> stalled.add(a.roll().reason());
                case Healthy, Rolling -> {}
            }
        }
        if (stream != null && pin.pin().version() != null) {
            version(pin, own, graph, stream, problems);
        }
        List<Standing> ahead = own.stream()
                .filter(s -> s.isAhead() && s.state() != MachineState.Failed)
                .toList();
        if (!ahead.isEmpty()) {
            problems.add(
                    "MachinesAhead",
                    names(ahead) + (ahead.size() == 1 ? " runs" : " run")
                            + " a newer release than the target: no update leads back, so they stay.");
        }
        overlap(pin, own, problems);
        List<Standing> withdrawn = own.stream()
                .filter(s -> s.state() == MachineState.StagedWithdrawn)
                .toList();
        if (!withdrawn.isEmpty()) {
            problems.add(
                    "StagedWithdrawn",
                    names(withdrawn)
                            + " may have staged a release that was withdrawn, and must not reboot: see kubectl describe fm "
                            + withdrawn.getFirst().machine().name() + ".");
        }
        List<Standing> failed =
                own.stream().filter(s -> s.state() == MachineState.Failed).toList();
        if (!failed.isEmpty()) {
            problems.add("MachineFailed", names(failed) + " failed after a reboot.");
        }
        withheldBarriers(own, problems);
        stalled.forEach(why -> problems.add("RollStalled", why));
        if (own.isEmpty()) {
            problems.add("SelectsNothing", "It is for no machine: check nodeSelector, groups, stream and priority.");
        }
        return problems.condition();
    }

    /** The sentences of all that is wrong; the first one's reason stands for them. */
    private static final class Problems {

        private final List<String> sentences = new ArrayList<>();
        private String reason;

        void add(String why, String sentence) {
            reason = reason == null ? why : reason;
            sentences.add(sentence);
        }

        Condition condition() {
            return reason == null
                    ? new Condition(DEGRADED, false, "AsExpected", "Nothing is in the way.")
                    : new Condition(DEGRADED, true, reason, String.join(" ", sentences));
        }
    }

    private static void version(
            PinView pin, List<Standing> own, GraphView graph, StreamGraphs stream, Problems problems) {
        String version = pin.pin().version();
        Optional<Release> release = stream.data().metadata().index().releases().stream()
                .filter(r -> r.version().equals(version))
                .findFirst();
        if (release.isEmpty()) {
            problems.add(
                    "VersionNotFound",
                    "Release " + version + " does not exist in stream '" + pin.stream() + "' of UpdateGraph '"
                            + graph.name() + "': its machines are offered nothing.");
            return;
        }
        Set<String> there = new HashSet<>(release.get().architectures(Scheme.OCI));
        there.addAll(release.get().architectures(Scheme.CHECKSUM));
        List<String> lacking = graph.architectures().stream()
                .filter(a -> !there.contains(a))
                .filter(a -> own.stream().anyMatch(s -> architecture(s).equals(a)))
                .sorted()
                .toList();
        if (!lacking.isEmpty()) {
            problems.add(
                    "ArchitectureMissing",
                    "Release " + version + " was not made for " + String.join(", ", lacking)
                            + ": machines of it are offered nothing.");
        }
    }

    private void overlap(PinView pin, List<Standing> own, Problems problems) {
        List<Standing> contested = new ArrayList<>();
        Set<String> rivals = new HashSet<>();
        for (PinView other : state.policies().pins()) {
            if (other.equals(pin)
                    || other.priority() != pin.priority()
                    || !other.stream().equals(pin.stream())) {
                continue;
            }
            fleet.stream()
                    .filter(s -> s.machine().evidence().stream() != null
                            && pin.selects(s.node(), s.agentGroup())
                            && other.selects(s.node(), s.agentGroup())
                            && (pin.equals(s.pin()) || other.equals(s.pin())))
                    .forEach(s -> {
                        contested.add(s);
                        rivals.add(other.name());
                    });
        }
        if (!contested.isEmpty()) {
            problems.add(
                    "Overlapping",
                    names(contested) + (contested.size() == 1 ? " is" : " are") + " selected by "
                            + String.join(", ", rivals.stream().sorted().toList())
                            + " too, with the same priority: the older pin wins. Give one a higher priority.");
        }
    }

    private void withheldBarriers(List<Standing> own, Problems problems) {
        Map<String, List<Standing>> behind = new TreeMap<>();
        for (Standing s : own) {
            if (s.isBehind()) {
                barrier(s)
                        .ifPresent(b -> behind.computeIfAbsent(b, _ -> new ArrayList<>())
                                .add(s));
            }
        }
        behind.forEach((barrier, machines) -> problems.add(
                "BarrierWithheld",
                names(machines) + " must pass the barrier " + barrier + ", which is withheld there."));
    }

    /** The barrier that is next for the machine, if it is withheld from its architecture. */
    private Optional<String> barrier(Standing s) {
        Scopes found = scope(s);
        if (found == null) {
            return Optional.empty();
        }
        Map<String, String> withheld = state.policies()
                .withheld(found.graph().scope().stream(), found.graph().scope().architecture());
        return found.graph().nodes().stream()
                .filter(node -> node.isBarrier()
                        && node.ageIndex() > s.booted().ageIndex()
                        && node.ageIndex() < s.target().ageIndex())
                .findFirst()
                .map(GraphNode::version)
                .filter(withheld::containsKey);
    }

    private record Scopes(Graph graph) {}

    private Scopes scope(Standing s) {
        var scope = Withdrawal.scope(s.machine().evidence());
        return scope != null && Served.of(state, s.pin(), scope) instanceof Served.Found found
                ? new Scopes(found.scope().graph())
                : null;
    }

    /** By architecture, the newest release that the pin's ceiling keeps its machines from. */
    private Map<String, GraphNode> newerThanItsCeiling(
            PinView pin, StreamGraphs stream, Map<String, GraphNode> targets) {
        Map<String, GraphNode> newer = new TreeMap<>();
        boolean ceiling = pin.pin().version() != null || pin.pin().maxFedoraMajor() != null;
        if (stream != null && ceiling) {
            targets.forEach((architecture, target) -> Target.withoutCeiling(
                            state, stream, newestScope(stream, architecture), pin, now)
                    .filter(free -> free.ageIndex() > target.ageIndex())
                    .ifPresent(free -> newer.put(architecture, free)));
        }
        return newer;
    }

    private static Condition heldBack(List<OfArchitecture> architectures, Map<String, GraphNode> newest) {
        Map<String, List<String>> newer = new TreeMap<>();
        architectures.stream()
                .filter(a -> a.heldBackSince() != null)
                .forEach(a -> newer.computeIfAbsent(newest.get(a.architecture()).version(), _ -> new ArrayList<>())
                        .add(a.architecture() + " at " + a.target()));
        if (newer.isEmpty()) {
            return new Condition(HELD_BACK, false, "NothingNewer", "It keeps no machine from a newer release.");
        }
        List<String> sentences = new ArrayList<>();
        newer.forEach((version, held) ->
                sentences.add("Release " + version + " is out, and the pin keeps " + String.join(", ", held) + "."));
        return new Condition(HELD_BACK, true, "Pinned", String.join(" ", sentences));
    }

    private Condition wrongStream(PinView pin) {
        List<Standing> wrong = pin.nodeSelector() == null
                ? List.of()
                : fleet.stream()
                        .filter(s -> s.node() != null
                                && s.machine().evidence().stream() != null
                                && !s.machine().evidence().stream().equals(pin.stream())
                                && pin.selects(s.node(), s.agentGroup()))
                        .toList();
        return wrong.isEmpty()
                ? new Condition(WRONG_STREAM, false, "AsPinned", "No selected node is on another stream.")
                : new Condition(
                        WRONG_STREAM,
                        true,
                        "OtherStream",
                        names(wrong) + (wrong.size() == 1 ? " follows" : " follow")
                                + " another stream, and the pin does not reach there. To move a machine, run on it: "
                                + "systemctl stop zincati && rpm-ostree rebase ostree-image-signed:docker://quay.io/fedora/fedora-coreos:"
                                + pin.stream() + " && systemctl reboot");
    }

    private static String names(Collection<Standing> machines) {
        return Sentences.some(
                machines.stream().map(s -> s.machine().name()).sorted().toList(), NAMED, ", ");
    }
}
