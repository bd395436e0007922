package dev.lockkeeper.fleetlock.semaphore;

/** A transition's result: the state to store (the very same object where nothing changes) and what it means. */
public record Step<T>(SlotState next, T outcome) {}
