package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

/** How many machines are in one state. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class StateCount extends StatusPart {
    @Required
    @JsonPropertyDescription("The state.")
    private MachineState state;

    @Min(0)
    @JsonPropertyDescription("How many machines are in it.")
    private Integer machines;

    public MachineState getState() {
        return state;
    }

    public void setState(MachineState state) {
        this.state = state;
    }

    public Integer getMachines() {
        return machines;
    }

    public void setMachines(Integer machines) {
        this.machines = machines;
    }
}
