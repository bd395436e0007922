package dev.lockkeeper.operator.pool;

import java.time.Instant;

/**
 * What Lockkeeper notes at a MachineConfigPool, by the same write that pauses or opens it, so that neither is ever there without the
 * other.
 *
 * @param pausedBy the PoolWindow that it was paused for; null: none. With it and open, a person opened it just now
 * @param pausedAt when it was paused; null: there is none, or nobody can read it
 * @param openedAt when maxPause opened it; null: it did not
 * @param byPerson whether a person was seen to have paused it, or to have opened it outside of a window
 */
public record Marks(String pausedBy, Instant pausedAt, Instant openedAt, boolean byPerson) {

    public static final Marks NONE = new Marks(null, null, null, false);
    static final Marks PERSON = new Marks(null, null, null, true);

    static Marks paused(String window, Instant at) {
        return new Marks(window, at, null, false);
    }

    static Marks opened(Instant at) {
        return new Marks(null, null, at, false);
    }
}
