package dev.lockkeeper.fleetlock.semaphore;

import java.time.Duration;

/** How long a machine waits after a given-up drain: {@code base} × 2ⁿ with n the drains given up before, at most {@code cap}. */
public record BackoffRule(Duration base, Duration cap) {

    public Duration after(int triesBefore) {
        Duration wait = base;
        for (int n = 0; n < triesBefore && wait.compareTo(cap) < 0; n++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(cap) < 0 ? wait : cap;
    }
}
