/** What the operator costs: the figures of docs/performance.md. */
package dev.lockkeeper.testbed.bench;
