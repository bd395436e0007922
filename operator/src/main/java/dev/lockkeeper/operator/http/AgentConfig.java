package dev.lockkeeper.operator.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Collectors;

/**
 * The file that makes the Zincati of a machine ask here, and the two documents that put it there: Butane's for people, who merge it
 * into their own, and Ignition's for machines.
 *
 * @param group what the agent is to send as its group
 * @param baseUrl with a slash at its end; it may have a password in it
 * @param graph whether the agent is to look for releases here, too; else it keeps the graph that it has
 */
record AgentConfig(String group, String baseUrl, boolean graph) {

    /** Sorts after the files that Fedora ships, of which the last is {@code 50-fedora-coreos-cincinnati.toml}. */
    static final String FILE = "/etc/zincati/config.d/60-lockkeeper.toml";

    static final String BUTANE_VERSION = "1.5.0";

    /** Not the newest: it has all that is needed here, older validators know it, and a newer configuration may merge it. */
    static final String IGNITION_VERSION = "3.3.0";

    private static final String MODE = "0644";
    /** How far the file's text is indented in YAML. */
    private static final String BLOCK = " ".repeat(10);

    /** The file's text, with keys that Zincati knows: others it would ignore without a word. */
    String toml() {
        String url = quoted(baseUrl);
        String cincinnati = graph ? """

                [cincinnati]
                base_url = %s
                """.formatted(url) : "";
        return """
                [identity]
                group = %s

                [updates]
                strategy = "fleet_lock"

                [updates.fleet_lock]
                base_url = %s
                """.formatted(quoted(group), url) + cincinnati;
    }

    /** A basic string of TOML. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (Character.isISOControl(c)) {
                quoted.append("\\u%04X".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** Its text stands there as it is: there is nothing in it that a literal block of YAML could not hold. */
    String butane() {
        return """
                variant: fcos
                version: %s
                storage:
                  files:
                    - path: %s
                      mode: %s
                      contents:
                        inline: |
                """.formatted(BUTANE_VERSION, FILE, MODE)
                + toml().lines()
                        .map(line -> line.isEmpty() ? "\n" : BLOCK + line + "\n")
                        .collect(Collectors.joining());
    }

    String ignition() {
        byte[] contents = toml().getBytes(StandardCharsets.UTF_8);
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.putObject("ignition").put("version", IGNITION_VERSION);
        ObjectNode file = document.putObject("storage").putArray("files").addObject();
        file.put("path", FILE).put("mode", Integer.parseInt(MODE, 8));
        file.putObject("contents")
                .put("source", "data:;base64," + Base64.getEncoder().encodeToString(contents));
        return document + "\n";
    }

    /** Without the URL, which may have a password in it. */
    @Override
    public String toString() {
        return "AgentConfig[group=" + group + ", graph=" + graph + "]";
    }
}
