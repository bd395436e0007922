/** Agents' requests: read within bounds, handed to the lock, answered. Nothing is decided here. */
package dev.lockkeeper.operator.http;
