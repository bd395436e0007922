package dev.lockkeeper.fleetlock.semaphore;

import java.time.Instant;

/** A machine that failed and gave its slot back: it stays cordoned, by the token of its holding, and listed. */
public record Parked(String token, String id, NodeRef node, String version, String verdict, Instant since) {}
