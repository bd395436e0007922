package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Lets a release through by a person's word. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class ReleaseAcceptance {
    @Size(max = 4)
    @JsonPropertyDescription("The architectures that it is let through on, by Fedora's names. Absent or empty: all.")
    private List<Architecture> architectures;

    @Required
    @Size(min = 1, max = 512)
    @JsonPropertyDescription("Why, in words that people are told; 1 to 512 characters.")
    private String reason;

    public List<Architecture> getArchitectures() {
        return architectures;
    }

    public void setArchitectures(List<Architecture> architectures) {
        this.architectures = architectures;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }
}
