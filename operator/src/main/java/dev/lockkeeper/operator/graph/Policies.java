package dev.lockkeeper.operator.graph;

import dev.lockkeeper.operator.health.ReleaseHealth;
import dev.lockkeeper.operator.lock.NodeView;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What people want, from one consistent read of the API: all pins, releases and graphs as they stood then.
 *
 * @param pins the one that wins first
 * @param graphs the oldest first
 * @param readAt when the read began, by this replica's clock
 */
public record Policies(List<PinView> pins, List<ReleaseView> releases, List<GraphView> graphs, Instant readAt) {

    /** Nothing was read yet. */
    public static final Policies NONE = new Policies(List.of(), List.of(), List.of(), Instant.EPOCH);

    public Policies {
        releases = List.copyOf(releases);
        pins = pins.stream().sorted(PinView.BY_PRECEDENCE).toList();
        graphs = graphs.stream().sorted(GraphView.BY_AGE).toList();
    }

    public static Policies of(
            Collection<PinView> pins, Collection<ReleaseView> releases, Collection<GraphView> graphs, Instant readAt) {
        return new Policies(List.copyOf(pins), List.copyOf(releases), List.copyOf(graphs), readAt);
    }

    /** The pins that are for the machine on this stream, the one that wins first. */
    public List<PinView> pins(NodeView node, String agentGroup, String stream) {
        return pins.stream()
                .filter(pin -> pin.stream().equals(stream) && pin.selects(node, agentGroup))
                .toList();
    }

    /** Whether a pin names the agents' group. */
    public boolean nameGroup(String agentGroup) {
        return pins.stream().anyMatch(pin -> pin.namesGroup(agentGroup));
    }

    public Optional<GraphView> graph(String name) {
        return graphs.stream().filter(graph -> graph.name().equals(name)).findFirst();
    }

    /**
     * The UpdateGraph that a machine's pin asks for; empty if it names one that is not there, or none where there are none or several.
     *
     * @param pin null: none is for the machine, so the oldest UpdateGraph serves it
     */
    public Optional<GraphView> graph(PinView pin) {
        if (pin == null) {
            return graphs.stream().findFirst();
        }
        if (pin.graph() != null) {
            return graph(pin.graph());
        }
        return graphs.size() == 1 ? Optional.of(graphs.getFirst()) : Optional.empty();
    }

    /** Why a pin has no UpdateGraph, in a sentence; empty if it has one. */
    public Optional<String> noGraph(PinView pin) {
        if (graph(pin).isPresent()) {
            return Optional.empty();
        }
        if (pin.graph() != null) {
            return Optional.of("There is no UpdateGraph '" + pin.graph() + "': create it, or change spec.graph.");
        }
        return Optional.of(
                graphs.isEmpty()
                        ? "There is no UpdateGraph: create one, so that it is known which releases exist."
                        : "There are " + graphs.size() + " UpdateGraphs: say in spec.graph which one it is.");
    }

    /** The stream's releases that are withheld from the architecture, by people or by quarantine; by version, each with the reason. */
    public Map<String, String> withheld(String stream, String architecture) {
        Map<String, String> withheld = new HashMap<>();
        for (ReleaseView release : releases) {
            if (release.stream().equals(stream)) {
                release.withheld(architecture).ifPresent(reason -> withheld.put(release.version(), reason));
            }
        }
        return withheld;
    }

    public Optional<ReleaseView> release(String stream, String version) {
        return releases.stream()
                .filter(r -> r.stream().equals(stream) && r.version().equals(version))
                .findFirst();
    }

    /** Of several UpdateGraphs that have the stream, the most cautious decides; {@link ReleaseHealth#UNKNOWN} if there is none. */
    public int failureThreshold(String stream) {
        return graphs.stream()
                .filter(graph -> graph.streams().contains(stream))
                .mapToInt(GraphView::failureThreshold)
                .min()
                .orElse(ReleaseHealth.UNKNOWN);
    }
}
