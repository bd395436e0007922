package dev.lockkeeper.operator.lock;

/** What the API server answered to one eviction or deletion of one pod. */
public sealed interface PodRemoval {

    /** The pod is on its way out. */
    record Accepted() implements PodRemoval {}

    /** There is no such pod any more; another one may have its name. */
    record Gone() implements PodRemoval {}

    /**
     * A PodDisruptionBudget does not allow it now.
     *
     * @param budget its name, null if the answer does not tell
     */
    record Refused(String budget, String reason) implements PodRemoval {}

    /** More than one PodDisruptionBudget matches the pod: the eviction API never serves it. */
    record SeveralBudgets() implements PodRemoval {}

    /** Its namespace is being deleted, which takes no evictions, and soon takes the pod. */
    record NamespaceEnding() implements PodRemoval {}

    /**
     * Anything else.
     *
     * @param code the HTTP status, 0 if there was no answer
     */
    record Failed(int code, String message) implements PodRemoval {}
}
