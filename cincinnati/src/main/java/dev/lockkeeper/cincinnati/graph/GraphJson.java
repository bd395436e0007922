package dev.lockkeeper.cincinnati.graph;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.lockkeeper.cincinnati.graph.Graph.Edge;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes graphs as the Cincinnati protocol has them: {@code {"nodes":[{"version","metadata","payload"}],"edges":[[from,to]]}}, in UTF-8
 * and on one line.
 *
 * <p>A node is its head, which is the same in all answers and kept by its graph, and its payload, which is as the agent sent it.
 */
public final class GraphJson {

    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] NODES = ascii("{\"nodes\":[");
    private static final byte[] EDGES = ascii("],\"edges\":[");
    private static final byte[] END = ascii("]}");

    private GraphJson() {}

    public static byte[] write(Graph graph) {
        return write(graph, graph.nodes(), graph.edges());
    }

    /**
     * For one agent: the release that it runs, with the payload that it sent, and the one it may go to.
     *
     * @param target null: it stays
     */
    public static byte[] write(Graph graph, GraphNode booted, GraphNode target) {
        return target == null
                ? write(graph, List.of(booted), List.of())
                : write(graph, List.of(booted, target), List.of(new Edge(0, 1)));
    }

    private static byte[] write(Graph graph, List<GraphNode> nodes, List<Edge> edges) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + 512 * nodes.size() + 8 * edges.size());
        out.writeBytes(NODES);
        for (int i = 0; i < nodes.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(graph.head(nodes.get(i)));
            out.write('"');
            out.writeBytes(
                    JsonStringEncoder.getInstance().quoteAsUTF8(nodes.get(i).payload()));
            out.write('"');
            out.write('}');
        }
        out.writeBytes(EDGES);
        for (int i = 0; i < edges.size(); i++) {
            Edge edge = edges.get(i);
            out.writeBytes(ascii((i > 0 ? ",[" : "[") + edge.from() + "," + edge.to() + "]"));
        }
        out.writeBytes(END);
        return out.toByteArray();
    }

    /** A node up to the value of its payload. */
    static byte[] head(Scheme scheme, GraphNode node) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
            json.writeStartObject();
            json.writeStringField("version", node.version());
            json.writeObjectFieldStart("metadata");
            for (Map.Entry<String, String> entry : node.metadata(scheme).entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            json.writeFieldName("payload");
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory does not fail", e);
        }
        out.write(':');
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
