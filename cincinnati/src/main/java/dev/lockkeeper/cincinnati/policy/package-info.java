/** Where one machine may go: what objects to a release, and the next hop. */
package dev.lockkeeper.cincinnati.policy;
