package dev.lockkeeper.operator.graph;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * One UpdateGraph as the operator understands it: what people wrote, with defaults filled in.
 *
 * @param failureThreshold after so many failed updates to a release on one architecture it is withheld there, at least 1
 * @param resourceVersion of the object that this was read from
 * @param caBundle PEM; null: the JVM's own authorities are enough
 * @param proxy null: none
 * @param accepted the hash that a person accepts (annotation {@code lockkeeper.dev/accept-source}); null: none
 * @param refreshed when the source was last read, by stream
 */
public record GraphView(
        String name,
        String uid,
        String resourceVersion,
        long generation,
        Instant createdAt,
        UpdateSource source,
        List<String> streams,
        List<String> architectures,
        Duration refreshInterval,
        int failureThreshold,
        String caBundle,
        URI proxy,
        String accepted,
        Map<String, Instant> refreshed) {

    /** The oldest first: it serves the machines that no pin is for. */
    static final Comparator<GraphView> BY_AGE =
            Comparator.comparing(GraphView::createdAt).thenComparing(GraphView::name);

    public GraphView {
        streams = List.copyOf(streams);
        architectures = List.copyOf(architectures);
        refreshed = Map.copyOf(refreshed);
    }

    public boolean has(String stream, String architecture) {
        return streams.contains(stream) && architectures.contains(architecture);
    }
}
