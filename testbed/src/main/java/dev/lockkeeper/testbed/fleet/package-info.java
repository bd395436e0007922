/**
 * Simulated machines on a real control plane: nodes, workloads, agents that behave as Zincati does, and a watcher that
 * checks what the operator did to them.
 */
package dev.lockkeeper.testbed.fleet;
