package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.operator.graph.MachinePicture.Standing;
import dev.lockkeeper.operator.graph.MachineView.Picture;
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
 */
record FleetPicture(
        List<Standing> standings,
        List<MachineView> gone,
        Map<String, PinStatus> pins,
        Map<String, Told> releases,
        List<ReleaseView> needless) {

    /** @param view as it is stored; without a uid, it is to be made */
    record Told(ReleaseView view, ReleaseView.Status status) {}

    /**
     * @param silentAfter for so long without a word a machine counts as silent
     * @param forgetAfter for so long without a word the record of a machine that is no node is removed
     */
    record Times(Duration silentAfter, Duration forgetAfter) {}

    /** @param behindSince by pin, then architecture, as the statuses have it */
    static FleetPicture of(
            GraphState state,
            Membership membership,
            Collection<NodeView> nodes,
            Collection<MachineView> machines,
            Function<String, Map<String, Instant>> behindSince,
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
        state.policies().pins().forEach(pin -> pins.put(pin.name(), pinPicture.of(pin, behindSince.apply(pin.name()))));
        Map<String, Told> releases = releases(state, standings, now);
        List<ReleaseView> needless = state.policies().releases().stream()
                .filter(r -> r.blocks().isEmpty() && !releases.containsKey(r.name()))
                .toList();
        return new FleetPicture(standings, gone, pins, releases, needless);
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
                standing.message());
    }

    // ---- releases

    private record Key(String stream, String version) {

        String name() {
            return stream + "-" + version;
        }
    }

    private static Map<String, Told> releases(GraphState state, List<Standing> standings, Instant now) {
        Map<Key, Map<String, ReleaseView.Count>> counts = new HashMap<>();
        Map<Key, Ledger> known = new HashMap<>();
        for (GraphView graph : state.policies().graphs()) {
            for (String name : graph.streams()) {
                state.stream(graph, name).ifPresent(stream -> {
                    stream.data()
                            .metadata()
                            .index()
                            .releases()
                            .forEach(r -> known.putIfAbsent(
                                    new Key(name, r.version()), stream.data().ledger()));
                    newest(state, graph, stream, now).forEach(v -> counts.put(new Key(name, v), new TreeMap<>()));
                });
            }
        }
        for (Standing standing : standings) {
            MachineView.Evidence said = standing.machine().evidence();
            if (said.stream() == null || said.version() == null || said.architecture() == null) {
                continue;
            }
            count(counts, known, new Key(said.stream(), said.version()), said.architecture(), 1, 0);
            said.offers().stream()
                    .filter(offer -> !offer.version().equals(said.version()))
                    .forEach(offer ->
                            count(counts, known, new Key(said.stream(), offer.version()), said.architecture(), 0, 1));
        }
        for (PinView pin : state.policies().pins()) {
            Key pinned = new Key(pin.stream(), pin.pin().version());
            if (known.containsKey(pinned)) {
                counts.putIfAbsent(pinned, new TreeMap<>());
            }
        }
        Map<String, ReleaseView> stored = new HashMap<>();
        for (ReleaseView release : state.policies().releases()) {
            stored.put(release.name(), release);
            if (!release.blocks().isEmpty()) {
                counts.putIfAbsent(new Key(release.stream(), release.version()), new TreeMap<>());
            }
        }
        Map<String, Told> told = new TreeMap<>();
        counts.forEach((key, machines) -> {
            ReleaseView view = stored.getOrDefault(
                    key.name(),
                    new ReleaseView(
                            key.name(),
                            null,
                            null,
                            0,
                            key.stream(),
                            key.version(),
                            List.of(),
                            ReleaseView.Status.NONE));
            Ledger ledger = known.getOrDefault(key, Ledger.EMPTY);
            Instant seen = ledger.firstSeen().get(key.version());
            told.put(
                    key.name(),
                    new Told(
                            view,
                            new ReleaseView.Status(
                                    view.generation(),
                                    blocked(view),
                                    Instant.EPOCH.equals(seen) ? null : seen,
                                    ledger.completed().get(key.version()),
                                    machines)));
        });
        return told;
    }

    /** A version that no graph knows may be made up. */
    private static void count(
            Map<Key, Map<String, ReleaseView.Count>> counts,
            Map<Key, Ledger> known,
            Key key,
            String architecture,
            int running,
            int offered) {
        if (known.containsKey(key)) {
            counts.computeIfAbsent(key, _ -> new TreeMap<>())
                    .merge(
                            architecture,
                            new ReleaseView.Count(running, offered),
                            (a, b) -> new ReleaseView.Count(a.running() + b.running(), a.offered() + b.offered()));
        }
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

    private static String blocked(ReleaseView release) {
        return release.blocks().isEmpty()
                ? null
                : release.blocks().stream()
                        .map(block -> (block.architectures().isEmpty()
                                        ? "all"
                                        : String.join(
                                                ", ",
                                                block.architectures().stream()
                                                        .sorted()
                                                        .toList()))
                                + ": " + block.reason())
                        .collect(Collectors.joining("; "));
    }
}
