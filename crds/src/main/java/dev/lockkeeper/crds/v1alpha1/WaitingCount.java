package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

/** How many machines wait at one replica. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class WaitingCount extends StatusPart {
    @Min(0)
    @JsonPropertyDescription("How many machines wait at this replica.")
    private Integer count;

    @Size(max = 40)
    @JsonPropertyDescription("When the replica wrote this (RFC 3339).")
    private String at;

    public Integer getCount() {
        return count;
    }

    public void setCount(Integer count) {
        this.count = count;
    }

    public String getAt() {
        return at;
    }

    public void setAt(String at) {
        this.at = at;
    }
}
