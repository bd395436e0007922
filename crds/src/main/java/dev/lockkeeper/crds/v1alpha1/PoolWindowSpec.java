package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What a person asks of a PoolWindow: which pool it is for, and when that may update its machines. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class PoolWindowSpec {
    @Required
    @Size(min = 1, max = 253)
    @ValidationRule(
            value = "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
            message = "must be the name of a MachineConfigPool, such as worker: see oc get mcp")
    @JsonPropertyDescription(
            "The MachineConfigPool that it is for, such as worker. Of several PoolWindows for one pool the oldest serves.")
    private String pool;

    @Size(min = 1, max = 16)
    @JsonPropertyDescription(
            "When the pool may update its machines; between windows it is paused. At most 16. Absent: always, but for freezes.")
    private List<Window> windows;

    @Size(max = 64)
    @JsonPropertyDescription("When the pool is paused even though a window is open; at most 64.")
    private List<Freeze> freezes;

    @Size(max = Durations.MAX_LENGTH)
    @Default(PoolWindowDefaults.MAX_PAUSE)
    @ValidationRule(
            value = Durations.GRAMMAR_RULE
                    + " && duration(self) >= duration('1h') && duration(self) <= duration('720h')",
            message = "must be a duration from 1h to 720h made of whole hours, minutes and seconds, such as 168h")
    @JsonPropertyDescription(
            "The longest that Lockkeeper keeps the pool paused, from 1h to 720h: a paused pool gets no rotated certificates. Then it is opened, whatever windows and freezes say. Default: 168h.")
    private String maxPause;

    public String getPool() {
        return pool;
    }

    public void setPool(String pool) {
        this.pool = pool;
    }

    public List<Window> getWindows() {
        return windows;
    }

    public void setWindows(List<Window> windows) {
        this.windows = windows;
    }

    public List<Freeze> getFreezes() {
        return freezes;
    }

    public void setFreezes(List<Freeze> freezes) {
        this.freezes = freezes;
    }

    public String getMaxPause() {
        return maxPause;
    }

    public void setMaxPause(String maxPause) {
        this.maxPause = maxPause;
    }
}
