package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes the CustomResourceDefinitions: what the generator reads from the Java model, and what its annotations cannot say (list types,
 * formats, defaults of objects, the schema of types that are not ours, columns in order). {@link CrdKinds} has what differs from kind
 * to kind.
 */
final class CrdYaml {

    private static final String HEADER =
            "# Generated from the Java model in crds/src: do not edit. CrdTest says how to write it again.\n";
    private static final String LABEL_KEY =
            "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
    private static final String LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CrdYaml() {}

    static String generate(CrdKinds kind) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        try (Output output = new Output()) {
            new CRDGenerator()
                    .withObjectMapper(mapper, new KubernetesSerialization(mapper, false))
                    .customResourceClasses(kind.model())
                    .forCRDVersions("v1")
                    .withParallelGenerationEnabled(false)
                    .withImplicitPreserveUnknownFields(false)
                    .withPostProcessor(new Finish(kind))
                    .withOutput(output)
                    .generate();
            String yaml = output.bytes.toString(StandardCharsets.UTF_8);
            return HEADER
                    + yaml.lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.replaceFirst("^( *(?:minimum|maximum): -?[0-9]+)\\.0$", "$1"))
                            .reduce("", (text, line) -> text + line + "\n");
        }
    }

    /** The generator's output, kept in memory. */
    private static final class Output implements CRDGenerator.CRDOutput<ByteArrayOutputStream> {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public ByteArrayOutputStream outputFor(String name) {
            return bytes;
        }

        @Override
        public void close() {
            bytes.reset();
        }
    }

    private record Finish(CrdKinds kind) implements CRDPostProcessor {

        @Override
        public HasMetadata process(HasMetadata generated, String version) {
            CustomResourceDefinition crd = (CustomResourceDefinition) generated;
            crd.getMetadata()
                    .setAnnotations(new TreeMap<>(Map.of(
                            Crds.REVISION_ANNOTATION,
                            String.valueOf(Crds.REVISIONS.get(crd.getMetadata().getName())))));
            var served = crd.getSpec().getVersions().getFirst();
            served.setAdditionalPrinterColumns(kind.columns());
            JSONSchemaProps root = served.getSchema().getOpenAPIV3Schema();
            strict(root);
            kind.finish(root);
            return crd;
        }
    }

    static String condition(String type) {
        return ".status.conditions[?(@.type==\"" + type + "\")].status";
    }

    static CustomResourceColumnDefinition column(
            String name, String type, String path, String description, int priority) {
        return new CustomResourceColumnDefinitionBuilder()
                .withName(name)
                .withType(type)
                .withJsonPath(path)
                .withDescription(description)
                .withPriority(priority == 0 ? null : priority)
                .build();
    }

    /** The model keeps unknown fields so that no replica drops another's; the schema itself knows every field. */
    static void strict(JSONSchemaProps schema) {
        schema.setXKubernetesPreserveUnknownFields(null);
        if ("object".equals(schema.getType())
                && schema.getProperties() != null
                && !schema.getProperties().isEmpty()) {
            schema.setAdditionalProperties(null);
        }
        if (schema.getMaxLength() != null
                && Objects.toString(schema.getDescription(), "").contains("(RFC 3339)")) {
            schema.setFormat("date-time");
        }
        below(schema).forEach(CrdYaml::strict);
    }

    static Stream<JSONSchemaProps> below(JSONSchemaProps schema) {
        return Stream.of(
                        schema.getProperties() == null
                                ? Stream.<JSONSchemaProps>empty()
                                : schema.getProperties().values().stream(),
                        schema.getItems() == null
                                ? Stream.<JSONSchemaProps>empty()
                                : Stream.of(schema.getItems().getSchema()),
                        schema.getAdditionalProperties() == null
                                ? Stream.<JSONSchemaProps>empty()
                                : Stream.of(schema.getAdditionalProperties().getSchema()))
                .flatMap(schemas -> schemas)
                .filter(Objects::nonNull);
    }

    static JSONSchemaProps at(JSONSchemaProps schema, String... path) {
        JSONSchemaProps here = schema;
        for (String name : path) {
            here = Objects.requireNonNull(here.getProperties().get(name), name);
        }
        return here;
    }

    static JSONSchemaProps items(JSONSchemaProps list, String... path) {
        return at(list.getItems().getSchema(), path);
    }

    static void keyedBy(JSONSchemaProps list, String... keys) {
        list.setXKubernetesListType("map");
        list.setXKubernetesListMapKeys(List.of(keys));
        JSONSchemaProps one = list.getItems().getSchema();
        if (one.getRequired() == null || one.getRequired().isEmpty()) {
            one.setRequired(List.of(keys));
        }
    }

    /** A list in which nothing is twice. */
    static void set(JSONSchemaProps list, long longest) {
        list.setXKubernetesListType("set");
        JSONSchemaProps one = list.getItems().getSchema();
        if (one.getEnum() == null || one.getEnum().isEmpty()) {
            one.setMaxLength(longest);
        }
    }

    static void conditions(JSONSchemaProps list) {
        keyedBy(list, "type");
        JSONSchemaProps one = list.getItems().getSchema();
        one.setDescription("One aspect of the state.");
        one.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
        describe(one, "type", "The aspect.").setMaxLength(316L);
        describe(one, "status", "Whether it is so: True, False or Unknown.")
                .setEnum(List.of(JSON.textNode("True"), JSON.textNode("False"), JSON.textNode("Unknown")));
        JSONSchemaProps reason = describe(one, "reason", "Why, in one word for programs.");
        reason.setMinLength(1L);
        reason.setMaxLength(1024L);
        reason.setPattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$");
        describe(one, "message", "Why, in a sentence for people.").setMaxLength(32768L);
        describe(one, "lastTransitionTime", "When status last changed (RFC 3339).")
                .setFormat("date-time");
        describe(one, "observedGeneration", "The metadata.generation that this was computed from.")
                .setMinimum(0.0);
    }

    static void selector(JSONSchemaProps selector) {
        selector.setXKubernetesMapType("atomic");
        JSONSchemaProps labels = describe(selector, "matchLabels", "Labels that all must be there, with these values.");
        labels.setMaxProperties(32L);
        labels.getAdditionalProperties().getSchema().setMaxLength(63L);
        rule(
                labels,
                "self.all(key, size(key) <= 317 && key.matches('" + LABEL_KEY + "') && self[key].matches('"
                        + LABEL_VALUE + "'))",
                "must have label keys such as pool or example.com/pool, and values of at most 63 letters, digits, dashes, dots and underscores");

        JSONSchemaProps expressions = describe(selector, "matchExpressions", "Requirements that all must be met.");
        expressions.setMaxItems(32L);
        expressions.setXKubernetesListType("atomic");
        JSONSchemaProps one = expressions.getItems().getSchema();
        one.setRequired(List.of("key", "operator"));
        one.setDescription("One requirement.");
        JSONSchemaProps key = describe(one, "key", "The label's key.");
        key.setMaxLength(317L);
        rule(key, "self.matches('" + LABEL_KEY + "')", "must be a label key such as pool or example.com/pool");
        describe(one, "operator", "How the label relates to values: In, NotIn, Exists or DoesNotExist.")
                .setEnum(List.of(
                        JSON.textNode("In"),
                        JSON.textNode("NotIn"),
                        JSON.textNode("Exists"),
                        JSON.textNode("DoesNotExist")));
        JSONSchemaProps values =
                describe(one, "values", "The values of In and NotIn; none with Exists and DoesNotExist.");
        values.setMaxItems(64L);
        values.setXKubernetesListType("atomic");
        JSONSchemaProps value = values.getItems().getSchema();
        value.setMaxLength(63L);
        value.setPattern(LABEL_VALUE);
        rule(
                one,
                "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
                "In and NotIn need values, Exists and DoesNotExist take none");
    }

    static JSONSchemaProps describe(JSONSchemaProps schema, String name, String description) {
        JSONSchemaProps property = at(schema, name);
        property.setDescription(description);
        return property;
    }

    static void rule(JSONSchemaProps schema, String cel, String message) {
        schema.getXKubernetesValidations()
                .add(new io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder()
                        .withRule(cel)
                        .withMessage(message)
                        .build());
    }
}
