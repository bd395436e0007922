package dev.lockkeeper.operator.health;

import java.time.Duration;

/**
 * How long people let a machine take.
 *
 * @param timeout from the first sign that the machine is back until it must be healthy
 * @param minReady how long it must be Ready without a break to count as Ready
 * @param stuckAfter how long a machine that was told to reboot may show no sign at all
 */
public record VerifyPolicy(Duration timeout, Duration minReady, Duration stuckAfter) {}
