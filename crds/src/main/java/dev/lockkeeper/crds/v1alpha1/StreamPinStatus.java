package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/** How the machines of a StreamPin stand. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class StreamPinStatus extends StatusPart {
    @JsonPropertyDescription("The metadata.generation that the rest of the status was computed from.")
    private Long observedGeneration;

    @Size(max = 1024)
    @JsonPropertyDescription("The target for people: one release, or one per architecture.")
    private String summary;

    @Min(0)
    @JsonPropertyDescription("How many machines it is for.")
    private Integer machines;

    @Min(0)
    @JsonPropertyDescription("How many of them run an older release than the target.")
    private Integer behind;

    @Size(max = 8)
    @JsonPropertyDescription("Targets and machines by architecture.")
    private List<PinnedArchitecture> architectures;

    @Size(max = 16)
    @JsonPropertyDescription(
            "Ready: it is served. UpToDate: no machine is behind. Progressing: machines are on their way. Degraded: a person should look. HeldBack: it keeps machines from a newer release. WrongStream: selected nodes follow another stream.")
    private List<Condition> conditions;

    public Long getObservedGeneration() {
        return observedGeneration;
    }

    public void setObservedGeneration(Long observedGeneration) {
        this.observedGeneration = observedGeneration;
    }

    public String getSummary() {
        return summary;
    }

    public void setSummary(String summary) {
        this.summary = summary;
    }

    public Integer getMachines() {
        return machines;
    }

    public void setMachines(Integer machines) {
        this.machines = machines;
    }

    public Integer getBehind() {
        return behind;
    }

    public void setBehind(Integer behind) {
        this.behind = behind;
    }

    public List<PinnedArchitecture> getArchitectures() {
        return architectures;
    }

    public void setArchitectures(List<PinnedArchitecture> architectures) {
        this.architectures = architectures;
    }

    public List<Condition> getConditions() {
        return conditions;
    }

    public void setConditions(List<Condition> conditions) {
        this.conditions = conditions;
    }
}
