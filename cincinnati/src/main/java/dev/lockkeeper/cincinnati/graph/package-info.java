/** A scope's graph by Fedora's own rules, as everybody who is no agent sees it. */
package dev.lockkeeper.cincinnati.graph;
