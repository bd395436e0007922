package dev.lockkeeper.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockkeeper.testbed.control.Helm;
import dev.lockkeeper.testbed.operator.Manifests;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the chart renders to, object by object. */
final class Chart {

    private Chart() {}

    static String folder() {
        return Manifests.root().resolve("helm/lockkeeper").toString();
    }

    /** Helm without a cluster. */
    static Helm helm(Path home) {
        return Helm.ready(home, System.out);
    }

    /** As the release lockkeeper in the namespace lockkeeper, under further arguments. */
    static Rendered render(Helm helm, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("template", "lockkeeper", folder(), "--namespace", Manifests.NAMESPACE));
        command.addAll(List.of(arguments));
        return new Rendered(objects(helm.run(command.toArray(String[]::new)).ok()));
    }

    /** The objects of a YAML stream. */
    static List<JsonNode> objects(String yaml) {
        return Arrays.stream(yaml.split("(?m)^---\\s*$"))
                .filter(text -> text.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#")))
                .map(text -> Serialization.unmarshal(text, JsonNode.class))
                .toList();
    }

    /** The objects of the YAML files of a folder, but for kustomize's own. */
    static List<JsonNode> objects(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<JsonNode> all = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().matches(".*\\.ya?ml"))
                    .sorted()
                    .toList()) {
                objects(Files.readString(file)).stream()
                        .filter(object -> !kind(object).equals("Kustomization"))
                        .forEach(all::add);
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String kind(JsonNode object) {
        return object.path("kind").asText();
    }

    /** Like {@code Service lockkeeper}. */
    static String id(JsonNode object) {
        return kind(object) + " " + object.at("/metadata/name").asText();
    }

    /** One rendering. */
    record Rendered(List<JsonNode> objects) {

        Map<String, JsonNode> byId() {
            Map<String, JsonNode> found = new TreeMap<>();
            objects.forEach(object -> {
                if (found.put(id(object), object) != null) {
                    throw new IllegalStateException("rendered twice: " + id(object));
                }
            });
            return found;
        }

        Optional<JsonNode> find(String kind) {
            return objects.stream().filter(object -> kind(object).equals(kind)).findFirst();
        }

        JsonNode one(String kind) {
            return find(kind).orElseThrow(() -> new IllegalStateException("no " + kind + " in " + byId().keySet()));
        }

        boolean has(String kind) {
            return find(kind).isPresent();
        }

        JsonNode pod() {
            return one("Deployment").at("/spec/template");
        }

        JsonNode container() {
            return pod().at("/spec/containers/0");
        }

        /** The value of an environment variable of the operator; null if it has none. */
        String variable(String name) {
            return container()
                    .path("env")
                    .valueStream()
                    .filter(variable -> variable.path("name").asText().equals(name))
                    .map(variable -> variable.path("value").asText())
                    .findFirst()
                    .orElse(null);
        }
    }
}
