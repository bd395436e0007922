package dev.lockkeeper.cincinnati.protocol;

import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One request for a graph, its form checked. Whatever was not sent is null.
 *
 * <p>Source of the parameters: Zincati, {@code src/identity/mod.rs}. {@code basearch} and {@code stream} are mandatory, others are not;
 * unknown ones are ignored, a known one that is there twice is ill-formed.
 *
 * @param scope what the graph is asked for; whether there is such a stream and architecture is not checked here
 * @param id the agent's id, {@code node_uuid}: 1 to 64 of {@code [0-9A-Za-z-]}
 * @param version of the release that the machine runs, {@code os_version}
 * @param payload of the release that the machine runs, {@code os_checksum}, as it was sent
 * @param wariness {@code rollout_wariness} as it was sent, be it a number or not
 */
public record GraphRequest(
        Scope scope, String id, String version, String payload, String group, String platform, String wariness)
        implements GraphParsed {

    private static final int MOST_PARAMETERS = 64;
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_VALUE = 512;

    private static final Map<String, Form> FORMS = Map.of(
            "basearch", Form.of("[0-9A-Za-z_]", 32),
            "stream", Form.of("[0-9A-Za-z._-]", 64),
            "node_uuid", Form.of("[0-9A-Za-z-]", 64),
            "os_version", Form.of("[0-9A-Za-z.-]", 100),
            "os_checksum", Form.of("[!-~]", 512),
            "group", Form.of("[0-9A-Za-z.-]", 63),
            "platform", Form.of("[0-9A-Za-z._-]", 64),
            "oci", Form.of("true|false"),
            "rollout_wariness", Form.of(".{0,512}"));

    /** Whether an agent asks, which names the release that it runs; else people or tools do. */
    public boolean isAgents() {
        return version != null || payload != null;
    }

    /**
     * Reads a query, such as {@code basearch=x86_64&stream=stable&oci=true}.
     *
     * @param query as it stands in the URI, percent-escapes included; null: none
     */
    public static GraphParsed parse(String query) {
        Map<String, String> values = new HashMap<>();
        String wrong = read(query == null ? "" : query, values);
        if (wrong != null) {
            return new Refused(false, wrong);
        }
        for (String name : new String[] {"basearch", "stream"}) {
            if (values.getOrDefault(name, "").isEmpty()) {
                return new Refused(
                        true,
                        "The parameter '" + name + "' is missing: agents send basearch and stream by themselves.");
            }
        }
        for (Map.Entry<String, String> value : values.entrySet()) {
            if (!FORMS.get(value.getKey()).matches().test(value.getValue())) {
                return new Refused(false, illFormed(value.getKey()));
            }
        }
        Scheme scheme = "true".equals(values.get("oci")) ? Scheme.OCI : Scheme.CHECKSUM;
        return new GraphRequest(
                new Scope(values.get("stream"), values.get("basearch"), scheme),
                values.get("node_uuid"),
                values.get("os_version"),
                values.get("os_checksum"),
                values.get("group"),
                values.get("platform"),
                values.get("rollout_wariness"));
    }

    private static String illFormed(String name) {
        return "The parameter '" + name + "' is ill-formed: it must match "
                + FORMS.get(name).pattern() + ".";
    }

    /** Fills in the known parameters; returns what is wrong with the query, null if nothing is. */
    private static String read(String query, Map<String, String> values) {
        Set<String> seen = new HashSet<>();
        int count = 0;
        for (String part : query.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            if (++count > MOST_PARAMETERS) {
                return "There are more than " + MOST_PARAMETERS + " parameters.";
            }
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            String raw = equals < 0 ? "" : part.substring(equals + 1);
            if (name.length() > LONGEST_NAME || !FORMS.containsKey(name)) {
                continue;
            }
            if (!seen.add(name)) {
                return "The parameter '" + name + "' is there twice.";
            }
            Optional<String> value = raw.length() > 3 * LONGEST_VALUE ? Optional.empty() : decoded(raw);
            if (value.isEmpty()) {
                return illFormed(name);
            }
            if (!value.get().isEmpty()) {
                values.put(name, value.get());
            }
        }
        return null;
    }

    private static boolean isPlain(String raw) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%' || c == '+' || c > 0x7E) {
                return false;
            }
        }
        return true;
    }

    /** Percent-escapes of UTF-8, and plus for a space; empty if it is neither. */
    private static Optional<String> decoded(String raw) {
        if (isPlain(raw)) {
            return Optional.of(raw);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
                int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (c > 0x7E) {
                return Optional.empty();
            } else {
                bytes.write(c == '+' ? ' ' : c);
            }
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
