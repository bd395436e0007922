package dev.lockkeeper.cincinnati.graph;

import dev.lockkeeper.cincinnati.metadata.Scheme;

/**
 * What has a graph of its own.
 *
 * @param architecture by Fedora's name
 */
public record Scope(String stream, String architecture, Scheme scheme) {

    @Override
    public String toString() {
        return stream + "/" + architecture + "/" + scheme.text();
    }
}
