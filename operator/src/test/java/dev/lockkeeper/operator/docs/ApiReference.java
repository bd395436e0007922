package dev.lockkeeper.operator.docs;

import static dev.lockkeeper.operator.docs.Page.cell;
import static dev.lockkeeper.operator.docs.Page.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The reference of the kinds, from their CustomResourceDefinitions: one table for each object, with its fields. An object that is the same
 * as one before is linked to that.
 */
final class ApiReference {

    private final StringBuilder text = new StringBuilder();
    private final Map<JsonNode, String> written = new HashMap<>();

    /** An object whose fields are to be told, where it is, and what is said of it there. */
    private record Part(String title, String description, JsonNode schema) {}

    private ApiReference() {}

    static String of(List<JsonNode> crds) {
        ApiReference reference = new ApiReference();
        crds.forEach(crd -> reference
                .text
                .append("- ")
                .append(link(crd.at("/spec/names/kind").asText()))
                .append('\n'));
        reference.text.append('\n');
        crds.forEach(reference::kind);
        return reference.text.toString();
    }

    private static String link(String heading) {
        return "[" + heading + "](#" + Links.slug(heading) + ")";
    }

    private void kind(JsonNode crd) {
        String kind = crd.at("/spec/names/kind").asText();
        JsonNode version = crd.at("/spec/versions/0");
        JsonNode schema = version.at("/schema/openAPIV3Schema");
        text.append("## ").append(kind).append("\n\n");
        text.append(cell(schema.path("description").asText())).append("\n\n");
        text.append(code("apiVersion: " + crd.at("/spec/group").asText() + "/"
                        + version.path("name").asText()))
                .append(", ")
                .append(code("kubectl get " + crd.at("/spec/names/shortNames/0").asText()))
                .append(", ")
                .append(code(crd.at("/metadata/name").asText()))
                .append("; ")
                .append(crd.at("/spec/scope").asText().equals("Cluster") ? "without a namespace" : "in a namespace")
                .append(".\n\n");
        text.append("| column | shows |\n|---|---|\n");
        for (JsonNode column : version.path("additionalPrinterColumns")) {
            text.append("| ")
                    .append(column.path("name").asText().toUpperCase(Locale.ROOT))
                    .append(column.path("priority").asInt() > 0 ? " (`-o wide`)" : "")
                    .append(" | ")
                    .append(cell(column.path("description").asText()))
                    .append(" |\n");
        }
        text.append('\n');
        for (String part : List.of("spec", "status")) {
            JsonNode object = schema.at("/properties/" + part);
            if (object.has("properties")) {
                object(new Part(kind + ": " + part, object.path("description").asText(), object));
            }
        }
    }

    private void object(Part part) {
        written.put(shape(part.schema()), part.title());
        text.append("### ").append(part.title()).append("\n\n");
        text.append(cell(part.description())).append("\n\n");
        List<String> rules = rules(part.schema());
        if (!rules.isEmpty()) {
            text.append("Rules:\n\n");
            rules.forEach(rule -> text.append("- ").append(rule).append('\n'));
            text.append('\n');
        }
        text.append("| field | type | default | bounds | meaning |\n|---|---|---|---|---|\n");
        List<Part> inner = new ArrayList<>();
        part.schema().path("properties").properties().forEach(field -> row(part, field, inner));
        text.append('\n');
        inner.forEach(this::object);
    }

    private void row(Part part, Map.Entry<String, JsonNode> field, List<Part> inner) {
        JsonNode schema = field.getValue();
        JsonNode object = schema.has("items") ? schema.get("items") : schema;
        String type = type(schema);
        if (object.has("properties")) {
            String title = written.get(shape(object));
            if (title == null) {
                title = part.title() + "." + field.getKey() + (schema.has("items") ? "[]" : "");
                written.put(shape(object), title);
                inner.add(new Part(title, schema.path("description").asText(), object));
            }
            type = "[" + type + "](#" + Links.slug(title) + ")";
        }
        boolean required = part.schema()
                .path("required")
                .valueStream()
                .anyMatch(r -> r.asText().equals(field.getKey()));
        text.append("| ").append(code(field.getKey()));
        text.append(" | ").append(type);
        text.append(" | ").append(value(schema.path("default")));
        text.append(" | ").append(String.join("; ", bounds(schema, required)));
        text.append(" | ").append(cell(schema.path("description").asText())).append(" |\n");
    }

    /** What makes an object the same as another one: all but what is said of it at its place. */
    private static JsonNode shape(JsonNode schema) {
        ObjectNode shape = schema.deepCopy();
        return shape.remove(List.of("description", "default"));
    }

    private static String type(JsonNode schema) {
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return "number or text";
        }
        return switch (schema.path("type").asText()) {
            case "array" ->
                "list of " + (schema.at("/items").has("properties") ? "objects" : type(schema.get("items")));
            case "object" ->
                schema.path("additionalProperties").isObject()
                        ? "map of " + type(schema.get("additionalProperties"))
                        : "object";
            case "integer" -> "number";
            case "string" -> schema.path("format").asText().equals("date-time") ? "time" : "text";
            default -> schema.path("type").asText();
        };
    }

    private static String value(JsonNode value) {
        return value.isMissingNode() || value.isObject() && value.isEmpty()
                ? ""
                : code(value.isTextual() ? value.asText() : value.toString());
    }

    private static List<String> bounds(JsonNode schema, boolean required) {
        List<String> bounds = new ArrayList<>();
        if (required) {
            bounds.add("required");
        }
        if (schema.has("enum")) {
            bounds.add(String.join(
                    ", ",
                    schema.get("enum").valueStream().map(v -> code(v.asText())).toList()));
        }
        range(schema, "minimum", "maximum", "", bounds);
        if (!schema.path("format").asText().equals("date-time")) {
            range(schema, "minLength", "maxLength", " characters", bounds);
        }
        range(schema, "minItems", "maxItems", " items", bounds);
        range(schema, "minProperties", "maxProperties", " entries", bounds);
        if (schema.has("pattern")) {
            bounds.add(code(schema.get("pattern").asText()));
        }
        if (!schema.has("properties")) {
            bounds.addAll(rules(schema));
        }
        JsonNode items = schema.path("items");
        if (items.isObject() && !items.has("properties")) {
            bounds(items, false).forEach(bound -> bounds.add("each: " + bound));
        }
        return bounds;
    }

    private static void range(JsonNode schema, String least, String most, String of, List<String> bounds) {
        if (schema.has(least) && schema.has(most)) {
            bounds.add(schema.get(least).asLong() + " to " + schema.get(most).asLong() + of);
        } else if (schema.has(most)) {
            bounds.add("at most " + schema.get(most).asLong() + of);
        } else if (schema.has(least)) {
            bounds.add("at least " + schema.get(least).asLong() + of);
        }
    }

    /** The sentences of the CEL rules. */
    private static List<String> rules(JsonNode schema) {
        Stream<JsonNode> rules = schema.path("x-kubernetes-validations").valueStream();
        return rules.map(rule -> cell(rule.path("message").asText())).toList();
    }
}
