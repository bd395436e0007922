package dev.lockkeeper.operator.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.crds.v1alpha1.FleetMachineStatus;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.MachineUpdate;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.operator.graph.MachineView;
import dev.lockkeeper.operator.graph.MachineView.Evidence;
import dev.lockkeeper.operator.graph.MachineView.Labels;
import dev.lockkeeper.operator.graph.MachineView.Picture;
import dev.lockkeeper.operator.graph.MachineView.Run;
import dev.lockkeeper.operator.health.Update;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Translates between a FleetMachine as it is stored and the records that decisions are made on. Written are only the fields of one
 * writer at a time: what else a status has stays as it is.
 */
final class FleetMapping {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private FleetMapping() {}

    static MachineView view(FleetMachine machine) {
        FleetMachineStatus status = machine.getStatus() == null ? new FleetMachineStatus() : machine.getStatus();
        Map<String, String> annotations = machine.getMetadata().getAnnotations();
        return new MachineView(
                machine.getMetadata().getName(),
                machine.getMetadata().getUid(),
                machine.getMetadata().getResourceVersion(),
                annotations == null ? null : GroupMapping.pausedReason(annotations.get(RebootGroup.PAUSED_ANNOTATION)),
                labels(machine.getMetadata().getLabels()),
                evidence(status),
                new Picture(
                        shared(status.getGroup()),
                        shared(status.getPin()),
                        status.getState(),
                        time(status.getSince()),
                        shared(status.getOffered()),
                        shared(status.getMessage())),
                list(status.getUpdates()).stream().map(FleetMapping::update).toList());
    }

    private static Update update(MachineUpdate u) {
        return new Update(
                u.getToken(),
                shared(u.getFrom()),
                shared(u.getRelease()),
                shared(u.getVersion()),
                u.getVerdict(),
                Boolean.TRUE.equals(u.getCounted()),
                u.getQuestion(),
                time(u.getAt()),
                u.getReason());
    }

    private static Labels labels(Map<String, String> labels) {
        return labels == null
                ? Labels.NONE
                : new Labels(
                        shared(labels.get(FleetMachine.GROUP_LABEL)),
                        shared(labels.get(FleetMachine.STREAM_LABEL)),
                        shared(labels.get(FleetMachine.ARCHITECTURE_LABEL)),
                        state(labels.get(FleetMachine.STATE_LABEL)));
    }

    private static MachineState state(String label) {
        return Arrays.stream(MachineState.values())
                .filter(state -> state.name().equals(label))
                .findFirst()
                .orElse(null);
    }

    private static Evidence evidence(FleetMachineStatus status) {
        return new Evidence(
                status.getDisplayName(),
                status.getAgentId(),
                status.getNode(),
                status.getNodeUid(),
                shared(status.getAgentGroup()),
                shared(status.getStream()),
                shared(status.getVersion()),
                shared(status.getPayload()),
                shared(status.getArchitecture()),
                shared(status.getPlatform()),
                scheme(status.getScheme()),
                status.getRolloutWariness(),
                list(status.getOffers()).stream()
                        .map(o -> new Offer(
                                shared(o.getVersion()),
                                time(o.getAt()),
                                time(o.getAskedAt()),
                                o.getPolls() == null ? 0 : o.getPolls()))
                        .toList(),
                time(status.getLastSeen()),
                time(status.getSteadyAt()),
                list(status.getHistory()).stream()
                        .map(r -> new Run(shared(r.getVersion()), time(r.getAt())))
                        .toList());
    }

    private static <T> List<T> list(List<T> list) {
        return list == null ? List.of() : list;
    }

    /** Thousands of machines have the same few values: each is kept once. */
    private static String shared(String text) {
        return text == null ? null : text.intern();
    }

    private static Scheme scheme(String text) {
        return Arrays.stream(Scheme.values())
                .filter(scheme -> scheme.text().equals(text))
                .findFirst()
                .orElse(null);
    }

    static Instant time(String text) {
        return text == null ? null : Instant.parse(text);
    }

    static String text(Instant time) {
        return time == null ? null : time.toString();
    }

    // ---- merge patches; null removes a field

    /** Of what an agent showed, on exactly the version that was read. */
    static ObjectNode patch(Evidence evidence, String resourceVersion) {
        ObjectNode status = JSON.objectNode();
        status.put("displayName", Sentences.cut(evidence.displayName(), 128));
        status.put("agentId", evidence.agentId());
        status.put("node", evidence.node());
        status.put("nodeUid", evidence.nodeUid());
        status.put("agentGroup", evidence.agentGroup());
        status.put("stream", evidence.stream());
        status.put("version", evidence.version());
        status.put("payload", evidence.payload());
        status.put("architecture", evidence.architecture());
        status.put("platform", evidence.platform());
        status.put(
                "scheme", evidence.scheme() == null ? null : evidence.scheme().text());
        status.put("rolloutWariness", evidence.wariness());
        ArrayNode offers = status.putArray("offers");
        for (Offer offer : evidence.offers()) {
            ObjectNode one = offers.addObject();
            one.put("version", offer.version());
            one.put("at", text(offer.at()));
            if (offer.askedAt() != null) {
                one.put("askedAt", text(offer.askedAt()));
            }
            one.put("polls", offer.polls());
        }
        status.put("lastSeen", text(evidence.lastSeen()));
        status.put("steadyAt", text(evidence.steadyAt()));
        ArrayNode history = status.putArray("history");
        for (Run run : evidence.history()) {
            history.addObject().put("version", run.version()).put("at", text(run.at()));
        }
        ObjectNode patch = JSON.objectNode();
        patch.putObject("metadata").put("resourceVersion", resourceVersion);
        patch.set("status", status);
        return patch;
    }

    /** Of what became of its updates, on exactly the version that was read. */
    static ObjectNode patch(List<Update> updates, String resourceVersion) {
        ObjectNode patch = JSON.objectNode();
        patch.putObject("metadata").put("resourceVersion", resourceVersion);
        ArrayNode list = patch.putObject("status").putArray("updates");
        for (Update update : updates) {
            ObjectNode one = list.addObject();
            one.put("token", update.token());
            put(one, "from", update.from());
            put(one, "release", update.release());
            put(one, "version", update.version());
            one.put("verdict", update.verdict().name());
            one.put("counted", update.counts());
            put(one, "question", Objects.toString(update.question(), null));
            one.put("at", text(update.at()));
            put(one, "reason", Sentences.cut(update.why(), 1024));
        }
        return patch;
    }

    /** In a list there is nothing to remove. */
    private static void put(ObjectNode object, String field, String value) {
        if (value != null) {
            object.put(field, value);
        }
    }

    /** Of what the leader concludes, on exactly the version that was read; nobody else writes these fields. */
    static ObjectNode patch(Picture picture, String resourceVersion) {
        ObjectNode patch = JSON.objectNode();
        patch.putObject("metadata").put("resourceVersion", resourceVersion);
        ObjectNode status = patch.putObject("status");
        status.put("group", picture.group());
        status.put("pin", picture.pin());
        status.put("state", Objects.toString(picture.state(), null));
        status.put("since", text(picture.since()));
        status.put("offered", picture.offered());
        status.put("message", Sentences.cut(picture.message(), 1024));
        return patch;
    }

    static ObjectNode patch(Labels labels) {
        ObjectNode patch = JSON.objectNode();
        ObjectNode map = patch.putObject("metadata").putObject("labels");
        map.put(FleetMachine.GROUP_LABEL, labels.group());
        map.put(FleetMachine.STREAM_LABEL, labels.stream());
        map.put(FleetMachine.ARCHITECTURE_LABEL, labels.architecture());
        map.put(FleetMachine.STATE_LABEL, Objects.toString(labels.state(), null));
        return patch;
    }
}
