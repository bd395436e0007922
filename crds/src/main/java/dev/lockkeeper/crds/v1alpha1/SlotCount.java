package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;

/** How many slots there are, are held and are free. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class SlotCount extends StatusPart {
    @Min(0)
    @JsonPropertyDescription("How many machines may hold a slot at a time.")
    private Integer total;

    @Min(0)
    @JsonPropertyDescription("How many slots are held.")
    private Integer held;

    @Min(0)
    @JsonPropertyDescription("How many slots are free; never below 0, also while more are held than there are.")
    private Integer free;

    public Integer getTotal() {
        return total;
    }

    public void setTotal(Integer total) {
        this.total = total;
    }

    public Integer getHeld() {
        return held;
    }

    public void setHeld(Integer held) {
        this.held = held;
    }

    public Integer getFree() {
        return free;
    }

    public void setFree(Integer free) {
        this.free = free;
    }
}
