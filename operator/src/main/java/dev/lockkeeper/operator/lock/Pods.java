package dev.lockkeeper.operator.lock;

import java.util.List;

/** Pods as the API server has them. Every call blocks and is tried once; what cannot be read is an exception. */
public interface Pods {

    /** All pods bound to a node, by a quorum read. */
    List<PodView> on(String node);

    /** Asks for the eviction of exactly this pod, not of one that has its name meanwhile. */
    PodRemoval evict(PodView pod);

    /** Asks for the deletion of exactly this pod, with its own grace. */
    PodRemoval delete(PodView pod);

    /** Those of one namespace, for naming them; empty if they cannot be read. */
    List<PodBudget> budgets(String namespace);
}
