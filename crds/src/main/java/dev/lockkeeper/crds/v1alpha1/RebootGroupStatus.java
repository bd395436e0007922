package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Map;

/** What Lockkeeper stores and shows of a RebootGroup; the holders in it are the lock itself. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class RebootGroupStatus extends StatusPart {
    @JsonPropertyDescription("The metadata.generation that the rest of the status was computed from.")
    private Long observedGeneration;

    @Size(max = 1024)
    @JsonPropertyDescription("One line for people: who holds slots, in which phase, since when.")
    private String summary;

    @JsonPropertyDescription("How many slots there are, are held and are free.")
    private SlotCount slots;

    @Min(0)
    @JsonPropertyDescription("How many nodes are members.")
    private Integer members;

    @Min(0)
    @JsonPropertyDescription("How many members are NotReady without holding a slot or being parked.")
    private Integer unready;

    @Min(0)
    @JsonPropertyDescription("How many machines asked for a slot in the last minutes and hold none.")
    private Integer waiting;

    @JsonPropertyDescription("How many machines wait at each replica, by the name of the replica.")
    private Map<String, WaitingCount> waitingBy;

    @Size(max = 100)
    @JsonPropertyDescription("The machines that hold a slot.")
    private List<Holder> holders;

    @Size(max = 100)
    @JsonPropertyDescription("The machines that failed and are parked: cordoned, and without a slot.")
    private List<ParkedMachine> failed;

    @Size(max = 200)
    @JsonPropertyDescription("The machines that must wait after a drain that was given up.")
    private List<BackedOffMachine> backoff;

    @Size(max = 16)
    @JsonPropertyDescription(
            "Ready: accepted and serving. Progressing: machines reboot. Degraded: a machine is stuck, blocked or failed.")
    private List<Condition> conditions;

    public Long getObservedGeneration() {
        return observedGeneration;
    }

    public void setObservedGeneration(Long observedGeneration) {
        this.observedGeneration = observedGeneration;
    }

    public String getSummary() {
        return summary;
    }

    public void setSummary(String summary) {
        this.summary = summary;
    }

    public SlotCount getSlots() {
        return slots;
    }

    public void setSlots(SlotCount slots) {
        this.slots = slots;
    }

    public Integer getMembers() {
        return members;
    }

    public void setMembers(Integer members) {
        this.members = members;
    }

    public Integer getUnready() {
        return unready;
    }

    public void setUnready(Integer unready) {
        this.unready = unready;
    }

    public Integer getWaiting() {
        return waiting;
    }

    public void setWaiting(Integer waiting) {
        this.waiting = waiting;
    }

    public Map<String, WaitingCount> getWaitingBy() {
        return waitingBy;
    }

    public void setWaitingBy(Map<String, WaitingCount> waitingBy) {
        this.waitingBy = waitingBy;
    }

    public List<Holder> getHolders() {
        return holders;
    }

    public void setHolders(List<Holder> holders) {
        this.holders = holders;
    }

    public List<ParkedMachine> getFailed() {
        return failed;
    }

    public void setFailed(List<ParkedMachine> failed) {
        this.failed = failed;
    }

    public List<BackedOffMachine> getBackoff() {
        return backoff;
    }

    public void setBackoff(List<BackedOffMachine> backoff) {
        this.backoff = backoff;
    }

    public List<Condition> getConditions() {
        return conditions;
    }

    public void setConditions(List<Condition> conditions) {
        this.conditions = conditions;
    }
}
