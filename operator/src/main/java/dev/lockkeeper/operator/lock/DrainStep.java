package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.DrainFigures;

/**
 * How one pass over a node went.
 *
 * @param done whether, when the pass began, nothing was left that has to go
 * @param waitingFor one clause on what the drain waits for, blocked or not, such as
 *     {@code pod db/pg-0: terminating; its grace of 30 s ends at 2026-07-07T10:00:30Z}; null when it is done
 */
public record DrainStep(boolean done, DrainFigures figures, String waitingFor) {}
