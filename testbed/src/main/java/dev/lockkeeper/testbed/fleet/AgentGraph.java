package dev.lockkeeper.testbed.fleet;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph as Zincati decodes it: all or nothing. Fields that it does not know are let pass; one that it knows and that is
 * missing or of another type makes the whole graph unreadable, also where the agent would never have looked.
 *
 * <p>Source: zincati, {@code src/cincinnati/client.rs}.
 */
record AgentGraph(List<Node> nodes, List<Edge> edges) {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    record Node(String version, String payload, Map<String, String> metadata) {}

    /** Positions in the list of nodes, unsigned. */
    record Edge(long from, long to) {}

    /** @throws IOException if it is no graph; the message says why */
    static AgentGraph read(byte[] body) throws IOException {
        JsonNode graph = JSON.readTree(body);
        List<Node> nodes = new ArrayList<>();
        for (JsonNode node : array(graph, "nodes")) {
            nodes.add(new Node(text(node, "version"), text(node, "payload"), texts(node.path("metadata"))));
        }
        List<Edge> edges = new ArrayList<>();
        for (JsonNode edge : array(graph, "edges")) {
            if (!edge.isArray() || edge.size() != 2) {
                throw new IOException("edge " + edge + " is no pair");
            }
            edges.add(new Edge(position(edge.get(0)), position(edge.get(1))));
        }
        return new AgentGraph(nodes, edges);
    }

    private static JsonNode array(JsonNode graph, String field) throws IOException {
        if (!graph.path(field).isArray()) {
            throw new IOException(field + " is no array");
        }
        return graph.get(field);
    }

    private static String text(JsonNode node, String field) throws IOException {
        if (!node.path(field).isTextual()) {
            throw new IOException(field + " of node " + node + " is no text");
        }
        return node.get(field).textValue();
    }

    private static Map<String, String> texts(JsonNode metadata) throws IOException {
        if (!metadata.isObject()) {
            throw new IOException("metadata is no object");
        }
        Map<String, String> texts = new HashMap<>();
        for (Map.Entry<String, JsonNode> value : metadata.properties()) {
            texts.put(value.getKey(), text(metadata, value.getKey()));
        }
        return texts;
    }

    private static long position(JsonNode value) throws IOException {
        if (!value.isIntegralNumber()
                || value.bigIntegerValue().signum() < 0
                || value.bigIntegerValue().bitLength() > Long.SIZE) {
            throw new IOException("position " + value + " is no unsigned number");
        }
        return value.bigIntegerValue().longValue();
    }
}
