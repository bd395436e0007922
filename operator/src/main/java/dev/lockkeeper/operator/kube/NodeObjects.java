package dev.lockkeeper.operator.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockkeeper.operator.lock.NodeFacts;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads Nodes and pods as the API shows them, by quorum, without the record of who wrote which field. */
public final class NodeObjects implements NodeFacts {

    private static final int PAGE = 500;
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

    private final KubernetesClient client;

    /** @param client repeats no request by itself and gives up on one after a few seconds */
    public NodeObjects(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Map<String, Object> node(String name) throws UnreadException {
        return object(read("/api/v1/nodes/" + name));
    }

    @Override
    public List<Map<String, Object>> pods(String node) throws UnreadException {
        String path = "/api/v1/pods?limit=" + PAGE + "&fieldSelector=" + encoded("spec.nodeName=" + node);
        List<Map<String, Object>> pods = new ArrayList<>();
        String next = "";
        do {
            Map<String, Object> page = read(path + (next.isEmpty() ? "" : "&continue=" + encoded(next)));
            if (page.get("items") instanceof List<?> items) {
                items.forEach(item -> pods.add(object(map(item))));
            }
            next = Objects.toString(map(page.get("metadata")).get("continue"), "");
        } while (!next.isEmpty());
        return pods;
    }

    private Map<String, Object> read(String path) throws UnreadException {
        try {
            String json = client.raw(path);
            if (json == null) {
                throw new UnreadException("the API server has no " + path, null);
            }
            return map(withoutNulls(JSON.readValue(json, OBJECT)));
        } catch (KubernetesClientException | JsonProcessingException e) {
            throw new UnreadException("the API server did not answer " + path + ": " + reason(e), e);
        }
    }

    /** What the server said, else what went wrong underneath: the client's own words say only that something did. */
    private static String reason(Exception e) {
        if (e instanceof KubernetesClientException failed && failed.getStatus() != null) {
            return Objects.toString(failed.getStatus().getMessage(), "status " + failed.getCode());
        }
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return Objects.toString(root.getMessage(), root.getClass().getSimpleName());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** One Node or pod, so that an expression need not ask first whether there are labels at all. */
    private static Map<String, Object> object(Map<String, Object> read) {
        Map<String, Object> metadata = new LinkedHashMap<>(map(read.get("metadata")));
        metadata.remove("managedFields");
        metadata.putIfAbsent("labels", Map.of());
        metadata.putIfAbsent("annotations", Map.of());
        Map<String, Object> whole = new LinkedHashMap<>(read);
        whole.put("metadata", metadata);
        whole.putIfAbsent("spec", Map.of());
        whole.putIfAbsent("status", Map.of());
        return whole;
    }

    private static Object withoutNulls(Object value) {
        if (value instanceof Map<?, ?> read) {
            Map<String, Object> kept = new LinkedHashMap<>();
            read.forEach((key, of) -> {
                if (of != null) {
                    kept.put(key.toString(), withoutNulls(of));
                }
            });
            return kept;
        }
        return value instanceof List<?> list
                ? list.stream()
                        .filter(Objects::nonNull)
                        .map(NodeObjects::withoutNulls)
                        .toList()
                : value;
    }

    @SuppressWarnings("unchecked") // Keys in JSON are texts.
    private static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
