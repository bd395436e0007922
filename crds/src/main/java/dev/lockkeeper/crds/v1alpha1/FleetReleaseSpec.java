package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What people say of a release. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class FleetReleaseSpec {
    @Size(max = 16)
    @JsonPropertyDescription(
            "Withholds the release: no machine is offered it, and one that has staged it must not reboot. At most 16.")
    private List<ReleaseBlock> block;

    @Size(max = 16)
    @JsonPropertyDescription(
            "Lifts a quarantine, and lets none begin while it stands. A block of the same architecture beats it. At most 16.")
    private List<ReleaseAcceptance> accept;

    public List<ReleaseBlock> getBlock() {
        return block;
    }

    public void setBlock(List<ReleaseBlock> block) {
        this.block = block;
    }

    public List<ReleaseAcceptance> getAccept() {
        return accept;
    }

    public void setAccept(List<ReleaseAcceptance> accept) {
        this.accept = accept;
    }
}
