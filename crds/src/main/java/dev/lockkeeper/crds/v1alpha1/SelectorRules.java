package dev.lockkeeper.crds.v1alpha1;

/** What the schema demands of a label selector that is given, as CEL. */
final class SelectorRules {

    /**
     * Pods have {@code nodeSelector: {pool: x}}; written so here, the API server drops the unknown field, and what is left
     * would select everything.
     */
    static final String HAS_A_REQUIREMENT = "has(self.matchLabels) && size(self.matchLabels) > 0"
            + " || has(self.matchExpressions) && size(self.matchExpressions) > 0";

    static final String HAS_A_REQUIREMENT_MESSAGE =
            "needs matchLabels or matchExpressions, for example {matchLabels: {pool: blue}}; an empty selector would select everything";

    private SelectorRules() {}
}
