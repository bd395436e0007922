package dev.lockkeeper.operator.health;

import java.time.Duration;

/** What a machine must pass after its reboot besides its node being Ready. */
public sealed interface Check {

    /** How often a machine is asked, at most. */
    Duration INTERVAL = Duration.ofSeconds(5);

    /** What sentences call it; no two checks of a group have the same. */
    String name();

    /** An expression over the machine's Node and its pods: see {@link CelCheck}. */
    record Cel(String name, String expression) implements Check {}

    /**
     * A query whose every sample must be other than 0: see {@link PrometheusAnswer}.
     *
     * @param url the base URL, below which is {@code /api/v1/query}
     * @param query with {@value #NODE} for the node's name
     */
    record Prometheus(String name, String url, String query) implements Check {

        static final String NODE = "${node}";

        /** The query for one node. Its name is escaped for a string of PromQL in whichever quotes, not for a regular expression. */
        public String on(String node) {
            return query.replace(NODE, escaped(node));
        }

        private static String escaped(String text) {
            StringBuilder safe = new StringBuilder();
            text.codePoints().forEach(c -> {
                boolean plain = c > ' ' && c < 0x7f && "\\\"'`".indexOf(c) < 0;
                safe.append(plain ? Character.toString(c) : String.format("\\U%08x", c));
            });
            return safe.toString();
        }
    }
}
