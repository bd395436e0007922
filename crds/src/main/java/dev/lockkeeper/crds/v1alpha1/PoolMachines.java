package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;

/** How many machines of a pool stand how, as its MachineConfigPool says. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class PoolMachines extends StatusPart {
    @Min(0)
    @JsonPropertyDescription("How many machines it has.")
    private Integer total;

    @Min(0)
    @JsonPropertyDescription("How many run what it should run.")
    private Integer updated;

    @Min(0)
    @JsonPropertyDescription("How many run what it should run and are Ready.")
    private Integer ready;

    @Min(0)
    @JsonPropertyDescription("How many are being updated or are NotReady.")
    private Integer unavailable;

    @Min(0)
    @JsonPropertyDescription("How many could not be updated.")
    private Integer degraded;

    public Integer getTotal() {
        return total;
    }

    public void setTotal(Integer total) {
        this.total = total;
    }

    public Integer getUpdated() {
        return updated;
    }

    public void setUpdated(Integer updated) {
        this.updated = updated;
    }

    public Integer getReady() {
        return ready;
    }

    public void setReady(Integer ready) {
        this.ready = ready;
    }

    public Integer getUnavailable() {
        return unavailable;
    }

    public void setUnavailable(Integer unavailable) {
        this.unavailable = unavailable;
    }

    public Integer getDegraded() {
        return degraded;
    }

    public void setDegraded(Integer degraded) {
        this.degraded = degraded;
    }
}
