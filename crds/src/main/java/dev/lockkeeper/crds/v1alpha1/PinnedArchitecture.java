package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** How the machines of one architecture stand. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class PinnedArchitecture extends StatusPart {
    @Size(max = 32)
    @JsonPropertyDescription("The architecture, by Fedora's name.")
    private String architecture;

    @Size(max = 64)
    @JsonPropertyDescription(
            "How many machines run the release that they would end at if none were withheld, and how the roll goes, such as 2/9 Quarantined.")
    private String summary;

    @JsonPropertyDescription(
            "How the roll goes. Healthy: every machine runs what it should. Rolling: machines are to move. Suspect: a machine failed on the release. Quarantined: the release is withheld here, by failures or by a person. Stalled: machines are to move, or nothing is known of them, and none moves.")
    private RollHealth health;

    @Size(max = 1024)
    @JsonPropertyDescription("Why it goes so.")
    private String reason;

    @Size(max = 100)
    @JsonPropertyDescription("The release that they should run; absent if there is none.")
    private String target;

    @Min(0)
    @JsonPropertyDescription("How many machines the pin is for.")
    private Integer machines;

    @Min(0)
    @JsonPropertyDescription("How many run the target.")
    private Integer current;

    @Min(0)
    @JsonPropertyDescription("How many run an older release.")
    private Integer behind;

    @Min(0)
    @JsonPropertyDescription("How many run a newer release, or one that is not known.")
    private Integer elsewhere;

    @Size(max = 16)
    @JsonPropertyDescription("The machines by how they stand.")
    private List<StateCount> states;

    @Min(0)
    @JsonPropertyDescription("How many of them came back healthy with the release that is being rolled out.")
    private Integer updated;

    @Min(0)
    @JsonPropertyDescription("How many of them failed on it.")
    private Integer failed;

    @Size(max = 40)
    @JsonPropertyDescription("When the roll to the target began (RFC 3339); absent: no machine is to move.")
    private String rollingSince;

    @Size(max = 40)
    @JsonPropertyDescription("When it ends if it goes on at its pace so far (RFC 3339); absent: there is no pace yet.")
    private String estimatedEnd;

    @Size(max = 40)
    @JsonPropertyDescription("Since when a machine has been behind (RFC 3339).")
    private String behindSince;

    @Size(max = 40)
    @JsonPropertyDescription(
            "Since when the pin has kept its machines from a newer release (RFC 3339); absent: it does not.")
    private String heldBackSince;

    public String getArchitecture() {
        return architecture;
    }

    public void setArchitecture(String architecture) {
        this.architecture = architecture;
    }

    public String getTarget() {
        return target;
    }

    public void setTarget(String target) {
        this.target = target;
    }

    public Integer getMachines() {
        return machines;
    }

    public void setMachines(Integer machines) {
        this.machines = machines;
    }

    public Integer getCurrent() {
        return current;
    }

    public void setCurrent(Integer current) {
        this.current = current;
    }

    public Integer getBehind() {
        return behind;
    }

    public void setBehind(Integer behind) {
        this.behind = behind;
    }

    public Integer getElsewhere() {
        return elsewhere;
    }

    public void setElsewhere(Integer elsewhere) {
        this.elsewhere = elsewhere;
    }

    public String getBehindSince() {
        return behindSince;
    }

    public void setBehindSince(String behindSince) {
        this.behindSince = behindSince;
    }

    public String getSummary() {
        return summary;
    }

    public void setSummary(String summary) {
        this.summary = summary;
    }

    public RollHealth getHealth() {
        return health;
    }

    public void setHealth(RollHealth health) {
        this.health = health;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public List<StateCount> getStates() {
        return states;
    }

    public void setStates(List<StateCount> states) {
        this.states = states;
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

    public String getRollingSince() {
        return rollingSince;
    }

    public void setRollingSince(String rollingSince) {
        this.rollingSince = rollingSince;
    }

    public String getEstimatedEnd() {
        return estimatedEnd;
    }

    public void setEstimatedEnd(String estimatedEnd) {
        this.estimatedEnd = estimatedEnd;
    }

    public String getHeldBackSince() {
        return heldBackSince;
    }

    public void setHeldBackSince(String heldBackSince) {
        this.heldBackSince = heldBackSince;
    }
}
