package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** Whether windows and freezes let it be open now, and when that changes. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class WindowState extends StatusPart {
    @JsonPropertyDescription("Whether a window is open and no freeze is on.")
    private Boolean open;

    @Size(max = 40)
    @JsonPropertyDescription("When that changes (RFC 3339); absent if it never does.")
    private String nextChange;

    public Boolean getOpen() {
        return open;
    }

    public void setOpen(Boolean open) {
        this.open = open;
    }

    public String getNextChange() {
        return nextChange;
    }

    public void setNextChange(String nextChange) {
        this.nextChange = nextChange;
    }
}
