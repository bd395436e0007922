package dev.lockkeeper.operator.kube;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockkeeper.crds.v1alpha1.Durations;
import dev.lockkeeper.crds.v1alpha1.PoolMachines;
import dev.lockkeeper.crds.v1alpha1.PoolVersion;
import dev.lockkeeper.crds.v1alpha1.PoolWindow;
import dev.lockkeeper.crds.v1alpha1.PoolWindowDefaults;
import dev.lockkeeper.crds.v1alpha1.PoolWindowSpec;
import dev.lockkeeper.crds.v1alpha1.PoolWindowStatus;
import dev.lockkeeper.crds.v1alpha1.WindowState;
import dev.lockkeeper.operator.lock.LabelMatch;
import dev.lockkeeper.operator.lock.Timetable;
import dev.lockkeeper.operator.pool.Marks;
import dev.lockkeeper.operator.pool.PoolNodes;
import dev.lockkeeper.operator.pool.PoolStatus;
import dev.lockkeeper.operator.pool.PoolView;
import dev.lockkeeper.operator.pool.WindowView;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads PoolWindows and MachineConfigPools into the records that decisions are made on, and writes what was decided. */
final class PoolMapping {

    static final String BY_PERSON = "true";

    private PoolMapping() {}

    static WindowView window(PoolWindow window) {
        ObjectMeta meta = window.getMetadata();
        PoolWindowSpec spec = window.getSpec();
        Timetable timetable = null;
        String problem = null;
        try {
            timetable = Timetable.of(spec.getWindows(), spec.getFreezes());
        } catch (IllegalArgumentException e) {
            problem = e.getMessage();
        }
        return new WindowView(
                meta.getName(),
                meta.getUid(),
                meta.getResourceVersion(),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                Instant.parse(meta.getCreationTimestamp()),
                meta.getDeletionTimestamp() != null,
                Objects.requireNonNullElse(meta.getFinalizers(), List.of()).contains(PoolWindow.FINALIZER),
                spec.getPool(),
                timetable,
                problem,
                Durations.parse(Objects.requireNonNullElse(spec.getMaxPause(), PoolWindowDefaults.MAX_PAUSE)));
    }

    static PoolView pool(JsonNode pool) {
        JsonNode metadata = pool.path("metadata");
        JsonNode annotations = metadata.path("annotations");
        JsonNode status = pool.path("status");
        return new PoolView(
                metadata.path("name").asText(),
                metadata.path("resourceVersion").asText(),
                pool.at("/spec/paused").asBoolean(),
                new Marks(
                        annotations.path(PoolWindow.PAUSED_BY_ANNOTATION).asText(null),
                        time(annotations.path(PoolWindow.PAUSED_AT_ANNOTATION)),
                        time(annotations.path(PoolWindow.OPENED_AT_ANNOTATION)),
                        annotations
                                .path(PoolWindow.BY_PERSON_ANNOTATION)
                                .asText()
                                .equals(BY_PERSON)),
                selector(pool.at("/spec/nodeSelector")),
                new PoolView.Machines(
                        status.path("machineCount").asInt(),
                        status.path("updatedMachineCount").asInt(),
                        status.path("readyMachineCount").asInt(),
                        status.path("unavailableMachineCount").asInt(),
                        status.path("degradedMachineCount").asInt()),
                condition(status, "Updating").isPresent(),
                degraded(status),
                pool.at("/spec/configuration/name").asText(null),
                status.at("/configuration/name").asText(null));
    }

    /** Null also for what a person may have made of it. */
    private static Instant time(JsonNode annotation) {
        try {
            return annotation.isTextual() ? Instant.parse(annotation.asText()) : null;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static LabelMatch selector(JsonNode selector) {
        if (!selector.isObject()) {
            return null;
        }
        try {
            return LabelMatch.of(Serialization.unmarshal(selector.toString(), LabelSelector.class));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Optional<JsonNode> condition(JsonNode status, String type) {
        return status.path("conditions")
                .valueStream()
                .filter(c -> c.path("type").asText().equals(type)
                        && c.path("status").asText().equals("True"))
                .findFirst();
    }

    /** Degraded says only that one of the others is so. */
    private static String degraded(JsonNode status) {
        if (condition(status, "Degraded").isEmpty()) {
            return null;
        }
        List<String> said = List.of("RenderDegraded", "NodeDegraded", "Degraded").stream()
                .flatMap(type -> condition(status, type).stream())
                .map(c -> c.path("message").asText())
                .filter(message -> !message.isBlank())
                .distinct()
                .toList();
        return said.isEmpty() ? "The MachineConfigPool says so and not why." : String.join("; ", said);
    }

    static PoolWindowStatus status(PoolStatus told, long generation, PoolWindowStatus before, Instant now) {
        PoolWindowStatus status = new PoolWindowStatus();
        status.setObservedGeneration(generation);
        status.setState(told.state());
        if (told.windowOpen() != null) {
            WindowState window = new WindowState();
            window.setOpen(told.windowOpen());
            window.setNextChange(FleetMapping.text(told.windowChange()));
            status.setWindow(window);
        }
        status.setNextChange(FleetMapping.text(told.nextChange()));
        status.setPausedSince(FleetMapping.text(told.pausedSince()));
        status.setMustOpenBy(FleetMapping.text(told.mustOpenBy()));
        status.setMachines(machines(told.machines()));
        status.setUpdateWaiting(told.updateWaiting());
        status.setVersions(
                told.state() == null
                        ? null
                        : told.versions().stream().map(PoolMapping::version).toList());
        status.setConditions(Conditions.merge(kept(before, told), told.conditions(), generation, now));
        return status;
    }

    /** Conditions that are not told any more say nothing that is so. */
    private static List<Condition> kept(PoolWindowStatus before, PoolStatus told) {
        return before == null || before.getConditions() == null
                ? List.of()
                : before.getConditions().stream()
                        .filter(c -> told.conditions().stream()
                                .anyMatch(t -> t.type().equals(c.getType())))
                        .toList();
    }

    private static PoolMachines machines(PoolView.Machines told) {
        if (told == null) {
            return null;
        }
        PoolMachines machines = new PoolMachines();
        machines.setTotal(told.total());
        machines.setUpdated(told.updated());
        machines.setReady(told.ready());
        machines.setUnavailable(told.unavailable());
        machines.setDegraded(told.degraded());
        return machines;
    }

    private static PoolVersion version(PoolNodes.Kind kind) {
        PoolVersion version = new PoolVersion();
        version.setArchitecture(kind.architecture());
        version.setOs(kind.os());
        version.setVersion(kind.version());
        version.setMachines(kind.machines());
        return version;
    }
}
