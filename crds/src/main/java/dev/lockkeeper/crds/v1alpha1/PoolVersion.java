package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

/** How many nodes of a pool run one version of an operating system. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class PoolVersion extends StatusPart {
    @Size(max = 32)
    @JsonPropertyDescription("Their architecture by Fedora's name; unknown if their label names none.")
    private String architecture;

    @Size(max = 64)
    @JsonPropertyDescription("The operating system, such as CentOS Stream CoreOS; other if it is none that is known.")
    private String os;

    @Size(max = 64)
    @JsonPropertyDescription("Its version; empty if it is not known.")
    private String version;

    @Min(0)
    @JsonPropertyDescription("How many nodes run it.")
    private Integer machines;

    public String getArchitecture() {
        return architecture;
    }

    public void setArchitecture(String architecture) {
        this.architecture = architecture;
    }

    public String getOs() {
        return os;
    }

    public void setOs(String os) {
        this.os = os;
    }

    public String getVersion() {
        return version;
    }

    public void setVersion(String version) {
        this.version = version;
    }

    public Integer getMachines() {
        return machines;
    }

    public void setMachines(Integer machines) {
        this.machines = machines;
    }
}
