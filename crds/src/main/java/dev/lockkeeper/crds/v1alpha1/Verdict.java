package dev.lockkeeper.crds.v1alpha1;

/** What became of one update of one machine. The constants are spelled as in the API. */
public enum Verdict {
    /** It runs the new release and is healthy. */
    Updated,
    /** It came back healthy on the release that it left, and does not take the new one again. */
    RolledBack,
    /** It came back, and was not healthy in time. */
    Failed,
    /** It did not come back. */
    NeverCameBack,
    /** It says nothing about the release. */
    Inconclusive
}
