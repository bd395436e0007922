package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.operator.graph.MachinePicture.Standing;
import dev.lockkeeper.operator.graph.MachineView.Picture;
import dev.lockkeeper.operator.health.Update;
import dev.lockkeeper.operator.lock.Membership;
import dev.lockkeeper.operator.lock.NodeView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How the whole fleet stands at one moment: what the records of machines, pins and releases should say, which are missing, and which
 * are there without need. A function of what is known alone; writing it is others' work.
 *
 * @param standings of every machine, recorded or not
 * @param gone records of machines that are no more
 * @param pins by name
 * @param releases what should be told of each release that there is a record of, or should be; by the record's name
 * @param needless records of releases that say nothing any more
 * @param quarantined how many quarantined releases are newer than what machines may have
 */
record FleetPicture(
        List<Standing> standings,
        List<MachineView> gone,
        Map<String, PinStatus> pins,
        Map<String, Told> releases,
        List<ReleaseView> needless,
        Map<FleetFigures.Scope, Integer> quarantined) {

    /** @param view as it is stored; without a uid, it is to be made */
    record Told(ReleaseView view, ReleasePicture.Facts facts) {}

    /**
     * @param silentAfter for so long without a word a machine counts as silent
     * @param forgetAfter for so long without a word the record of a machine that is no node is removed
     */
    record Times(Duration silentAfter, Duration forgetAfter) {}

    /** @param before what was told of a pin last, by architecture */
    static FleetPicture of(
            GraphState state,
            Membership membership,
            Collection<NodeView> nodes,
            Collection<MachineView> machines,
            Function<String, Map<String, PinStatus.Since>> before,
            Times times,
            Instant now) {
        Map<String, MachineView> records =
                machines.stream().collect(Collectors.toMap(MachineView::name, Function.identity()));
        MachinePicture picture = new MachinePicture(state, membership, times.silentAfter(), now);
        List<Standing> standings = new ArrayList<>();
        List<MachineView> gone = new ArrayList<>();
        Set<String> present = new HashSet<>();
        for (NodeView node : nodes) {
            MachineView machine = records.get(node.name());
            present.add(node.name());
            if (machine != null && isOfAnother(machine, node)) {
                gone.add(machine);
            } else if (machine != null || isSelected(state, membership, node)) {
                standings.add(picture.of(machine == null ? MachineView.absent(node.name()) : machine, node));
            }
        }
        for (MachineView machine : records.values()) {
            if (present.contains(machine.name())) {
                continue;
            }
            Instant heard = machine.evidence().lastSeen();
            boolean other =
                    machine.evidence().agentId() != null && machine.evidence().node() == null;
            if (other && heard != null && heard.plus(times.forgetAfter()).isAfter(now)) {
                standings.add(picture.of(machine, null));
            } else {
                gone.add(machine);
            }
        }
        PinPicture pinPicture = new PinPicture(state, standings, now);
        Map<String, PinStatus> pins = new TreeMap<>();
        state.policies().pins().forEach(pin -> pins.put(pin.name(), pinPicture.of(pin, before.apply(pin.name()))));
        Map<String, Told> releases = releases(state, standings, now);
        List<ReleaseView> needless = state.policies().releases().stream()
                .filter(r -> !r.isSpokenOf() && !releases.containsKey(r.name()))
                .toList();
        return new FleetPicture(standings, gone, pins, releases, needless, quarantined(state, now));
    }

    private static boolean isOfAnother(MachineView machine, NodeView node) {
        String uid = machine.evidence().nodeUid();
        return uid != null && !uid.equals(node.uid());
    }

    private static boolean isSelected(GraphState state, Membership membership, NodeView node) {
        return membership.all().stream().anyMatch(g -> membership.refusal(g.name()) == null && membership.has(g, node))
                || state.policies().pins().stream()
                        .anyMatch(p ->
                                p.nodeSelector() != null && p.nodeSelector().matches(node.labels()));
    }

    /** Of the leader's own part of a machine's record. */
    static Picture told(Standing standing, Instant now) {
        Picture before = standing.machine().picture();
        boolean same = standing.state() == before.state();
        return new Picture(
                standing.group() == null ? null : standing.group().name(),
                standing.pin() == null ? null : standing.pin().name(),
                standing.state(),
                same ? before.since() : now,
                standing.machine().evidence().lastOffer().map(Offer::version).orElse(null),
                standing.message());
    }

    // ---- releases

    private record Key(String stream, String version) {

        String name() {
            return stream + "-" + version;
        }
    }

    private static Map<String, Told> releases(GraphState state, List<Standing> standings, Instant now) {
        Map<Key, Map<String, ReleaseView.Tally>> tallies = new HashMap<>();
        Map<Key, Ledger> known = new HashMap<>();
        Set<String> loaded = new HashSet<>();
        for (GraphView graph : state.policies().graphs()) {
            for (String name : graph.streams()) {
                state.stream(graph, name).ifPresent(stream -> {
                    loaded.add(name);
                    stream.data()
                            .metadata()
                            .index()
                            .releases()
                            .forEach(r -> known.putIfAbsent(
                                    new Key(name, r.version()), stream.data().ledger()));
                    newest(state, graph, stream, now).forEach(v -> tallies.put(new Key(name, v), new TreeMap<>()));
                });
            }
        }
        standings.forEach(standing -> count(standing, tallies, known));
        for (PinView pin : state.policies().pins()) {
            Key pinned = new Key(pin.stream(), pin.pin().version());
            if (known.containsKey(pinned)) {
                tallies.putIfAbsent(pinned, new TreeMap<>());
            }
        }
        Map<String, ReleaseView> stored = new HashMap<>();
        for (ReleaseView release : state.policies().releases()) {
            stored.put(release.name(), release);
            Key key = new Key(release.stream(), release.version());
            // What was found out about a release that can be offered again must not be forgotten, nor because its
            // stream is away for the moment.
            boolean holds = release.status().architectures().values().stream()
                    .anyMatch(
                            told -> told.health().failed() > 0 || told.health().quarantinedSince() != null);
            boolean gone = loaded.contains(release.stream()) && !known.containsKey(key);
            if (release.isSpokenOf() || holds && !gone) {
                tallies.putIfAbsent(key, new TreeMap<>());
            }
        }
        standings.forEach(standing -> countUpdates(standing, tallies));
        Map<String, Told> told = new TreeMap<>();
        tallies.forEach((key, machines) -> {
            Ledger ledger = known.getOrDefault(key, Ledger.EMPTY);
            Instant seen = ledger.firstSeen().get(key.version());
            told.put(
                    key.name(),
                    new Told(
                            stored.getOrDefault(
                                    key.name(), ReleaseView.absent(key.name(), key.stream(), key.version())),
                            new ReleasePicture.Facts(
                                    Instant.EPOCH.equals(seen) ? null : seen,
                                    ledger.completed().get(key.version()),
                                    machines,
                                    state.policies().failureThreshold(key.stream()))));
        });
        return told;
    }

    /** What it was updated to before keeps no record of a release alive by itself. */
    private static void countUpdates(Standing standing, Map<Key, Map<String, ReleaseView.Tally>> tallies) {
        MachineView.Evidence said = standing.machine().evidence();
        if (said.stream() == null || !Architectures.isKnown(said.architecture())) {
            return;
        }
        standing.machine().updates().stream()
                .filter(u -> u.verdict() == Verdict.Updated && u.release() != null)
                .map(Update::release)
                .distinct()
                .map(release -> tallies.get(new Key(said.stream(), release)))
                .filter(Objects::nonNull)
                .forEach(tally ->
                        tally.merge(said.architecture(), new ReleaseView.Tally(0, 0, 0, 1), ReleaseView.Tally::plus));
    }

    private static void count(
            Standing standing, Map<Key, Map<String, ReleaseView.Tally>> tallies, Map<Key, Ledger> known) {
        MachineView.Evidence said = standing.machine().evidence();
        if (said.stream() == null || said.version() == null || !Architectures.isKnown(said.architecture())) {
            return;
        }
        Map<String, ReleaseView.Tally> own = new HashMap<>();
        own.put(said.version(), new ReleaseView.Tally(1, 0, 0, 0));
        for (Offer offer : said.offers()) {
            if (!offer.version().equals(said.version())) {
                own.merge(
                        offer.version(),
                        new ReleaseView.Tally(0, 1, offer.askedAt() == null ? 0 : 1, 0),
                        ReleaseView.Tally::plus);
            }
        }
        own.forEach((version, tally) -> {
            Key key = new Key(said.stream(), version);
            // A version that no graph knows may be made up.
            if (known.containsKey(key)) {
                tallies.computeIfAbsent(key, _ -> new TreeMap<>())
                        .merge(said.architecture(), tally, ReleaseView.Tally::plus);
            }
        });
    }

    private static Set<String> newest(GraphState state, GraphView graph, StreamGraphs stream, Instant now) {
        Set<String> newest = new HashSet<>();
        for (String architecture : graph.architectures()) {
            Graph scope = stream.of(architecture, Scheme.OCI).graph();
            Target.of(state, stream, scope, null, now).map(GraphNode::version).ifPresent(newest::add);
            if (!scope.nodes().isEmpty()) {
                newest.add(scope.nodes().getLast().version());
            }
        }
        return newest;
    }

    // ---- figures

    /** How many quarantined releases are newer than what machines may have, by stream and architecture. */
    private static Map<FleetFigures.Scope, Integer> quarantined(GraphState state, Instant now) {
        Map<FleetFigures.Scope, Integer> quarantined = new HashMap<>();
        for (GraphView graph : state.policies().graphs()) {
            for (String name : graph.streams()) {
                StreamGraphs stream = state.stream(graph, name).orElse(null);
                for (String architecture : stream == null ? List.<String>of() : graph.architectures()) {
                    Graph scope = stream.of(architecture, Scheme.OCI).graph();
                    List<GraphNode> bad = state.policies().releases().stream()
                            .filter(r -> r.stream().equals(name) && r.isQuarantined(architecture))
                            .flatMap(r -> scope.release(r.version()).stream())
                            .toList();
                    int newer = bad.isEmpty() ? 0 : newer(bad, Target.of(state, stream, scope, null, now));
                    quarantined.merge(new FleetFigures.Scope(name, architecture), newer, Math::max);
                }
            }
        }
        return quarantined;
    }

    private static int newer(List<GraphNode> bad, Optional<GraphNode> target) {
        int allowed = target.map(GraphNode::ageIndex).orElse(-1);
        return (int) bad.stream().filter(r -> r.ageIndex() > allowed).count();
    }
}
