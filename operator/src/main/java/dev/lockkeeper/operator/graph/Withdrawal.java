package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.cincinnati.policy.Question;
import dev.lockkeeper.operator.lock.NodeView;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether a machine may have staged a release that is forbidden to it now, so that it must not reboot.
 *
 * <ol>
 *   <li>A machine may have staged any release that it was offered: one that is withdrawn is enough. A later offer shows nothing,
 *       because anybody can ask for the graph in its name.
 *   <li>A machine that was offered none since its agent started may follow Fedora's own graph. It may have staged whatever was its
 *       stream's newest release since then.
 * </ol>
 */
final class Withdrawal {

    /** Streams by the third number of a version (Fedora CoreOS, "Versioning"). */
    private static final Map<String, String> STREAMS = Map.of("1", "next", "2", "testing", "3", "stable");

    private static final String CURE =
            " It may be staged there. Run on the machine: rpm-ostree cleanup -p && systemctl restart zincati";

    /**
     * What speaks against a reboot.
     *
     * @param known false: what is needed to tell was not loaded yet, and the sentence says so
     * @param sentence for people
     */
    record Objection(boolean known, String release, String sentence) {}

    private Withdrawal() {}

    /** @param node null for a machine that is no node */
    static Optional<Objection> of(GraphState state, MachineView machine, NodeView node, Instant now) {
        MachineView.Evidence evidence = machine.evidence();
        List<Offer> open =
                evidence.offers().stream().filter(offer -> !machine.took(offer)).toList();
        Optional<Objection> offered = open.isEmpty() ? Optional.empty() : offered(state, machine, open, node, now);
        boolean asks = evidence.offers().stream().anyMatch(evidence::isOfThisRun);
        return offered.isPresent() || asks ? offered : lockOnly(state, machine, node);
    }

    /** Whether it is known that one offer does not hold any more. */
    static boolean isWithdrawn(GraphState state, MachineView machine, Offer offer, NodeView node, Instant now) {
        return offered(state, machine, List.of(offer), node, now)
                .filter(Objection::known)
                .isPresent();
    }

    private static Optional<Objection> offered(
            GraphState state, MachineView machine, List<Offer> offers, NodeView node, Instant now) {
        MachineView.Evidence evidence = machine.evidence();
        String architecture = evidence.architecture();
        Map<String, String> blocked = state.policies().withheld(evidence.stream(), architecture);
        for (Offer offer : offers) {
            if (blocked.containsKey(offer.version())) {
                return objection(
                        machine,
                        offer.version(),
                        "it is withheld from " + architecture + ": " + blocked.get(offer.version()));
            }
        }
        List<PinView> pins = state.policies().pins(node, evidence.agentGroup(), evidence.stream());
        PinView pin = pins.isEmpty() ? null : pins.getFirst();
        GraphView graph = state.policies().graph(pin).orElse(null);
        if (graph == null) {
            return Optional.empty();
        }
        StreamGraphs stream = state.stream(graph, evidence.stream()).orElse(null);
        if (stream == null) {
            return Optional.of(new Objection(
                    false,
                    null,
                    "The releases of stream '" + evidence.stream()
                            + "' were not loaded yet, so it cannot be told whether the staged one still holds."));
        }
        var scope = stream.of(architecture, evidence.scheme());
        GraphNode any = new GraphNode(evidence.version(), evidence.payload(), 0, UpdateMetadata.NONE);
        Question question = state.question(stream, scope, any, pin, 1, now);
        for (Offer offer : offers) {
            Optional<String> why = offer.withdrawn(question);
            if (why.isPresent()) {
                return objection(machine, offer.version(), why.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<Objection> objection(MachineView machine, String release, String why) {
        return Optional.of(new Objection(
                true,
                release,
                machine.name() + " was offered " + release + ", which is withdrawn: " + why + "." + CURE));
    }

    private static Optional<Objection> lockOnly(GraphState state, MachineView machine, NodeView node) {
        String version = node != null && node.version() != null
                ? node.version()
                : machine.evidence().version();
        String architecture = node != null && Architectures.of(node) != null
                ? Architectures.of(node)
                : machine.evidence().architecture();
        String stream = streamOf(version);
        if (stream == null || architecture == null) {
            return Optional.empty();
        }
        Map<String, String> blocked = state.policies().withheld(stream, architecture);
        if (blocked.isEmpty()) {
            return Optional.empty();
        }
        GraphView graph = state.policies().graphs().stream()
                .filter(g -> g.has(stream, architecture))
                .findFirst()
                .orElse(null);
        if (graph == null) {
            return Optional.empty();
        }
        StreamGraphs data = state.stream(graph, stream).orElse(null);
        if (data == null) {
            return Optional.of(
                    new Objection(
                            false,
                            null,
                            "The releases of stream '" + stream
                                    + "' were not loaded yet, and some of them are withheld: it cannot be told whether one is staged."));
        }
        return newestSince(data, architecture, version, machine.evidence().steadyAt(), blocked)
                .map(release -> new Objection(
                        true,
                        release,
                        machine.name() + " follows Fedora's own graph, and " + release + " is withheld from "
                                + architecture + ": " + blocked.get(release) + "." + CURE));
    }

    static String streamOf(String version) {
        String[] parts = version == null ? new String[0] : version.split("\\.");
        return parts.length == 4 ? STREAMS.get(parts[2]) : null;
    }

    /**
     * A blocked release, newer than the machine's, that was its stream's newest at some time since its agent started: it was so from
     * when it was first seen until the next one was.
     *
     * @param steadyAt null: it is not known when the agent started
     */
    private static Optional<String> newestSince(
            StreamGraphs data, String architecture, String version, Instant steadyAt, Map<String, String> blocked) {
        for (Scheme scheme : Scheme.values()) {
            Graph graph = data.of(architecture, scheme).graph();
            List<GraphNode> offered = graph.nodes().stream()
                    .filter(node -> node.isRollout() || node.isBarrier() || blocked.containsKey(node.version()))
                    .sorted(Comparator.comparingInt(GraphNode::ageIndex))
                    .toList();
            int own = graph.release(version).map(GraphNode::ageIndex).orElse(-1);
            for (int i = 0; i < offered.size(); i++) {
                GraphNode node = offered.get(i);
                if (node.ageIndex() <= own || !blocked.containsKey(node.version())) {
                    continue;
                }
                Instant superseded = i + 1 == offered.size()
                        ? Instant.MAX
                        : data.data()
                                .ledger()
                                .firstSeen()
                                .getOrDefault(offered.get(i + 1).version(), Instant.EPOCH);
                if (steadyAt == null || superseded.isAfter(steadyAt)) {
                    return Optional.of(node.version());
                }
            }
        }
        return Optional.empty();
    }

    /** The scope of what a machine says that it runs; null where it has not said. */
    static Scope scope(MachineView.Evidence evidence) {
        return evidence.stream() == null || evidence.architecture() == null || evidence.scheme() == null
                ? null
                : new Scope(evidence.stream(), evidence.architecture(), evidence.scheme());
    }
}
