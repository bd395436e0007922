package dev.lockkeeper.cincinnati.policy;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import java.time.Instant;

/**
 * Where may this machine go now?
 *
 * @param graph its scope's whole graph, not throttled
 * @param booted the release that it runs, with the payload that it sent
 * @param wariness from 0 to 1: how late in a rollout it is let in
 */
public record Question(Graph graph, GraphNode booted, Pin pin, Facts facts, double wariness, Instant now) {}
