package dev.lockkeeper.testbed.fleet;

import java.time.Instant;

/** A broken promise that a watcher saw, with a sentence that says what and where. */
public record Violation(Instant at, Rule rule, String what) {
    /** What is promised. */
    public enum Rule {
        /** Never more holders than slots; when slots shrink, no new holder before they fit. */
        SLOTS,
        /** A 200 to pre-reboot only when the node is cordoned and holds no evictable pod. */
        DRAINED_BEFORE_GRANT,
        /** No machine goes down with an evictable pod on it. */
        DRAINED_BEFORE_REBOOT,
        /** Who cordoned a node decides whether it is cordoned in the end. */
        CORDON,
        /** The watcher could not look: nothing is known, so nothing counts as right. */
        UNCHECKED
    }
}
