package dev.lockkeeper.cincinnati.metadata;

import java.time.Instant;
import java.util.Optional;

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

    /**
     * When it is open to somebody at the latest, to the second.
     *
     * @param wariness from 0 to 1
     * @return empty if it never is: the rollout stands still before
     */
    public Optional<Instant> reaches(double wariness) {
        double value = startValue == null ? 0 : startValue;
        long start = startEpoch == null ? 0 : startEpoch;
        if (wariness <= value) {
            return Optional.of(Instant.ofEpochSecond(start));
        }
        if (durationMinutes == null) {
            return Optional.empty();
        }
        double length = 60.0 * Math.max(1, durationMinutes);
        double share = (wariness - value) / (1 - value);
        return Optional.of(Instant.ofEpochSecond(start + (long) Math.ceil(length * share)));
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
