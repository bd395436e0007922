package dev.lockkeeper.cincinnati.graph;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockkeeper.cincinnati.graph.Graph.Edge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Writes graphs as the Cincinnati protocol has them: {@code {"nodes":[{"version","metadata","payload"}],"edges":[[from,to]]}}. */
public final class GraphJson {

    private static final JsonFactory JSON = new JsonFactory();

    private GraphJson() {}

    /** UTF-8, on one line. */
    public static byte[] write(Graph graph) {
        return write(graph.scope(), graph.nodes(), graph.edges());
    }

    /**
     * For one agent: the release that it runs, with the payload that it sent, and the one it may go to.
     *
     * @param target null: it stays
     */
    public static byte[] write(Scope scope, GraphNode booted, GraphNode target) {
        return target == null
                ? write(scope, List.of(booted), List.of())
                : write(scope, List.of(booted, target), List.of(new Edge(0, 1)));
    }

    private static byte[] write(Scope scope, List<GraphNode> nodes, List<Edge> edges) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("nodes");
            for (GraphNode node : nodes) {
                json.writeStartObject();
                json.writeStringField("version", node.version());
                json.writeObjectFieldStart("metadata");
                for (Map.Entry<String, String> entry :
                        node.metadata(scope.scheme()).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
                json.writeStringField("payload", node.payload());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("edges");
            for (Edge edge : edges) {
                json.writeArray(new int[] {edge.from(), edge.to()}, 0, 2);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory does not fail", e);
        }
        return out.toByteArray();
    }
}
