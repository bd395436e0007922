package dev.lockkeeper.operator.http;

import dev.lockkeeper.cincinnati.protocol.GraphKind;
import dev.lockkeeper.fleetlock.protocol.FleetLockRequest;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.operator.lock.GroupAccess;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides what is answered at {@code /butane/<group>} and {@code /ignition/<group>}: how a machine of the group is configured.
 *
 * <ol>
 *   <li>The group's name, the query and the Host header must be well-formed: they go into files that machines obey.
 *   <li>The group must be there, and whoever asks must have its password, if it has one.
 *   <li>The document has the password in it only if it was given with the request.
 * </ol>
 */
final class AgentConfigs {

    private static final Pattern PATH = Pattern.compile("/(?<format>butane|ignition)/(?<group>[^/]+)");
    /** The queries that there are, and whether the agent is then to look for releases here. */
    private static final Map<String, Boolean> QUERIES =
            Map.of("", true, "cincinnati=true", true, "cincinnati=false", false);

    private static final CharSequence YAML = HttpHeaders.createOptimized("application/yaml");

    private final GroupAccess groups;
    private final Optional<BaseUrl> publicUrl;

    /**
     * One request.
     *
     * @param path as it stands in the URI
     * @param query as it stands in the URI; null: none
     * @param hosts the Host headers
     * @param tls whether it came encrypted
     */
    record Call(String path, String query, List<String> hosts, boolean tls, BasicCredentials credentials) {}

    sealed interface Answer {

        /** @param type of the content */
        record Document(CharSequence type, String text) implements Answer {

            /** Without the text, which may have a password in it. */
            @Override
            public String toString() {
                return "Document[type=" + type + "]";
            }
        }

        /** @param sentence for people, never empty */
        record Refused(int status, String kind, String sentence) implements Answer {}
    }

    /** @param publicUrl where agents reach us; empty: where the caller did */
    AgentConfigs(GroupAccess groups, Optional<BaseUrl> publicUrl) {
        this.groups = groups;
        this.publicUrl = publicUrl;
    }

    /** Whether the path is one of those answered here; null is none. */
    static boolean isFor(String path) {
        return path != null && PATH.matcher(path).matches();
    }

    /** @throws IllegalArgumentException if the path is none of those answered here */
    Answer answer(Call call) {
        Matcher path = PATH.matcher(call.path());
        if (!path.matches()) {
            throw new IllegalArgumentException("not a path of these: " + call.path());
        }
        String group = path.group("group");
        if (!FleetLockRequest.isGroup(group)) {
            return invalid("A group has 1 to 63 characters of a-z, A-Z, 0-9, '.' and '-'.");
        }
        Boolean graph = QUERIES.get(call.query() == null ? "" : call.query());
        if (graph == null) {
            return invalid(
                    "The query may only be cincinnati=false: then the agent keeps Fedora's own graph, and asks here for"
                            + " its reboots alone.");
        }
        BaseUrl url =
                publicUrl.or(() -> BaseUrl.reached(call.tls(), call.hosts())).orElse(null);
        if (url == null) {
            return invalid(
                    "The request's Host header is no address that agents could be given: ask by a host name or an IP"
                            + " address, or set lockkeeper.agent.public-url.");
        }
        return switch (groups.enter(group, call.credentials().password())) {
            case GroupAccess.Answer.Refused(Refusal refusal) ->
                new Answer.Refused(refusal.kind().status(), refusal.kind().text(), refusal.value());
            case GroupAccess.Answer.Admitted(boolean byPassword) ->
                document(
                        path.group("format"),
                        new AgentConfig(
                                group,
                                byPassword
                                        ? url.with(
                                                call.credentials().user(),
                                                call.credentials().password())
                                        : url.toString(),
                                graph));
        };
    }

    private static Answer document(String format, AgentConfig config) {
        return "butane".equals(format)
                ? new Answer.Document(YAML, config.butane())
                : new Answer.Document(AnswerWriter.JSON, config.ignition());
    }

    private static Answer invalid(String sentence) {
        return new Answer.Refused(GraphKind.INVALID_PARAMS.status(), GraphKind.INVALID_PARAMS.text(), sentence);
    }
}
