package dev.lockkeeper.fleetlock.semaphore;

/** Names one Node for good: a Node that is deleted and made again has the same name and another uid. */
public record NodeRef(String name, String uid) {}
