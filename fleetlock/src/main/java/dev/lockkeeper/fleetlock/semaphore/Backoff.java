package dev.lockkeeper.fleetlock.semaphore;

import java.time.Instant;

/** A machine whose drains were given up {@code tries} times in a row and which gets no slot before {@code until}. */
public record Backoff(String id, int tries, Instant until) {}
