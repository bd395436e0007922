package dev.lockkeeper.testbed.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * An alert as Prometheus shows it.
 *
 * @param labels without the alert's name
 * @param state {@code pending} or {@code firing}
 * @param annotations with all values filled in
 */
public record Alert(String name, Map<String, String> labels, String state, Map<String, String> annotations) {

    static Alert of(JsonNode alert) {
        Map<String, String> labels = texts(alert.path("labels"));
        String name = labels.remove("alertname");
        return new Alert(name, labels, alert.path("state").asText(), texts(alert.path("annotations")));
    }

    public boolean firing() {
        return state.equals("firing");
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new TreeMap<>();
        object.properties().forEach(p -> texts.put(p.getKey(), p.getValue().asText()));
        return texts;
    }
}
