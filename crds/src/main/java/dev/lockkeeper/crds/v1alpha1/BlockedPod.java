package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** One pod that holds a drain up, and why. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class BlockedPod extends StatusPart {
    @Size(max = 320)
    @JsonPropertyDescription("The pod, as namespace/name.")
    private String pod;

    @Size(max = 1024)
    @JsonPropertyDescription("Why it cannot be removed yet.")
    private String reason;

    @Size(max = 320)
    @JsonPropertyDescription(
            "The PodDisruptionBudget that protects it, as namespace/name. Absent: the reason is another one.")
    private String pdb;

    public String getPod() {
        return pod;
    }

    public void setPod(String pod) {
        this.pod = pod;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public String getPdb() {
        return pdb;
    }

    public void setPdb(String pdb) {
        this.pdb = pdb;
    }
}
