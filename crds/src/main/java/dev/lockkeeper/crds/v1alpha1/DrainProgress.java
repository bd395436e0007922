package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** How far the drain of one node is; written at most every few seconds. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class DrainProgress extends StatusPart {
    @Min(0)
    @JsonPropertyDescription("How many pods were removed.")
    private Integer evicted;

    @Min(0)
    @JsonPropertyDescription("How many pods have yet to go.")
    private Integer remaining;

    @Size(max = 40)
    @JsonPropertyDescription("When the drain began (RFC 3339).")
    private String startedAt;

    @Size(max = 3)
    @JsonPropertyDescription("Pods that hold the drain up, at most three of them.")
    private List<BlockedPod> blockedBy;

    public Integer getEvicted() {
        return evicted;
    }

    public void setEvicted(Integer evicted) {
        this.evicted = evicted;
    }

    public Integer getRemaining() {
        return remaining;
    }

    public void setRemaining(Integer remaining) {
        this.remaining = remaining;
    }

    public String getStartedAt() {
        return startedAt;
    }

    public void setStartedAt(String startedAt) {
        this.startedAt = startedAt;
    }

    public List<BlockedPod> getBlockedBy() {
        return blockedBy;
    }

    public void setBlockedBy(List<BlockedPod> blockedBy) {
        this.blockedBy = blockedBy;
    }
}
