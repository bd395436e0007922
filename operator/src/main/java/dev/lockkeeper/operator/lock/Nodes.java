package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes that this replica knows of, for display, matching and triggering. They may be old: a cordon made from one
 * carries its resourceVersion; telling, and judging on the old boot, read the Node anew.
 */
public interface Nodes {

    Collection<NodeView> all();

    Optional<NodeView> named(String name);

    /** That very Node, not another one of its name; empty also for a machine that is no node (null). */
    default Optional<NodeView> of(NodeRef node) {
        return node == null
                ? Optional.empty()
                : named(node.name()).filter(n -> n.uid().equals(node.uid()));
    }

    /** Whether that very Node is there and NotReady. */
    default boolean isDown(NodeRef node) {
        return of(node).filter(n -> !n.ready()).isPresent();
    }

    /**
     * The nodes whose agent sends this id: those whose machineID gives it, else those whose systemUUID does. More than one means
     * that the id names no machine.
     */
    List<NodeView> withAgentId(String id);

    /** Ids that several nodes share, each with their names, both sorted. */
    Map<String, List<String>> sharedIds();
}
