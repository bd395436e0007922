package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** One release that a machine was seen to run. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class MachineRun extends StatusPart {
    @Size(max = 100)
    @JsonPropertyDescription("The release.")
    private String version;

    @Size(max = 40)
    @JsonPropertyDescription("Since when (RFC 3339).")
    private String at;

    public String getVersion() {
        return version;
    }

    public void setVersion(String version) {
        this.version = version;
    }

    public String getAt() {
        return at;
    }

    public void setAt(String at) {
        this.at = at;
    }
}
