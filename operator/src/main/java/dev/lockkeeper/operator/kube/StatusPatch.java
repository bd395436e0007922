package dev.lockkeeper.operator.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockkeeper.crds.v1alpha1.StatusPart;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Writes a status that has one writer, if it differs from what is stored: fields are set, those that are not set any more are removed,
 * and those that this version does not know stay.
 */
final class StatusPatch {

    private StatusPatch() {}

    /**
     * @param plural of the kind
     * @param before as it is stored; null: there is none
     */
    static void send(KubernetesClient client, String plural, String name, StatusPart status, StatusPart before) {
        ObjectNode changed = changed(client, status, before);
        if (!changed.isEmpty()) {
            ObjectNode patch = JsonNodeFactory.instance.objectNode();
            patch.set("status", changed);
            Patch.merge(client, path(plural, name), patch.toString());
        }
    }

    /**
     * The same on exactly the version that was read: 409 if it is another one by now.
     *
     * @return the object as it is then, as JSON
     */
    static String swap(
            KubernetesClient client,
            String plural,
            String name,
            String resourceVersion,
            StatusPart status,
            StatusPart before) {
        return swap(client, plural, name, resourceVersion, changed(client, status, before));
    }

    /** The same, and null without a request if nothing differs. */
    static String swapIfChanged(
            KubernetesClient client,
            String plural,
            String name,
            String resourceVersion,
            StatusPart status,
            StatusPart before) {
        ObjectNode changed = changed(client, status, before);
        return changed.isEmpty() ? null : swap(client, plural, name, resourceVersion, changed);
    }

    private static String swap(
            KubernetesClient client, String plural, String name, String resourceVersion, ObjectNode changed) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("resourceVersion", resourceVersion);
        patch.set("status", changed);
        return Patch.merge(client, path(plural, name), patch.toString());
    }

    private static String path(String plural, String name) {
        return "apis/lockkeeper.dev/v1alpha1/" + plural + "/" + name + "/status";
    }

    private static ObjectNode changed(KubernetesClient client, StatusPart status, StatusPart before) {
        KubernetesSerialization json = client.getKubernetesSerialization();
        JsonNode fields = json.convertValue(status, JsonNode.class);
        JsonNode stored =
                before == null ? JsonNodeFactory.instance.objectNode() : json.convertValue(before, JsonNode.class);
        ObjectNode changed = JsonNodeFactory.instance.objectNode();
        fields.properties().forEach(field -> {
            if (!field.getValue().equals(stored.get(field.getKey()))) {
                changed.set(field.getKey(), field.getValue());
            }
        });
        stored.fieldNames().forEachRemaining(field -> {
            if (!fields.has(field) && !before.getAdditionalProperties().containsKey(field)) {
                changed.putNull(field);
            }
        });
        return changed;
    }
}
