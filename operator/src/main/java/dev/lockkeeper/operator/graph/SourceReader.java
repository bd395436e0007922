package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.metadata.GraphAnswer;
import dev.lockkeeper.cincinnati.metadata.MetadataException;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.StreamMetadata;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.operator.graph.Fetched.Validators;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads whole streams from one source. A document that did not change since is neither sent nor read again; one that cannot be
 * understood is forgotten, so that it is not taken for known the next time. Used by one thread at a time.
 */
final class SourceReader {

    /** The data of a ConfigMap. */
    interface ConfigMaps {
        /** @throws FetchException if there is no such ConfigMap, or it cannot be read */
        Map<String, String> data(String namespace, String name) throws FetchException;
    }

    private interface Parser<T> {
        T parse(String name, byte[] body) throws MetadataException;
    }

    private record Known(Validators validators, Object content) {}

    private final UpdateSource source;
    private final Upstream upstream;
    private final ConfigMaps configMaps;
    /** By address: as many as the source has documents. */
    private final Map<URI, Known> known = new HashMap<>();

    SourceReader(UpdateSource source, Upstream upstream, ConfigMaps configMaps) {
        this.source = source;
        this.upstream = upstream;
        this.configMaps = configMaps;
    }

    /** @param architectures those that a Cincinnati server is asked for, by Fedora's names */
    StreamMetadata read(String stream, List<String> architectures)
            throws FetchException, MetadataException, InterruptedException {
        return switch (source) {
            case UpdateSource.Metadata metadata -> {
                ReleaseIndex index = document(metadata.releasesOf(stream), ReleaseIndex::parse);
                UpdateMetadata updates =
                        document(metadata.updatesOf(stream), (name, body) -> UpdateMetadata.parse(name, stream, body));
                yield checked(stream, index, updates);
            }
            case UpdateSource.ConfigMap map -> {
                Map<String, String> data = configMaps.data(map.namespace(), map.name());
                String place = "ConfigMap " + map.namespace() + "/" + map.name() + ", key ";
                String releases = "releases-" + stream + ".json";
                String updates = "updates-" + stream + ".json";
                yield checked(
                        stream,
                        ReleaseIndex.parse(place + releases, bytes(place, releases, data)),
                        UpdateMetadata.parse(place + updates, stream, bytes(place, updates, data)));
            }
            case UpdateSource.Cincinnati server -> {
                List<GraphAnswer> answers = new ArrayList<>();
                for (String architecture : architectures) {
                    for (Scheme scheme : Scheme.values()) {
                        URI address = graph(server.url(), stream, architecture, scheme);
                        answers.add(
                                document(address, (name, body) -> GraphAnswer.parse(name, architecture, scheme, body)));
                    }
                }
                yield GraphAnswer.join(stream, answers);
            }
        };
    }

    private static StreamMetadata checked(String stream, ReleaseIndex index, UpdateMetadata updates)
            throws MetadataException {
        if (!index.stream().equals(stream)) {
            throw new MetadataException("the release index for " + stream + " is of stream " + index.stream());
        }
        return new StreamMetadata(index, updates);
    }

    private static byte[] bytes(String place, String key, Map<String, String> data) throws FetchException {
        String value = data.get(key);
        if (value == null) {
            throw new FetchException(place + key + " is missing");
        }
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /** Wariness 0, so that the server hides no rollout. */
    private static URI graph(URI base, String stream, String architecture, Scheme scheme) {
        return base.resolve("v1/graph?basearch=" + architecture + "&stream=" + stream + "&rollout_wariness=0"
                + (scheme == Scheme.OCI ? "&oci=true" : ""));
    }

    @SuppressWarnings("unchecked") // An address is always read by the same parser.
    private <T> T document(URI address, Parser<T> parser)
            throws FetchException, MetadataException, InterruptedException {
        Known before = known.get(address);
        Fetched fetched = upstream.fetch(address, before == null ? Validators.NONE : before.validators());
        return switch (fetched) {
            case Fetched.NotModified _ -> {
                if (before == null) {
                    throw new FetchException(address + " answered 304 though nothing was known of it");
                }
                yield (T) before.content();
            }
            case Fetched.Document document -> {
                known.remove(address);
                T content = parser.parse(address.toString(), document.body());
                known.put(address, new Known(document.validators(), content));
                yield content;
            }
        };
    }
}
