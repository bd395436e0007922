package dev.lockkeeper.cincinnati.policy;

import dev.lockkeeper.cincinnati.graph.GraphNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one release that a machine may go to now, and why not the others.
 *
 * <ol>
 *   <li>Nothing leads out of a dead-end, and nothing back in time.
 *   <li>Of the releases after the booted one, those up to the first barrier are in reach, the barrier included.
 *   <li>The newest of them that no {@link Policy} objects to is the next hop.
 * </ol>
 *
 * <p>So a barrier is never passed, and a machine that follows its hops reaches the newest allowed release in finitely many, or stops
 * where a policy says so.
 *
 * @param release null: it stays
 * @param why one sentence
 * @param looked the releases that were looked at, the newest first, each with what each policy had against it; allowed where empty
 */
public record NextHop(GraphNode release, String why, List<Looked> looked) {

    /** @param objections by policy; empty if it may go there */
    public record Looked(GraphNode release, Map<Policy, String> objections) {

        private String first() {
            return objections.values().iterator().next();
        }
    }

    public NextHop {
        looked = List.copyOf(looked);
    }

    public static NextHop of(Question question) {
        GraphNode booted = question.booted();
        if (booted.isDeadend()) {
            return stays(
                    booted.version() + " is a dead-end (" + booted.entry().deadend() + "): install the machine anew.",
                    List.of());
        }
        List<GraphNode> reach = reach(question);
        if (reach.isEmpty()) {
            return stays(
                    booted.version() + " is the newest release in "
                            + question.graph().scope() + ".",
                    List.of());
        }
        List<Looked> looked = new ArrayList<>();
        for (GraphNode release : reach.reversed()) {
            Map<Policy, String> objections = objections(release, question);
            looked.add(new Looked(release, objections));
            if (objections.isEmpty()) {
                return new NextHop(release, goes(release, looked), looked);
            }
        }
        Looked newest = looked.getFirst();
        return stays(
                "Nothing newer is allowed; the newest in reach is "
                        + newest.release().version() + ": "
                        + newest.first() + ".",
                looked);
    }

    /** What comes after the booted release, up to the first barrier and with it. */
    private static List<GraphNode> reach(Question question) {
        List<GraphNode> reach = new ArrayList<>();
        for (GraphNode node : question.graph().nodes()) {
            if (node.ageIndex() > question.booted().ageIndex()) {
                reach.add(node);
                if (node.isBarrier()) {
                    break;
                }
            }
        }
        return reach;
    }

    private static Map<Policy, String> objections(GraphNode release, Question question) {
        Map<Policy, String> objections = new EnumMap<>(Policy.class);
        for (Policy policy : Policy.values()) {
            Optional<String> objection = policy.objection(release, question);
            objection.ifPresent(why -> objections.put(policy, why));
        }
        return objections;
    }

    private static String goes(GraphNode release, List<Looked> looked) {
        String what = release.isBarrier()
                ? release.version() + " is the next barrier, which no update may pass"
                : release.version() + " is the newest that it may go to";
        return looked.size() == 1
                ? what + "."
                : what + "; of " + looked.getFirst().release().version() + ": "
                        + looked.getFirst().first() + ".";
    }

    private static NextHop stays(String why, List<Looked> looked) {
        return new NextHop(null, why, looked);
    }
}
