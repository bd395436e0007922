package dev.lockkeeper.operator.pool;

import dev.lockkeeper.operator.graph.Architectures;
import dev.lockkeeper.operator.lock.NodeView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which nodes a pool is for, and what nodes run. */
public final class PoolNodes {

    /** How many kinds are told apart; nodes of rarer ones count as of no known version. */
    static final int MOST = 32;

    private static final String MASTER = "master";
    private static final String WORKER = "worker";
    private static final String UNKNOWN = "unknown";
    private static final String OTHER = "other";

    /** As the kubelet reports it: {@code CentOS Stream CoreOS 9.0.20250827-0}, {@code CentOS Stream CoreOS 413.92.202303061740-0 (Plow)}. */
    private static final Pattern COREOS = Pattern.compile(
            "(CentOS Stream CoreOS|Fedora CoreOS|Red Hat Enterprise Linux CoreOS) ([0-9][0-9A-Za-z.-]{0,62})(?: \\(.+\\))?");

    /**
     * Nodes that run the same.
     *
     * @param version empty: not known
     */
    public record Kind(String architecture, String os, String version, int machines) {}

    private record Runs(String architecture, String os, String version) {}

    private PoolNodes() {}

    /**
     * The pool of each node by OKD's own rule: of the pools that select it, master goes before all, and worker comes after all.
     *
     * @return by pool's name; a pool without nodes is absent
     */
    public static Map<String, List<NodeView>> byPool(Collection<PoolView> pools, Collection<NodeView> nodes) {
        Map<String, List<NodeView>> byPool = new HashMap<>();
        for (NodeView node : nodes) {
            pools.stream()
                    .filter(p -> p.nodes() != null && p.nodes().matches(node.labels()))
                    .min(Comparator.<PoolView>comparingInt(PoolNodes::rank).thenComparing(PoolView::name))
                    .ifPresent(p -> byPool.computeIfAbsent(p.name(), _ -> new ArrayList<>())
                            .add(node));
        }
        return byPool;
    }

    private static int rank(PoolView pool) {
        return switch (pool.name()) {
            case MASTER -> 0;
            case WORKER -> 2;
            default -> 1;
        };
    }

    /** What these nodes run, the most frequent first; at most {@value #MOST} kinds. */
    public static List<Kind> kinds(Collection<NodeView> nodes) {
        Map<Runs, Integer> counted = nodes.stream().collect(Collectors.toMap(PoolNodes::runs, _ -> 1, Integer::sum));
        List<Kind> sorted = sorted(counted);
        if (sorted.size() <= MOST) {
            return sorted;
        }
        Map<Runs, Integer> fewer = new HashMap<>();
        for (int i = 0; i < sorted.size(); i++) {
            Kind kind = sorted.get(i);
            boolean kept = i < MOST - 1;
            Runs runs = kept ? new Runs(kind.architecture(), kind.os(), kind.version()) : new Runs(UNKNOWN, OTHER, "");
            fewer.merge(runs, kind.machines(), Integer::sum);
        }
        return sorted(fewer);
    }

    private static List<Kind> sorted(Map<Runs, Integer> counted) {
        return counted.entrySet().stream()
                .map(e -> new Kind(
                        e.getKey().architecture(), e.getKey().os(), e.getKey().version(), e.getValue()))
                .sorted(Comparator.comparingInt(Kind::machines)
                        .reversed()
                        .thenComparing(Kind::architecture)
                        .thenComparing(Kind::os)
                        .thenComparing(Kind::version))
                .toList();
    }

    private static Runs runs(NodeView node) {
        Matcher matcher = COREOS.matcher(Objects.requireNonNullElse(node.osImage(), ""));
        boolean known = matcher.matches();
        return new Runs(
                Optional.ofNullable(Architectures.of(node)).orElse(UNKNOWN),
                known ? matcher.group(1) : OTHER,
                known ? matcher.group(2) : "");
    }
}
