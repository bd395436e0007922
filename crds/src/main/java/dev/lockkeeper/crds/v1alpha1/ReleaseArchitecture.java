package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** How a release does on the machines of one architecture. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class ReleaseArchitecture extends StatusPart {
    @Size(max = 32)
    @JsonPropertyDescription("The architecture, by Fedora's name.")
    private String architecture;

    @JsonPropertyDescription(
            "How the release does on this architecture. New: nobody was offered it yet. Rolling: machines were offered it that do not run it yet. Healthy: all that were offered it run it. Suspect: fewer failures than it takes to withhold it. Quarantined: withheld because updates to it failed there. Blocked: withheld by a person. Accepted: let through by a person.")
    private ReleaseState state;

    @Min(0)
    @JsonPropertyDescription("How many machines run it.")
    private Integer machines;

    @Min(0)
    @JsonPropertyDescription("How many were offered it and do not run it.")
    private Integer offered;

    @Min(0)
    @JsonPropertyDescription(
            "How many of those that were offered it have asked for their reboot, so that they have staged it.")
    private Integer staged;

    @Min(0)
    @JsonPropertyDescription("How many came back healthy with it.")
    private Integer updated;

    @Min(0)
    @JsonPropertyDescription("How many of the kept verdicts are failures, whether they count against it or not.")
    private Integer failed;

    @Size(max = 40)
    @JsonPropertyDescription("Since when it has been withheld because updates to it failed there (RFC 3339).")
    private String quarantinedSince;

    @Size(max = FleetRelease.MOST_EVIDENCE)
    @JsonPropertyDescription("The latest verdicts, failures first to be kept.")
    private List<ReleaseEvidence> evidence;

    public String getArchitecture() {
        return architecture;
    }

    public void setArchitecture(String architecture) {
        this.architecture = architecture;
    }

    public Integer getMachines() {
        return machines;
    }

    public void setMachines(Integer machines) {
        this.machines = machines;
    }

    public Integer getOffered() {
        return offered;
    }

    public void setOffered(Integer offered) {
        this.offered = offered;
    }

    public ReleaseState getState() {
        return state;
    }

    public void setState(ReleaseState state) {
        this.state = state;
    }

    public Integer getStaged() {
        return staged;
    }

    public void setStaged(Integer staged) {
        this.staged = staged;
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

    public String getQuarantinedSince() {
        return quarantinedSince;
    }

    public void setQuarantinedSince(String quarantinedSince) {
        this.quarantinedSince = quarantinedSince;
    }

    public List<ReleaseEvidence> getEvidence() {
        return evidence;
    }

    public void setEvidence(List<ReleaseEvidence> evidence) {
        this.evidence = evidence;
    }
}
