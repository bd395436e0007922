package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;

/** How a node is emptied before its machine is told to reboot. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class DrainSpec {
    @Default("Evict")
    @JsonPropertyDescription(
            "How pods are removed. Evict: by eviction, which keeps PodDisruptionBudgets. Delete: by deletion, past PodDisruptionBudgets. CordonOnly: the node is cordoned, pods stay. None: the node is neither cordoned nor drained. Default: Evict.")
    private DrainMode mode;

    @Size(max = Durations.MAX_LENGTH)
    @Default(RebootGroupDefaults.DRAIN_TIMEOUT)
    @ValidationRule(
            value = Durations.GRAMMAR_RULE
                    + " && duration(self) >= duration('1s') && duration(self) <= duration('168h')",
            message =
                    "must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 30m or 1h30m")
    @JsonPropertyDescription("How long a drain may take before onTimeout applies, from 1s to 168h. Default: 30m.")
    private String timeout;

    @Default("Release")
    @JsonPropertyDescription(
            "What happens when timeout has passed. Release: the slot is given back, the node uncordoned, and the machine waits longer each time before it may try again. Hold: the drain goes on. Force: the pods that are left are deleted past PodDisruptionBudgets. Default: Release.")
    private OnTimeout onTimeout;

    @JsonPropertyDescription("The pods that are removed, by label; pods outside it are left alone. Absent: all.")
    @ValidationRule(value = SelectorRules.HAS_A_REQUIREMENT, message = SelectorRules.HAS_A_REQUIREMENT_MESSAGE)
    private LabelSelector podSelector;

    @Default("Leave")
    @JsonPropertyDescription(
            "What happens to pods that no controller would create again. Leave: they stay and restart after the reboot. Evict: they are removed and gone for good. Block: the drain waits until somebody removes them. Default: Leave.")
    private UnmanagedPods unmanaged;

    @Default("true")
    @JsonPropertyDescription(
            "Whether pods with emptyDir volumes may be removed, which deletes the data in them. false: such a pod blocks the drain. Default: true.")
    private Boolean deleteEmptyDirData;

    public DrainMode getMode() {
        return mode;
    }

    public void setMode(DrainMode mode) {
        this.mode = mode;
    }

    public String getTimeout() {
        return timeout;
    }

    public void setTimeout(String timeout) {
        this.timeout = timeout;
    }

    public OnTimeout getOnTimeout() {
        return onTimeout;
    }

    public void setOnTimeout(OnTimeout onTimeout) {
        this.onTimeout = onTimeout;
    }

    public LabelSelector getPodSelector() {
        return podSelector;
    }

    public void setPodSelector(LabelSelector podSelector) {
        this.podSelector = podSelector;
    }

    public UnmanagedPods getUnmanaged() {
        return unmanaged;
    }

    public void setUnmanaged(UnmanagedPods unmanaged) {
        this.unmanaged = unmanaged;
    }

    public Boolean getDeleteEmptyDirData() {
        return deleteEmptyDirData;
    }

    public void setDeleteEmptyDirData(Boolean deleteEmptyDirData) {
        this.deleteEmptyDirData = deleteEmptyDirData;
    }
}
