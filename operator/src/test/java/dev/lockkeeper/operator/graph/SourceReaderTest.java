package dev.lockkeeper.operator.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphJson;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.metadata.MetadataException;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.StreamMetadata;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceReaderTest {

    private static final String RELEASES = """
            {"stream": "stable", "releases": [
              {"version": "43.1", "commits": [{"architecture": "x86_64", "checksum": "c1"}],
               "oci-images": [{"architecture": "x86_64", "digest-ref": "i@sha256:1"}]},
              {"version": "44.1", "oci-images": [{"architecture": "x86_64", "digest-ref": "i@sha256:2"},
                                                 {"architecture": "s390x", "digest-ref": "i@sha256:3"}]}]}""";
    private static final String UPDATES = """
            {"stream": "stable", "releases": [{"version": "44.1", "metadata": {"rollout": {"start_percentage": 1.0}}}]}""";

    private final Map<String, String> bodies = new ConcurrentHashMap<>();
    private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
    private final Upstream upstream = new Upstream(Duration.ofSeconds(5), 1 << 20, null, null);
    private HttpServer server;
    private String base;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().toString();
            String body = bodies.get(path);
            String etag = body == null ? null : "\"" + body.hashCode() + "\"";
            boolean same =
                    etag != null && etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
            sent.add((same ? "304 " : body == null ? "404 " : "200 ") + path);
            if (etag != null) {
                exchange.getResponseHeaders().add("ETag", etag);
            }
            byte[] bytes = same || body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(same ? 304 : body == null ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @AfterEach
    void stop() {
        upstream.close();
        server.stop(0);
    }

    private SourceReader metadata() {
        bodies.putIfAbsent("/r/stable", RELEASES);
        bodies.putIfAbsent("/u/stable", UPDATES);
        return reader(new UpdateSource.Metadata(base + "r/${stream}", base + "u/${stream}"));
    }

    private SourceReader reader(UpdateSource source) {
        return new SourceReader(source, upstream, (namespace, name) -> {
            if (!name.equals("releases")) {
                throw new FetchException("ConfigMap " + namespace + "/" + name + " does not exist");
            }
            return Map.copyOf(bodies);
        });
    }

    private static StreamMetadata expected() throws MetadataException {
        return new StreamMetadata(
                ReleaseIndex.parse("r", RELEASES.getBytes(StandardCharsets.UTF_8)),
                UpdateMetadata.parse("u", "stable", UPDATES.getBytes(StandardCharsets.UTF_8)));
    }

    private static StreamMetadata read(SourceReader reader) throws Exception {
        return reader.read("stable", List.of("x86_64", "s390x"));
    }

    @Test
    void fedorasTwoFilesMakeAStreamAndAreNotSentTwice() throws Exception {
        SourceReader reader = metadata();
        assertThat(read(reader)).isEqualTo(expected());
        assertThat(read(reader)).isEqualTo(expected());
        assertThat(sent).containsExactly("200 /r/stable", "200 /u/stable", "304 /r/stable", "304 /u/stable");
    }

    @Test
    void onlyWhatChangedIsReadAnew() throws Exception {
        SourceReader reader = metadata();
        read(reader);
        bodies.put("/u/stable", "{\"stream\": \"stable\", \"releases\": []}");
        assertThat(read(reader).updates().releases()).isEmpty();
        assertThat(sent.subList(2, 4)).containsExactly("304 /r/stable", "200 /u/stable");
    }

    @Test
    void whatCouldNotBeUnderstoodIsNotTakenForKnown() throws Exception {
        SourceReader reader = metadata();
        read(reader);
        bodies.put("/r/stable", RELEASES.substring(0, 50));
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(MetadataException.class)
                    .isThrownBy(() -> read(reader))
                    .withMessageStartingWith(base + "r/stable: is not JSON");
        }
        bodies.put("/r/stable", RELEASES);
        assertThat(read(reader)).isEqualTo(expected());
        assertThat(sent).filteredOn(s -> s.equals("200 /r/stable")).hasSize(4);
    }

    @Test
    void whatIsMissingOrOfAnotherStreamIsSaid() {
        SourceReader reader = metadata();
        bodies.remove("/u/stable");
        assertThatExceptionOfType(FetchException.class)
                .isThrownBy(() -> read(reader))
                .withMessage(base + "u/stable answered 404");
        bodies.put("/u/stable", UPDATES);
        bodies.put("/r/stable", RELEASES.replace("\"stable\"", "\"next\""));
        assertThatExceptionOfType(MetadataException.class)
                .isThrownBy(() -> read(reader))
                .withMessage("the release index for stable is of stream next");
    }

    @Test
    void aConfigMapHasTheSameFiles() throws Exception {
        bodies.put("releases-stable.json", RELEASES);
        bodies.put("updates-stable.json", UPDATES);
        SourceReader reader = reader(new UpdateSource.ConfigMap("lockkeeper", "releases"));
        assertThat(read(reader)).isEqualTo(expected());
        bodies.remove("updates-stable.json");
        assertThatExceptionOfType(FetchException.class)
                .isThrownBy(() -> read(reader))
                .withMessage("ConfigMap lockkeeper/releases, key updates-stable.json is missing");
        assertThatExceptionOfType(FetchException.class)
                .isThrownBy(() -> read(reader(new UpdateSource.ConfigMap("lockkeeper", "other"))))
                .withMessage("ConfigMap lockkeeper/other does not exist");
    }

    @Test
    void anotherServersGraphsAreAskedForScopeByScope() throws Exception {
        StreamMetadata all = expected();
        for (String architecture : List.of("x86_64", "s390x")) {
            for (Scheme scheme : Scheme.values()) {
                Graph graph = Graph.of(new Scope("stable", architecture, scheme), all.index(), all.updates());
                bodies.put(
                        "/base/v1/graph?basearch=" + architecture + "&stream=stable&rollout_wariness=0"
                                + (scheme == Scheme.OCI ? "&oci=true" : ""),
                        new String(GraphJson.write(graph), StandardCharsets.UTF_8));
            }
        }
        SourceReader reader = reader(new UpdateSource.Cincinnati(URI.create(base + "base/")));
        assertThat(read(reader)).isEqualTo(all);
        assertThat(read(reader)).isEqualTo(all);
        assertThat(sent).hasSize(8).filteredOn(s -> s.startsWith("304")).hasSize(4);
    }
}
