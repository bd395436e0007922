package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

/** How many machines of one architecture have to do with a release. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class ReleaseCount extends StatusPart {
    @Size(max = 32)
    @JsonPropertyDescription("The architecture, by Fedora's name.")
    private String architecture;

    @Min(0)
    @JsonPropertyDescription("How many machines run it.")
    private Integer machines;

    @Min(0)
    @JsonPropertyDescription("How many were offered it and do not run it.")
    private Integer offered;

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
}
