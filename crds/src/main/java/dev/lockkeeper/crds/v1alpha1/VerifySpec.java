package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** How a machine is judged after its reboot. */
@ValidationRule(
        value = "!has(self.minReady) || !has(self.timeout) || !" + Durations.MIN_READY_IS_WELL_FORMED + " || !"
                + Durations.TIMEOUT_IS_WELL_FORMED + " || duration(self.minReady) < duration(self.timeout)",
        message = "minReady must be shorter than timeout, else no machine could be judged healthy in time")
@JsonInclude(JsonInclude.Include.NON_NULL)
public class VerifySpec {
    @Size(max = Durations.MAX_LENGTH)
    @Default(RebootGroupDefaults.VERIFY_TIMEOUT)
    @ValidationRule(
            value = Durations.GRAMMAR_RULE
                    + " && duration(self) >= duration('1s') && duration(self) <= duration('168h')",
            message = "must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 15m")
    @JsonPropertyDescription(
            "How long a machine may take, from the first sign that it is back, until its node is healthy, from 1s to 168h. Default: 15m.")
    private String timeout;

    @Size(max = Durations.MAX_LENGTH)
    @Default(RebootGroupDefaults.MIN_READY)
    @ValidationRule(
            value = Durations.GRAMMAR_RULE
                    + " && duration(self) >= duration('0s') && duration(self) <= duration('24h')",
            message = "must be a duration from 0s to 24h made of whole hours, minutes and seconds, such as 30s")
    @JsonPropertyDescription(
            "How long the node must be Ready without a break to count as healthy, from 0s to 24h. Default: 30s.")
    private String minReady;

    @Default("Park")
    @JsonPropertyDescription(
            "What happens to a machine that failed. Park: it stays cordoned, is listed in status.failed and gives its slot back. Hold: it keeps its slot, so that the group stops. Default: Park.")
    private OnFailure onFailure;

    @Min(0)
    @Max(100)
    @Default("1")
    @JsonPropertyDescription(
            "With more parked machines than this, nobody gets a slot; those whose release is withheld from their architecture do not count. From 0 to 100. Default: 1.")
    private Integer maxParked;

    @Size(max = 8)
    @JsonPropertyDescription(
            "What a machine must pass besides its node being Ready for minReady, all of it, at most 8. Asked once the node has been Ready for so long, about every 5 seconds. One that is not passed within timeout: the machine failed. One that cannot be asked until then: it keeps its slot, and the group is Degraded. Default: none.")
    private List<VerifyCheck> checks;

    public String getTimeout() {
        return timeout;
    }

    public void setTimeout(String timeout) {
        this.timeout = timeout;
    }

    public String getMinReady() {
        return minReady;
    }

    public void setMinReady(String minReady) {
        this.minReady = minReady;
    }

    public OnFailure getOnFailure() {
        return onFailure;
    }

    public void setOnFailure(OnFailure onFailure) {
        this.onFailure = onFailure;
    }

    public Integer getMaxParked() {
        return maxParked;
    }

    public void setMaxParked(Integer maxParked) {
        this.maxParked = maxParked;
    }

    public List<VerifyCheck> getChecks() {
        return checks;
    }

    public void setChecks(List<VerifyCheck> checks) {
        this.checks = checks;
    }
}
