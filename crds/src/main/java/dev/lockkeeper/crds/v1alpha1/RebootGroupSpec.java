package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;

/** What a person asks of a RebootGroup: which agents it serves, how many may reboot at a time, and how their nodes are drained and judged. */
@ValidationRule(
        value = "!has(self.machines) || self.machines != 'NodesAndOthers' || has(self.clientSecretRef)",
        message =
                "machines: NodesAndOthers needs clientSecretRef, because without a password anybody who reaches the port could take a slot")
@JsonInclude(JsonInclude.Include.NON_NULL)
public class RebootGroupSpec {
    @Size(min = 1, max = 63)
    @ValidationRule(
            value = "self.matches('^[a-zA-Z0-9.-]*$')",
            message = "may have only letters, digits, dots and dashes, because agents can send no other group")
    @JsonPropertyDescription("The group that agents send (the FleetLock group of Zincati). Default: metadata.name.")
    private String group;

    @Default("Nodes")
    @JsonPropertyDescription(
            "Which machines may take slots. Nodes: only machines that are nodes of this cluster. NodesAndOthers: machines that are no nodes too; they are not drained, and clientSecretRef is needed. Default: Nodes.")
    private Machines machines;

    @JsonPropertyDescription(
            "The nodes that are members, by label. Absent: every node that no other RebootGroup selects. Several RebootGroups may serve one group if each has a nodeSelector.")
    @ValidationRule(value = SelectorRules.HAS_A_REQUIREMENT, message = SelectorRules.HAS_A_REQUIREMENT_MESSAGE)
    private LabelSelector nodeSelector;

    @Default("1")
    @ValidationRule(
            value = "type(self) == int ? self >= 1 && self <= 100 : self.matches('^([1-9]|[1-9][0-9]|100)%$')",
            message =
                    "must be a number from 1 to 100, or a share of the members from \"1%\" to \"100%\"; to stop reboots set paused: true")
    @JsonPropertyDescription(
            "How many machines may reboot at a time: a number from 1 to 100, or a share of the members from 1% to 100%, rounded down, at least 1 and at most 100. A change applies at once; fewer slots only stop new grants. Default: 1.")
    private IntOrString slots;

    @Default("true")
    @JsonPropertyDescription(
            "Whether a member that is NotReady without holding a slot uses one up. The machine that asks and parked machines never do. Default: true.")
    private Boolean countUnready;

    @Default("false")
    @JsonPropertyDescription("Whether new grants are stopped. Machines that hold a slot go on. Default: false.")
    private Boolean paused;

    @JsonPropertyDescription("How a node is emptied before its machine is told to reboot.")
    private DrainSpec drain;

    @JsonPropertyDescription("How a machine is judged after its reboot.")
    private VerifySpec verify;

    @Size(max = Durations.MAX_LENGTH)
    @Default(RebootGroupDefaults.STUCK_AFTER)
    @ValidationRule(
            value = Durations.GRAMMAR_RULE
                    + " && duration(self) >= duration('1s') && duration(self) <= duration('168h')",
            message = "must be a duration from 1s to 168h made of whole hours, minutes and seconds, such as 1h")
    @JsonPropertyDescription(
            "How long a reboot may take before the group is shown as Degraded, from 1s to 168h. The slot is not taken away. Default: 1h.")
    private String stuckAfter;

    @JsonPropertyDescription(
            "A Secret in the operator's namespace with the passwords that agents must send by HTTP Basic authentication. Every key that starts with password is valid, so that passwords can be rotated. Absent: no password is asked for.")
    private SecretReference clientSecretRef;

    public String getGroup() {
        return group;
    }

    public void setGroup(String group) {
        this.group = group;
    }

    public Machines getMachines() {
        return machines;
    }

    public void setMachines(Machines machines) {
        this.machines = machines;
    }

    public LabelSelector getNodeSelector() {
        return nodeSelector;
    }

    public void setNodeSelector(LabelSelector nodeSelector) {
        this.nodeSelector = nodeSelector;
    }

    public IntOrString getSlots() {
        return slots;
    }

    public void setSlots(IntOrString slots) {
        this.slots = slots;
    }

    public Boolean getCountUnready() {
        return countUnready;
    }

    public void setCountUnready(Boolean countUnready) {
        this.countUnready = countUnready;
    }

    public Boolean getPaused() {
        return paused;
    }

    public void setPaused(Boolean paused) {
        this.paused = paused;
    }

    public DrainSpec getDrain() {
        return drain;
    }

    public void setDrain(DrainSpec drain) {
        this.drain = drain;
    }

    public VerifySpec getVerify() {
        return verify;
    }

    public void setVerify(VerifySpec verify) {
        this.verify = verify;
    }

    public String getStuckAfter() {
        return stuckAfter;
    }

    public void setStuckAfter(String stuckAfter) {
        this.stuckAfter = stuckAfter;
    }

    public SecretReference getClientSecretRef() {
        return clientSecretRef;
    }

    public void setClientSecretRef(SecretReference clientSecretRef) {
        this.clientSecretRef = clientSecretRef;
    }
}
