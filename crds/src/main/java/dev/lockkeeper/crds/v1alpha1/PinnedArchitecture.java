package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

/** How the machines of one architecture stand. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class PinnedArchitecture extends StatusPart {
    @Size(max = 32)
    @JsonPropertyDescription("The architecture, by Fedora's name.")
    private String architecture;

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

    @Size(max = 40)
    @JsonPropertyDescription("Since when a machine has been behind (RFC 3339).")
    private String behindSince;

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
}
