package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.metadata.StreamMetadata;

/** One stream of one UpdateGraph as it is stored and served: what its source said last, and what this fleet saw. */
public record StreamData(StreamMetadata metadata, Ledger ledger) {}
