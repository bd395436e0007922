package dev.lockkeeper.testbed.fleet;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A server's answer, also one that is wrong on purpose. */
final class TestingGraph {
    private static final String PREFIX = "org.fedoraproject.coreos.";

    private final ObjectNode graph = JsonNodeFactory.instance.objectNode();

    TestingGraph() {
        graph.putArray("nodes");
        graph.putArray("edges");
    }

    /** @param digit what the digest consists of */
    static String image(char digit) {
        return "quay.io/fedora/fedora-coreos@sha256:" + String.valueOf(digit).repeat(64);
    }

    TestingGraph image(String version, String payload, String ageIndex) {
        return node(version, payload, "oci", ageIndex);
    }

    TestingGraph node(String version, String payload, String scheme, String ageIndex) {
        graph.withArray("nodes")
                .addObject()
                .put("version", version)
                .put("payload", payload)
                .putObject("metadata")
                .put(PREFIX + "scheme", scheme)
                .put(PREFIX + "releases.age_index", ageIndex);
        return this;
    }

    /** @param key without its prefix */
    TestingGraph metadata(int node, String key, String value) {
        metadata(node).put(PREFIX + key, value);
        return this;
    }

    TestingGraph without(int node, String key) {
        metadata(node).remove(PREFIX + key);
        return this;
    }

    private ObjectNode metadata(int node) {
        return (ObjectNode) graph.path("nodes").path(node).path("metadata");
    }

    TestingGraph edge(int from, int to) {
        graph.withArray("edges").addArray().add(from).add(to);
        return this;
    }

    String json() {
        return graph.toString();
    }
}
