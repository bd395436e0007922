package dev.lockkeeper.fleetlock.protocol;

/** What reading a request gives: the request, or why it is none. */
public sealed interface Parsed permits FleetLockRequest, Refusal {}
