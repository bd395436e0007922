package dev.lockkeeper.operator.lock;

/**
 * A PodDisruptionBudget, as far as naming it goes.
 *
 * @param selector null: it protects no pod
 */
public record PodBudget(String namespace, String name, LabelMatch selector) {

    boolean protects(PodView pod) {
        return namespace.equals(pod.namespace()) && selector != null && selector.matches(pod.labels());
    }

    /** {@code namespace/name}. */
    public String fullName() {
        return namespace + "/" + name;
    }
}
