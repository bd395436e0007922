package dev.lockkeeper.operator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/api.md} has every field of every kind, as the CustomResourceDefinitions have it. */
class ApiPageTest {

    private static final Comparator<JsonNode> WRITTEN_BY_PEOPLE_FIRST =
            Comparator.comparing(crd -> !crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties")
                    .isObject());

    private static String kind(JsonNode crd) {
        return crd.at("/spec/names/kind").asText();
    }

    private static List<JsonNode> crds() throws IOException {
        try (Stream<Path> files = Files.list(Page.ROOT.resolve("crds"))) {
            return files.filter(file -> file.toString().endsWith("-v1.yml"))
                    .map(ApiPageTest::read)
                    .sorted(WRITTEN_BY_PEOPLE_FIRST.thenComparing(ApiPageTest::kind))
                    .toList();
        }
    }

    private static JsonNode read(Path file) {
        try {
            return Serialization.unmarshal(Files.readString(file), JsonNode.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thePageIsWhatTheKindsAre() throws IOException {
        String generated = ApiReference.of(crds());
        assertThat(generated)
                .as("nested fields, too")
                .contains("### RebootGroup: spec.drain\n", "| `deleteEmptyDirData` |");
        Page.of("api.md").assertPart("kinds", generated);
    }

    @Test
    void everyFieldHasADescription() throws IOException {
        for (JsonNode crd : crds()) {
            assertDescribed(kind(crd), crd.at("/spec/versions/0/schema/openAPIV3Schema"));
        }
    }

    private static void assertDescribed(String path, JsonNode schema) {
        schema.path("properties").properties().forEach(field -> {
            String name = path + "." + field.getKey();
            boolean needsNone = List.of("apiVersion", "kind", "metadata").contains(field.getKey())
                    // Of a kind that people write nothing in.
                    || field.getKey().equals("spec") && !field.getValue().has("properties");
            assertThat(needsNone
                            || !field.getValue().path("description").asText().isBlank())
                    .as("%s has a description", name)
                    .isTrue();
            assertDescribed(name, field.getValue());
            assertDescribed(name + "[]", field.getValue().path("items"));
        });
    }
}
