package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.cincinnati.protocol.GraphRequest;
import dev.lockkeeper.operator.graph.MachineView.Evidence;
import dev.lockkeeper.operator.graph.MachineView.Run;
import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.NodeView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Turns what an agent's request for a graph shows into what is known of its machine. */
final class Hearing {

    private static final int MOST_RUNS = 10;

    /** More than these say nothing new. */
    private static final int MOST_POLLS = 3;

    private Hearing() {}

    /**
     * What an open offer was made for stays while it is open: whether it still holds is judged by that, and anybody can ask for the graph
     * in the machine's name. An agent that was set up anew has started anew, and its offers are forgotten then.
     *
     * @param user the user name of HTTP Basic, under which people know the machine; null: none
     * @param graph the scope's; null: none was found
     */
    static Evidence heard(Evidence before, GraphRequest request, NodeView node, String user, Graph graph, Instant now) {
        List<Offer> left = left(before.offers(), request, node, graph);
        boolean isBound = !left.isEmpty() && Objects.equals(before.version(), request.version());
        return new Evidence(
                user == null ? before.displayName() : user,
                request.id(),
                node == null ? null : node.name(),
                node == null ? null : node.uid(),
                isBound ? before.agentGroup() : request.group(),
                isBound ? before.stream() : request.scope().stream(),
                request.version(),
                isBound ? before.payload() : request.payload(),
                isBound ? before.architecture() : request.scope().architecture(),
                request.platform(),
                isBound ? before.scheme() : request.scope().scheme(),
                isBound ? before.wariness() : request.wariness(),
                left,
                now,
                before.steadyAt(),
                runs(before.history(), request.version(), now));
    }

    /**
     * An offer that was taken is no offer any more. Where the machine is a node, its kubelet must say the same: anybody can ask in its
     * name, and an offer that is forgotten cannot be withdrawn.
     */
    private static List<Offer> left(List<Offer> offers, GraphRequest request, NodeView node, Graph graph) {
        boolean believed = node == null || Objects.equals(node.version(), request.version());
        GraphNode booted = graph == null || request.version() == null
                ? null
                : graph.release(request.version()).orElse(null);
        if (!believed || booted == null) {
            return offers;
        }
        return offers.stream()
                .filter(offer -> graph.release(offer.version())
                        .map(release -> release.ageIndex() > booted.ageIndex())
                        .orElse(true))
                .toList();
    }

    private static List<Run> runs(List<Run> before, String version, Instant now) {
        if (version == null || !before.isEmpty() && before.getLast().version().equals(version)) {
            return before;
        }
        List<Run> runs = new ArrayList<>(before);
        runs.add(new Run(version, now));
        return runs.subList(Math.max(0, runs.size() - MOST_RUNS), runs.size());
    }

    /** With one more telling of the release. */
    static Evidence told(Evidence before, String release, Instant now) {
        Optional<Offer> known = before.offer(release);
        List<Offer> offers = new ArrayList<>(before.offers());
        if (known.isEmpty()) {
            offers.add(new Offer(release, now, null, 1));
        } else if (!before.isOfThisRun(known.get())) {
            offers.set(offers.indexOf(known.get()), new Offer(release, now, null, 1));
        } else if (known.get().polls() < MOST_POLLS) {
            offers.set(offers.indexOf(known.get()), known.get().again());
        }
        return before.withOffers(offers);
    }

    /** What a request of the lock's protocol shows: it names no release. */
    static Evidence known(Evidence before, AgentApi.Call call, NodeView node) {
        return new Evidence(
                call.user() == null ? before.displayName() : call.user(),
                call.id(),
                node == null ? null : node.name(),
                node == null ? null : node.uid(),
                before.offers().isEmpty() ? call.group() : before.agentGroup(),
                before.stream(),
                before.version(),
                before.payload(),
                before.architecture(),
                before.platform(),
                before.scheme(),
                before.wariness(),
                before.offers(),
                before.lastSeen(),
                before.steadyAt(),
                before.history());
    }

    /**
     * Whether it is worth a write: something else than the time changed, or that is old.
     *
     * @param interval of writing the time alone
     */
    static boolean isNews(Evidence before, Evidence after, Duration interval) {
        return before.lastSeen() == null
                || !before.lastSeen().plus(interval).isAfter(after.lastSeen())
                || !before.seen(after.lastSeen()).equals(after);
    }
}
