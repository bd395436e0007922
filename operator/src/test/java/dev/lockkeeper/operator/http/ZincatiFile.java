package dev.lockkeeper.operator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.Yaml;

/**
 * What an agent makes of the file that was put on its machine, read by parsers that are not ours.
 *
 * @param text the TOML
 */
record ZincatiFile(String text, JsonNode keys) {

    static ZincatiFile parse(String toml) {
        try {
            return new ZincatiFile(toml, new TomlMapper().readTree(toml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one file of an Ignition configuration. */
    static ZincatiFile ofIgnition(String json) {
        try {
            String source = new ObjectMapper()
                    .readTree(json)
                    .at("/storage/files/0/contents/source")
                    .asText();
            String base64 = source.substring("data:;base64,".length());
            return parse(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one file of a Butane configuration; YAML 1.1, as Butane's own parser understands it. */
    static ZincatiFile ofButane(String yaml) {
        Map<String, Object> root = new Yaml().load(yaml);
        JsonNode tree = new ObjectMapper().valueToTree(root);
        return parse(tree.at("/storage/files/0/contents/inline").asText());
    }

    /** The names of all values, such as {@code updates.strategy}. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        collect("", keys, names);
        return names;
    }

    private static void collect(String prefix, JsonNode node, Set<String> names) {
        if (!node.isObject()) {
            names.add(prefix);
        }
        node.properties()
                .forEach(f -> collect(prefix.isEmpty() ? f.getKey() : prefix + "." + f.getKey(), f.getValue(), names));
    }

    String value(String name) {
        return keys.at("/" + name.replace('.', '/')).asText();
    }

    URI lockUrl() {
        return URI.create(value("updates.fleet_lock.base_url"));
    }
}
