/** A real Kubernetes control plane on loopback: compiled once, started in seconds, gone with the JVM that started it. */
package dev.lockkeeper.testbed.control;
