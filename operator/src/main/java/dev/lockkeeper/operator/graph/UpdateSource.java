package dev.lockkeeper.operator.graph;

import java.net.URI;

/** Where it is published which releases there are. */
public sealed interface UpdateSource {

    /**
     * Fedora's two files for each stream.
     *
     * @param releases the address of the release index, with {@code ${stream}} in it
     * @param updates the address of the update metadata, with {@code ${stream}} in it
     */
    record Metadata(String releases, String updates) implements UpdateSource {

        URI releasesOf(String stream) {
            return URI.create(releases.replace("${stream}", stream));
        }

        URI updatesOf(String stream) {
            return URI.create(updates.replace("${stream}", stream));
        }
    }

    /** @param url the base of another Cincinnati server, as agents would be given it */
    record Cincinnati(URI url) implements UpdateSource {}

    /** The same two files, as keys {@code releases-<stream>.json} and {@code updates-<stream>.json}. */
    record ConfigMap(String namespace, String name) implements UpdateSource {}
}
