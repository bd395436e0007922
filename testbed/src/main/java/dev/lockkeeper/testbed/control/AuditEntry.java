package dev.lockkeeper.testbed.control;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One line of the API server's audit log: who asked for what, and how it was answered. What a request does not have is
 * the empty string.
 *
 * @param user like {@code system:serviceaccount:<namespace>:<name>}
 * @param code the HTTP status
 * @param stage ResponseComplete; for a watch ResponseStarted too; Panic
 */
public record AuditEntry(
        String user,
        String verb,
        String resource,
        String subresource,
        String group,
        String namespace,
        String name,
        String uri,
        int code,
        String stage) {

    static AuditEntry of(JsonNode line) {
        JsonNode object = line.path("objectRef");
        return new AuditEntry(
                line.path("user").path("username").asText(),
                line.path("verb").asText(),
                object.path("resource").asText(),
                object.path("subresource").asText(),
                object.path("apiGroup").asText(),
                object.path("namespace").asText(),
                object.path("name").asText(),
                line.path("requestURI").asText(),
                line.path("responseStatus").path("code").asInt(),
                line.path("stage").asText());
    }
}
