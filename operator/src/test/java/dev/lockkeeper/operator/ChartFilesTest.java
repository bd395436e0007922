package dev.lockkeeper.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The files of the chart that are made from others: copies, what the schema knows of specs and settings, the table in README.md. With
 * {@code -Dchart.rewrite=true} it writes them anew. What the chart renders is tested by HelmIT.
 */
class ChartFilesTest {

    private static final Path ROOT = Path.of("..");
    private static final Path CHART = ROOT.resolve("helm/lockkeeper");
    private static final String REWRITE =
            "write it again with: mvn -pl operator test -Dtest=ChartFilesTest -Dchart.rewrite=true";
    private static final boolean REWRITING = Boolean.getBoolean("chart.rewrite");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> CONSTRAINTS = List.of(
            "type",
            "enum",
            "pattern",
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "maxProperties",
            "required");
    private static final Pattern OWN_PATTERN = Pattern.compile("(?:^|[^.\\w])self\\.matches\\('([^']+)'\\)");
    private static final Pattern ITEMS_PATTERN = Pattern.compile("name\\.matches\\('([^']+)'\\)");
    private static final Pattern BOUNDS = Pattern.compile("\\? self >= (\\d+) && self <= (\\d+) :");

    private static final Pattern SETTING =
            Pattern.compile("(?m)^\\| `lockkeeper\\.([a-z.-]+)` \\| `([A-Z_]+)` \\| `?([^|`]+)`? \\|");
    /** Given by the chart itself, some together with a role, or different for each replica, or for tests alone. */
    private static final Pattern NO_VALUE =
            Pattern.compile("namespace|replica|okd\\.enabled|okd\\.pool-windows|testing\\..*");

    private static final String TABLE_BEGINS = "<!-- values: begin -->\n";
    private static final String TABLE_ENDS = "<!-- values: end -->";
    private static final Pattern DESCRIPTION_BEGINS = Pattern.compile(" *# -- (.+)");
    private static final Pattern DESCRIPTION_GOES_ON = Pattern.compile(" *# (.+)");
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z]\\w*):.*");

    @Test
    void theCrdsAreCopies() throws IOException {
        try (Stream<Path> crds = Files.list(ROOT.resolve("crds"))) {
            List<Path> files = crds.filter(file -> file.toString().endsWith("-v1.yml"))
                    .sorted()
                    .toList();
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                assertCopy(file, CHART.resolve("files/crds").resolve(file.getFileName()));
            }
            try (Stream<Path> copies = Files.list(CHART.resolve("files/crds"))) {
                assertThat(copies.map(Path::getFileName))
                        .containsExactlyInAnyOrderElementsOf(
                                files.stream().map(Path::getFileName).toList());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rules/lockkeeper-rules.yaml",
        "dashboards/lockkeeper-fleet.json",
        "dashboards/lockkeeper-lock.json",
    })
    void rulesAndDashboardsAreCopies(String file) throws IOException {
        Path original = ROOT.resolve("deploy/monitoring").resolve(file);
        assertCopy(original, CHART.resolve("files/monitoring").resolve(original.getFileName()));
    }

    private static void assertCopy(Path original, Path copy) throws IOException {
        if (REWRITING) {
            Files.writeString(copy, Files.readString(original));
        }
        assertThat(copy).as(REWRITE).hasSameTextualContentAs(original);
    }

    @ParameterizedTest
    @CsvSource({"rebootgroups,rebootGroup", "updategraphs,updateGraph", "streampins,streamPin"})
    void theSchemaKnowsTheSpecsOfTheCrds(String plural, String definition) throws IOException {
        JsonNode crd = yaml(ROOT.resolve("crds/" + plural + ".lockkeeper.dev-v1.yml"));
        ObjectNode expected = jsonSchema(crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"));
        ObjectNode schema = schema();
        if (REWRITING) {
            ((ObjectNode) schema.get("definitions")).set(definition, expected);
            write(schema);
        }
        // Numbers of both are read anew, so that they are of the same type.
        assertThat(schema().at("/definitions/" + definition)).as(REWRITE).isEqualTo(JSON.readTree(expected.toString()));
    }

    /** What a schema of draft 7 can say of it: types, bounds, no unknown field, and of the CEL rules the regular expressions. */
    private static ObjectNode jsonSchema(JsonNode openApi) {
        ObjectNode result = JSON.createObjectNode();
        CONSTRAINTS.stream().filter(openApi::has).forEach(name -> result.set(name, openApi.get(name)));
        if (openApi.path("x-kubernetes-int-or-string").asBoolean()) {
            result.putArray("type").add("integer").add("string");
        }
        if (openApi.has("properties")) {
            ObjectNode properties = result.putObject("properties");
            openApi.get("properties").properties().forEach(p -> properties.set(p.getKey(), jsonSchema(p.getValue())));
            result.put("additionalProperties", false);
        } else if (openApi.path("additionalProperties").isObject()) {
            result.set("additionalProperties", jsonSchema(openApi.get("additionalProperties")));
        }
        if (openApi.path("items").isObject()) {
            result.set("items", jsonSchema(openApi.get("items")));
        }
        for (JsonNode validation : openApi.path("x-kubernetes-validations")) {
            String rule = validation.get("rule").asText();
            found(OWN_PATTERN, rule).forEach(m -> result.put("pattern", m.group(1)));
            found(ITEMS_PATTERN, rule).forEach(m -> ((ObjectNode) result.get("items")).put("pattern", m.group(1)));
            found(BOUNDS, rule)
                    .forEach(m -> result.put("minimum", Integer.parseInt(m.group(1)))
                            .put("maximum", Integer.parseInt(m.group(2))));
        }
        return result;
    }

    private static Stream<MatchResult> found(Pattern pattern, String rule) {
        return pattern.matcher(rule).results().limit(1);
    }

    @Test
    void theSchemaKnowsTheSettings() throws IOException {
        ObjectNode expected = JSON.createObjectNode();
        SETTING.matcher(Files.readString(ROOT.resolve("docs/settings.md")))
                .results()
                .filter(m -> !NO_VALUE.matcher(m.group(1)).matches())
                .forEach(m -> expected.set(m.group(2), typeOf(m.group(3))));
        assertThat(expected.has("LOCKKEEPER_AGENT_MAX_HOLD")).isTrue();
        ObjectNode schema = schema();
        if (REWRITING) {
            ((ObjectNode) schema.at("/properties/settings")).set("properties", expected);
            write(schema);
        }
        assertThat(schema().at("/properties/settings/properties")).as(REWRITE).isEqualTo(expected);
    }

    private static ObjectNode typeOf(String defaultValue) {
        if (defaultValue.matches("P[0-9T].*")) {
            return JSON.createObjectNode().put("$ref", "#/definitions/duration");
        }
        return defaultValue.matches("[0-9]+")
                ? JSON.createObjectNode().put("$ref", "#/definitions/count")
                : JSON.createObjectNode().put("type", "string");
    }

    @Test
    void everyObjectOfTheSchemaRefusesWhatItDoesNotKnow() throws IOException {
        List<String> open = new ArrayList<>();
        collectOpen(schema(), "", open);
        // Kubernetes' own structures, which the API server checks, and what Helm gives to every chart.
        assertThat(open)
                .containsExactlyInAnyOrder(
                        "/properties/global",
                        "/properties/affinity/properties/nodeAffinity",
                        "/properties/affinity/properties/podAffinity",
                        "/properties/affinity/properties/podAntiAffinity",
                        "/properties/topologySpreadConstraints/items/properties/labelSelector/properties/matchExpressions/items");
    }

    private static void collectOpen(JsonNode node, String path, List<String> open) {
        if (node.path("type").asText().equals("object") && !node.has("additionalProperties")) {
            open.add(path);
        }
        node.properties().forEach(p -> collectOpen(p.getValue(), path + "/" + p.getKey(), open));
    }

    @Test
    void theReadmeDescribesEveryValue() throws IOException {
        Path readme = CHART.resolve("README.md");
        String text = Files.readString(readme);
        int begin = text.indexOf(TABLE_BEGINS) + TABLE_BEGINS.length();
        int end = text.indexOf(TABLE_ENDS);
        String expected = text.substring(0, begin) + table() + text.substring(end);
        if (REWRITING) {
            Files.writeString(readme, expected);
        }
        assertThat(readme).as(REWRITE).hasContent(expected);
    }

    @Test
    void everyValueHasADescription() throws IOException {
        Map<String, String> described = descriptions();
        List<String> without = new ArrayList<>();
        collectUndescribed(yaml(CHART.resolve("values.yaml")), "", described, without);
        assertThat(without).isEmpty();
    }

    private static void collectUndescribed(
            JsonNode value, String path, Map<String, String> described, List<String> without) {
        if (described.containsKey(path)) {
            return;
        }
        if (!value.isObject() || value.isEmpty()) {
            without.add(path);
        }
        value.properties()
                .forEach(p -> collectUndescribed(
                        p.getValue(), path.isEmpty() ? p.getKey() : path + "." + p.getKey(), described, without));
    }

    private static String table() throws IOException {
        JsonNode values = yaml(CHART.resolve("values.yaml"));
        StringBuilder table = new StringBuilder("| value | default | meaning |\n|---|---|---|\n");
        descriptions().forEach((path, description) -> {
            String text = values.at("/" + path.replace('.', '/')).toString();
            String shown = text.length() > 40 ? "see [values.yaml](values.yaml)" : "`" + text + "`";
            table.append("| `").append(path).append("` | ").append(shown);
            table.append(" | ").append(description.replace("|", "\\|")).append(" |\n");
        });
        return table.toString();
    }

    /** By path, in the file's order. */
    private static Map<String, String> descriptions() throws IOException {
        Map<String, String> found = new LinkedHashMap<>();
        List<String> path = new ArrayList<>();
        String description = null;
        for (String line : Files.readAllLines(CHART.resolve("values.yaml"))) {
            Matcher begins = DESCRIPTION_BEGINS.matcher(line);
            Matcher goesOn = DESCRIPTION_GOES_ON.matcher(line);
            Matcher key = KEY.matcher(line);
            if (begins.matches()) {
                description = begins.group(1);
            } else if (description != null && goesOn.matches()) {
                description += " " + goesOn.group(1);
            } else if (key.matches()) {
                int depth = key.group(1).length() / 2;
                path = new ArrayList<>(path.subList(0, Math.min(depth, path.size())));
                path.add(key.group(2));
                if (description != null) {
                    found.put(String.join(".", path), description);
                    description = null;
                }
            }
        }
        return found;
    }

    @Test
    void theChartIsOfTheVersionThatIsDeployed() throws IOException {
        JsonNode chart = yaml(CHART.resolve("Chart.yaml"));
        String image = yaml(ROOT.resolve("deploy/base/deployment.yaml"))
                .at("/spec/template/spec/containers/0/image")
                .asText();
        assertThat(image).endsWith(":" + chart.path("appVersion").asText());
        assertThat(annotation(chart, "images").at("/0/image").asText()).isEqualTo(image);
    }

    @Test
    void artifactHubIsToldOfEveryKind() throws IOException {
        JsonNode chart = yaml(CHART.resolve("Chart.yaml"));
        try (Stream<Path> crds = Files.list(CHART.resolve("files/crds"))) {
            assertThat(annotation(chart, "crds")
                            .valueStream()
                            .map(crd -> crd.path("name").asText() + "-v1.yml"))
                    .containsExactlyInAnyOrderElementsOf(
                            crds.map(file -> file.getFileName().toString()).toList());
        }
    }

    private static JsonNode annotation(JsonNode chart, String name) {
        return Serialization.unmarshal(
                chart.path("annotations").path("artifacthub.io/" + name).asText(), JsonNode.class);
    }

    private static ObjectNode schema() throws IOException {
        return (ObjectNode) JSON.readTree(CHART.resolve("values.schema.json").toFile());
    }

    private static void write(ObjectNode schema) throws IOException {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
        printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        Files.writeString(
                CHART.resolve("values.schema.json"), JSON.writer(printer).writeValueAsString(schema) + "\n");
    }

    private static JsonNode yaml(Path file) throws IOException {
        return Serialization.unmarshal(Files.readString(file), JsonNode.class);
    }
}
