package dev.lockkeeper.cincinnati.metadata;

import java.time.Instant;

/**
 * How a release is let out over time, to a growing share of the machines.
 *
 * @param startEpoch in seconds since 1970; null: it has begun
 * @param startValue the share at the start, from 0 to 1; null: 0. Fedora wrote 100 at times, which is as good as 1
 * @param durationMinutes until the share is 1; null: it stays at the start's
 */
public record Rollout(Long startEpoch, Double startValue, Long durationMinutes) {

    /**
     * The share of machines that it is open to.
     *
     * <p>Source: fedora-coreos-cincinnati, {@code commons/src/policy.rs}; in its order of operations, as doubles round.
     */
    public double openTo(Instant now) {
        double seconds = now.getEpochSecond();
        double start = startEpoch == null ? 0 : startEpoch;
        double value = startValue == null ? 0 : startValue;
        if (seconds < start) {
            return 0;
        }
        if (durationMinutes == null) {
            return value;
        }
        double length = 60.0 * Math.max(1, durationMinutes);
        return seconds > start + length ? 1 : value + (1 - value) * (seconds - start) / length;
    }

    /** Whether it has begun. */
    public boolean hasBegun(Instant now) {
        return startEpoch == null || now.getEpochSecond() >= startEpoch;
    }

    /** Whether it is open to all. */
    public boolean isComplete(Instant now) {
        return openTo(now) >= 1;
    }
}
