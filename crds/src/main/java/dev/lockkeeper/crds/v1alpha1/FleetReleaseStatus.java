package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What this fleet knows of a release. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class FleetReleaseStatus extends StatusPart {
    @JsonPropertyDescription("The metadata.generation that the rest of the status was computed from.")
    private Long observedGeneration;

    @Size(max = 64)
    @JsonPropertyDescription("The stream of the release.")
    private String stream;

    @Size(max = 100)
    @JsonPropertyDescription("The version of the release.")
    private String version;

    @Size(max = 1024)
    @JsonPropertyDescription("What it is withheld from and why; absent if it is not.")
    private String summary;

    @Size(max = 40)
    @JsonPropertyDescription("When it was first seen (RFC 3339); absent if it was there before.")
    private String firstSeen;

    @Size(max = 40)
    @JsonPropertyDescription("When its rollout was first seen to be open to all (RFC 3339).")
    private String rolloutCompleted;

    @Min(0)
    @JsonPropertyDescription("How many machines run it.")
    private Integer machines;

    @Min(0)
    @JsonPropertyDescription("How many machines came back healthy with it.")
    private Integer updated;

    @Min(0)
    @JsonPropertyDescription("How many of the kept verdicts are failures, whether they count against it or not.")
    private Integer failed;

    @Size(max = 8)
    @JsonPropertyDescription("The machines by architecture.")
    private List<ReleaseArchitecture> architectures;

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

    public String getFirstSeen() {
        return firstSeen;
    }

    public void setFirstSeen(String firstSeen) {
        this.firstSeen = firstSeen;
    }

    public String getRolloutCompleted() {
        return rolloutCompleted;
    }

    public void setRolloutCompleted(String rolloutCompleted) {
        this.rolloutCompleted = rolloutCompleted;
    }

    public Integer getMachines() {
        return machines;
    }

    public void setMachines(Integer machines) {
        this.machines = machines;
    }

    public List<ReleaseArchitecture> getArchitectures() {
        return architectures;
    }

    public void setArchitectures(List<ReleaseArchitecture> architectures) {
        this.architectures = architectures;
    }

    public String getStream() {
        return stream;
    }

    public void setStream(String stream) {
        this.stream = stream;
    }

    public String getVersion() {
        return version;
    }

    public void setVersion(String version) {
        this.version = version;
    }

    public Integer getUpdated() {
        return updated;
    }

    public void setUpdated(Integer updated) {
        this.updated = updated;
    }

    public Integer getFailed() {
        return failed;
    }

    public void setFailed(Integer failed) {
        this.failed = failed;
    }
}
