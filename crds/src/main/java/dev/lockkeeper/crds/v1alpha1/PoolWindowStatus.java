package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/** How the pool of a PoolWindow stands. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class PoolWindowStatus extends StatusPart {
    @JsonPropertyDescription("The metadata.generation that the rest of the status was computed from.")
    private Long observedGeneration;

    @JsonPropertyDescription("How the pool stands towards its windows; absent if this PoolWindow does not serve it.")
    private PoolState state;

    @JsonPropertyDescription("Windows and freezes now.")
    private WindowState window;

    @Size(max = 40)
    @JsonPropertyDescription("When Lockkeeper will next open or pause the pool (RFC 3339); absent if it is not known.")
    private String nextChange;

    @Size(max = 40)
    @JsonPropertyDescription("When Lockkeeper paused the pool (RFC 3339).")
    private String pausedSince;

    @Size(max = 40)
    @JsonPropertyDescription("When maxPause opens the pool, if no window does before (RFC 3339).")
    private String mustOpenBy;

    @JsonPropertyDescription("The pool's machines, as its MachineConfigPool counts them.")
    private PoolMachines machines;

    @JsonPropertyDescription("Whether the pool has another configuration to bring its machines to than they have.")
    private Boolean updateWaiting;

    @Size(max = 32)
    @JsonPropertyDescription("What its nodes run, by architecture; at most 32, the most frequent ones.")
    private List<PoolVersion> versions;

    @Size(max = 16)
    @JsonPropertyDescription(
            "Ready: the pool is opened and paused by it. Paused: the pool is paused, by whomever. Progressing: machines are being updated. Degraded: a person should look.")
    private List<Condition> conditions;

    public Long getObservedGeneration() {
        return observedGeneration;
    }

    public void setObservedGeneration(Long observedGeneration) {
        this.observedGeneration = observedGeneration;
    }

    public PoolState getState() {
        return state;
    }

    public void setState(PoolState state) {
        this.state = state;
    }

    public WindowState getWindow() {
        return window;
    }

    public void setWindow(WindowState window) {
        this.window = window;
    }

    public String getNextChange() {
        return nextChange;
    }

    public void setNextChange(String nextChange) {
        this.nextChange = nextChange;
    }

    public String getPausedSince() {
        return pausedSince;
    }

    public void setPausedSince(String pausedSince) {
        this.pausedSince = pausedSince;
    }

    public String getMustOpenBy() {
        return mustOpenBy;
    }

    public void setMustOpenBy(String mustOpenBy) {
        this.mustOpenBy = mustOpenBy;
    }

    public PoolMachines getMachines() {
        return machines;
    }

    public void setMachines(PoolMachines machines) {
        this.machines = machines;
    }

    public Boolean getUpdateWaiting() {
        return updateWaiting;
    }

    public void setUpdateWaiting(Boolean updateWaiting) {
        this.updateWaiting = updateWaiting;
    }

    public List<PoolVersion> getVersions() {
        return versions;
    }

    public void setVersions(List<PoolVersion> versions) {
        this.versions = versions;
    }

    public List<Condition> getConditions() {
        return conditions;
    }

    public void setConditions(List<Condition> conditions) {
        this.conditions = conditions;
    }
}
