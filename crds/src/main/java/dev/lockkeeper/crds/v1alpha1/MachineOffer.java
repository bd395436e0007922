package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

/** One release that a machine was offered. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class MachineOffer extends StatusPart {
    @Size(max = 100)
    @JsonPropertyDescription("The release.")
    private String version;

    @Size(max = 40)
    @JsonPropertyDescription("When it was first offered (RFC 3339).")
    private String at;

    @Size(max = 40)
    @JsonPropertyDescription("When the machine first asked for its reboot with it (RFC 3339).")
    private String askedAt;

    @Min(0)
    @JsonPropertyDescription("How often it was told of it, counted up to 3.")
    private Integer polls;

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

    public String getAskedAt() {
        return askedAt;
    }

    public void setAskedAt(String askedAt) {
        this.askedAt = askedAt;
    }

    public Integer getPolls() {
        return polls;
    }

    public void setPolls(Integer polls) {
        this.polls = polls;
    }
}
