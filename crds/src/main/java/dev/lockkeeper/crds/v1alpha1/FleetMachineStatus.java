package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** How a machine stands, as its agent and its node show it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class FleetMachineStatus extends StatusPart {
    @Size(max = 128)
    @JsonPropertyDescription("The user name that its agent sends.")
    private String displayName;

    @Size(max = 64)
    @JsonPropertyDescription("The id that its agent sends.")
    private String agentId;

    @Size(max = 253)
    @JsonPropertyDescription("Its Node; absent for a machine that is no node.")
    private String node;

    @Size(max = 64)
    @JsonPropertyDescription("The uid of its Node.")
    private String nodeUid;

    @Size(max = 63)
    @JsonPropertyDescription("The group that its agent sends.")
    private String agentGroup;

    @Size(max = 253)
    @JsonPropertyDescription("The RebootGroup that serves it.")
    private String group;

    @Size(max = 253)
    @JsonPropertyDescription("The StreamPin that is for it.")
    private String pin;

    @Size(max = 64)
    @JsonPropertyDescription("The stream that it follows.")
    private String stream;

    @Size(max = 100)
    @JsonPropertyDescription("The release that it runs.")
    private String version;

    @Size(max = 512)
    @JsonPropertyDescription("The payload of that release, as its agent sends it.")
    private String payload;

    @Size(max = 32)
    @JsonPropertyDescription("Its architecture, by Fedora's name.")
    private String architecture;

    @Size(max = 64)
    @JsonPropertyDescription("Its platform, such as metal or aws.")
    private String platform;

    @Size(max = 16)
    @JsonPropertyDescription("How its payload names an image: oci or checksum.")
    private String scheme;

    @Size(max = 512)
    @JsonPropertyDescription("How late in a rollout it wants to be let in, as its agent sends it.")
    private String rolloutWariness;

    @Size(max = 8)
    @JsonPropertyDescription("The releases that it was offered since its agent started, the oldest first.")
    private List<MachineOffer> offers;

    @JsonPropertyDescription("How it stands; the most urgent that is so.")
    private MachineState state;

    @Size(max = 100)
    @JsonPropertyDescription("The release that it was offered and does not run; absent: none.")
    private String offered;

    @Size(max = 40)
    @JsonPropertyDescription("Since when it has been in that state (RFC 3339).")
    private String since;

    @Size(max = 1024)
    @JsonPropertyDescription("Why it is offered what it is offered, or nothing.")
    private String message;

    @Size(max = 40)
    @JsonPropertyDescription(
            "When its agent was last heard of (RFC 3339); written every two hours if nothing else changes.")
    private String lastSeen;

    @Size(max = 40)
    @JsonPropertyDescription("When its agent last started and said that it is steady (RFC 3339).")
    private String steadyAt;

    @Size(max = 10)
    @JsonPropertyDescription("The releases that it was seen to run, the latest last.")
    private List<MachineRun> history;

    @Size(max = 10)
    @JsonPropertyDescription("What became of its latest updates, the latest last.")
    private List<MachineUpdate> updates;

    public String getDisplayName() {
        return displayName;
    }

    public void setDisplayName(String displayName) {
        this.displayName = displayName;
    }

    public String getAgentId() {
        return agentId;
    }

    public void setAgentId(String agentId) {
        this.agentId = agentId;
    }

    public String getNode() {
        return node;
    }

    public void setNode(String node) {
        this.node = node;
    }

    public String getNodeUid() {
        return nodeUid;
    }

    public void setNodeUid(String nodeUid) {
        this.nodeUid = nodeUid;
    }

    public String getAgentGroup() {
        return agentGroup;
    }

    public void setAgentGroup(String agentGroup) {
        this.agentGroup = agentGroup;
    }

    public String getGroup() {
        return group;
    }

    public void setGroup(String group) {
        this.group = group;
    }

    public String getPin() {
        return pin;
    }

    public void setPin(String pin) {
        this.pin = pin;
    }

    public String getStream() {
        return stream;
    }

    public void setStream(String stream) {
        this.stream = stream;
    }

    public String getVersion() {
        return version;
    }

    public void setVersion(String version) {
        this.version = version;
    }

    public String getPayload() {
        return payload;
    }

    public void setPayload(String payload) {
        this.payload = payload;
    }

    public String getArchitecture() {
        return architecture;
    }

    public void setArchitecture(String architecture) {
        this.architecture = architecture;
    }

    public String getPlatform() {
        return platform;
    }

    public void setPlatform(String platform) {
        this.platform = platform;
    }

    public String getScheme() {
        return scheme;
    }

    public void setScheme(String scheme) {
        this.scheme = scheme;
    }

    public String getRolloutWariness() {
        return rolloutWariness;
    }

    public void setRolloutWariness(String rolloutWariness) {
        this.rolloutWariness = rolloutWariness;
    }

    public List<MachineOffer> getOffers() {
        return offers;
    }

    public void setOffers(List<MachineOffer> offers) {
        this.offers = offers;
    }

    public MachineState getState() {
        return state;
    }

    public void setState(MachineState state) {
        this.state = state;
    }

    public String getSince() {
        return since;
    }

    public void setSince(String since) {
        this.since = since;
    }

    public String getMessage() {
        return message;
    }

    public void setMessage(String message) {
        this.message = message;
    }

    public String getLastSeen() {
        return lastSeen;
    }

    public void setLastSeen(String lastSeen) {
        this.lastSeen = lastSeen;
    }

    public String getSteadyAt() {
        return steadyAt;
    }

    public void setSteadyAt(String steadyAt) {
        this.steadyAt = steadyAt;
    }

    public List<MachineRun> getHistory() {
        return history;
    }

    public void setHistory(List<MachineRun> history) {
        this.history = history;
    }

    public String getOffered() {
        return offered;
    }

    public void setOffered(String offered) {
        this.offered = offered;
    }

    public List<MachineUpdate> getUpdates() {
        return updates;
    }

    public void setUpdates(List<MachineUpdate> updates) {
        this.updates = updates;
    }
}
