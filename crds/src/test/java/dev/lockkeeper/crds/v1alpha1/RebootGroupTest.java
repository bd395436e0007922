package dev.lockkeeper.crds.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RebootGroupTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void fieldsOfANewerReplicaSurvive() throws JsonProcessingException {
        String stored = """
                {"apiVersion": "lockkeeper.dev/v1alpha1", "kind": "RebootGroup", "metadata": {"name": "workers"}, "spec": {}, "status": {
                  "later": {"a": [1]}, "observedGeneration": 3, "summary": "worker-7", "members": 4, "unready": 0, "waiting": 2,
                  "slots": {"total": 1, "held": 1, "free": 0, "later": 1},
                  "waitingBy": {"lockkeeper-0": {"count": 2, "at": "2026-07-07T10:00:00.000001Z", "later": true}},
                  "holders": [{"token": "t1", "id": "a", "node": {"name": "worker-7", "uid": "u", "later": 1}, "phase": "Draining",
                    "since": "2026-07-07T10:00:00.000000Z", "askedAt": "2026-07-07T10:00:01Z", "grantedAt": "2026-07-07T10:00:02Z",
                    "toldAt": "2026-07-07T10:00:03Z", "bootID": "b", "version": "44.20260707.3.1", "steadyAt": "2026-07-07T10:00:04Z",
                    "newBootAt": "2026-07-07T10:00:05Z", "readySince": "2026-07-07T10:00:06Z", "stuck": "2026-07-07T10:00:07Z", "reason": "r",
                    "drain": {"evicted": 1, "remaining": 2, "startedAt": "2026-07-07T10:00:00Z", "later": 1,
                      "blockedBy": [{"pod": "db/pg-0", "reason": "PDB", "pdb": "db/pg", "later": 1}]},
                    "zone": "z1"}],
                  "failed": [{"token": "t0", "id": "b", "node": {"name": "n", "uid": "v"}, "version": "v", "verdict": "NeverCameBack",
                    "since": "2026-07-07T10:00:00Z", "later": 1}],
                  "backoff": [{"id": "c", "tries": 2, "until": "2026-07-07T10:00:00Z", "later": 1}],
                  "conditions": [{"type": "Ready", "status": "True", "reason": "Serving", "message": "m", "observedGeneration": 3,
                    "lastTransitionTime": "2026-07-07T10:00:00Z"}]}}""";

        RebootGroup read = Serialization.unmarshal(stored, RebootGroup.class);

        assertThat(JSON.readTree(Serialization.asJson(read))).isEqualTo(JSON.readTree(stored));
    }

    @Test
    void nothingIsWrittenThatWasNotSet() throws JsonProcessingException {
        RebootGroup group = new RebootGroup();
        group.setStatus(new RebootGroupStatus());

        JsonNode written = JSON.readTree(Serialization.asJson(group));

        assertThat(written.get("spec")).isEmpty();
        assertThat(written.get("status")).isEmpty();
    }

    @Test
    void slotsKeepTheirKind() {
        RebootGroup group = new RebootGroup();
        group.getSpec().setSlots(new IntOrString("10%"));
        assertThat(Serialization.asJson(group)).contains("\"slots\":\"10%\"");
        group.getSpec().setSlots(new IntOrString(2));
        assertThat(Serialization.asJson(group)).contains("\"slots\":2");
    }

    @Test
    void schemaHasTheDefaultsOfTheModel() throws IOException {
        JsonNode crd = Serialization.unmarshal(CrdYaml.generate(CrdKinds.REBOOT_GROUP), JsonNode.class);
        JsonNode spec = crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
        assertThat(defaultOf(spec, "machines").asText()).isEqualTo(RebootGroupDefaults.MACHINES.name());
        assertThat(defaultOf(spec, "slots").isInt()).isTrue();
        assertThat(defaultOf(spec, "slots").asInt()).isEqualTo(RebootGroupDefaults.SLOTS);
        assertThat(defaultOf(spec, "countUnready").asBoolean()).isEqualTo(RebootGroupDefaults.COUNT_UNREADY);
        assertThat(defaultOf(spec, "paused").asBoolean(true)).isEqualTo(RebootGroupDefaults.PAUSED);
        assertThat(defaultOf(spec, "stuckAfter").asText()).isEqualTo(RebootGroupDefaults.STUCK_AFTER);
        JsonNode drain = spec.at("/properties/drain");
        assertThat(defaultOf(drain, "mode").asText()).isEqualTo(RebootGroupDefaults.DRAIN_MODE.name());
        assertThat(defaultOf(drain, "timeout").asText()).isEqualTo(RebootGroupDefaults.DRAIN_TIMEOUT);
        assertThat(defaultOf(drain, "onTimeout").asText()).isEqualTo(RebootGroupDefaults.ON_TIMEOUT.name());
        assertThat(defaultOf(drain, "unmanaged").asText()).isEqualTo(RebootGroupDefaults.UNMANAGED.name());
        assertThat(defaultOf(drain, "deleteEmptyDirData").asBoolean())
                .isEqualTo(RebootGroupDefaults.DELETE_EMPTY_DIR_DATA);
        JsonNode verify = spec.at("/properties/verify");
        assertThat(defaultOf(verify, "timeout").asText()).isEqualTo(RebootGroupDefaults.VERIFY_TIMEOUT);
        assertThat(defaultOf(verify, "minReady").asText()).isEqualTo(RebootGroupDefaults.MIN_READY);
        assertThat(defaultOf(verify, "onFailure").asText()).isEqualTo(RebootGroupDefaults.ON_FAILURE.name());
        assertThat(defaultOf(verify, "maxParked").asInt()).isEqualTo(RebootGroupDefaults.MAX_PARKED);
    }

    private static JsonNode defaultOf(JsonNode schema, String field) {
        return schema.path("properties").path(field).path("default");
    }

    @Test
    void everyFieldIsDescribedAndBounded() throws IOException {
        JsonNode crd = Serialization.unmarshal(CrdYaml.generate(CrdKinds.REBOOT_GROUP), JsonNode.class);
        List<String> missing = new ArrayList<>();
        look(crd.at("/spec/versions/0/schema/openAPIV3Schema"), "rebootgroup", missing);
        assertThat(missing).isEmpty();
    }

    private static void look(JsonNode schema, String path, List<String> missing) {
        schema.path("properties").properties().forEach(field -> {
            String name = path + "." + field.getKey();
            JsonNode it = field.getValue();
            if (it.path("description").asText().isEmpty()) {
                missing.add(name + " has no description");
            }
            look(it, name, missing);
        });
        if (schema.has("items")) {
            if (!schema.has("maxItems")) {
                missing.add(path + " has no maxItems");
            }
            if (!schema.has("x-kubernetes-list-type")) {
                missing.add(path + " has no list type");
            }
            look(schema.get("items"), path + "[]", missing);
        }
        if (schema.has("additionalProperties")) {
            if (!schema.has("maxProperties")) {
                missing.add(path + " has no maxProperties");
            }
            look(schema.get("additionalProperties"), path + "{}", missing);
        }
        boolean open = schema.path("type").asText().equals("string")
                && !schema.has("maxLength")
                && !schema.has("enum")
                && !schema.path("format").asText().equals("date-time");
        if (open) {
            missing.add(path + " has no maxLength");
        }
    }
}
