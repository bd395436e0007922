/** Fedora's public metadata: the release index and the update metadata, read strictly in what matters. */
package dev.lockkeeper.cincinnati.metadata;
