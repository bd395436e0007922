package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One machine that holds a slot, and how far its reboot is. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class Holder extends StatusPart {
    @Required
    @Size(min = 1, max = 64)
    @JsonPropertyDescription("Marks this one holding: the same machine gets a new token the next time.")
    private String token;

    @Required
    @Size(min = 1, max = 64)
    @JsonPropertyDescription("The agent's id.")
    private String id;

    @JsonPropertyDescription("The machine's node. Absent: the machine is no node.")
    private NodeReference node;

    @Required
    @JsonPropertyDescription(
            "How far the reboot is. Draining: its node is being emptied. Granted: emptied, not yet told. Rebooting: told to reboot. Verifying: back, being judged. Failed: judged and keeps its slot. Releasing: about to be uncordoned and removed.")
    private Phase phase;

    @Required
    @Size(max = 40)
    @JsonPropertyDescription("When the phase began (RFC 3339).")
    private String since;

    @Size(max = 40)
    @JsonPropertyDescription("When the agent last asked (RFC 3339); an open request counts.")
    private String askedAt;

    @Size(max = 40)
    @JsonPropertyDescription("When the slot was given (RFC 3339).")
    private String grantedAt;

    @Size(max = 40)
    @JsonPropertyDescription("When the agent was told that it may reboot (RFC 3339).")
    private String toldAt;

    @Size(max = 128)
    @JsonPropertyDescription("The node's boot id when the agent was told.")
    private String bootID;

    @Size(max = 256)
    @JsonPropertyDescription("The operating system's version when the agent was told.")
    private String version;

    @Size(max = 100)
    @JsonPropertyDescription("The release that the machine was last offered when the agent was told.")
    private String offered;

    @Size(max = 40)
    @JsonPropertyDescription("When the agent said that it is steady after the reboot (RFC 3339).")
    private String steadyAt;

    @Size(max = 40)
    @JsonPropertyDescription("When a new boot id was first seen (RFC 3339).")
    private String newBootAt;

    @Size(max = 40)
    @JsonPropertyDescription("Since when the node has been Ready after the reboot (RFC 3339).")
    private String readySince;

    @Size(max = 40)
    @JsonPropertyDescription(
            "The node's heartbeat when the agent's steady-state was first looked at; a later one shows a live kubelet.")
    private String heartbeat;

    @Size(max = 40)
    @JsonPropertyDescription("Since when the reboot has been stuck (RFC 3339). Absent: it is not.")
    private String stuck;

    @Size(max = 1024)
    @JsonPropertyDescription("Why the phase is Failed or Releasing, or why it is stuck.")
    private String reason;

    @JsonPropertyDescription("How far the drain is.")
    private DrainProgress drain;

    @Size(max = 320)
    @JsonPropertyDescription(
            "The Lease of poseidon/fleetlock that this holder was taken over from, as <namespace>/<name>: that server told it to reboot. Absent: this one did, or drains it.")
    private String importedFrom;

    public String getToken() {
        return token;
    }

    public void setToken(String token) {
        this.token = token;
    }

    public String getId() {
        return id;
    }

    public void setId(String id) {
        this.id = id;
    }

    public NodeReference getNode() {
        return node;
    }

    public void setNode(NodeReference node) {
        this.node = node;
    }

    public Phase getPhase() {
        return phase;
    }

    public void setPhase(Phase phase) {
        this.phase = phase;
    }

    public String getSince() {
        return since;
    }

    public void setSince(String since) {
        this.since = since;
    }

    public String getAskedAt() {
        return askedAt;
    }

    public void setAskedAt(String askedAt) {
        this.askedAt = askedAt;
    }

    public String getGrantedAt() {
        return grantedAt;
    }

    public void setGrantedAt(String grantedAt) {
        this.grantedAt = grantedAt;
    }

    public String getToldAt() {
        return toldAt;
    }

    public void setToldAt(String toldAt) {
        this.toldAt = toldAt;
    }

    public String getBootID() {
        return bootID;
    }

    public void setBootID(String bootID) {
        this.bootID = bootID;
    }

    public String getVersion() {
        return version;
    }

    public void setVersion(String version) {
        this.version = version;
    }

    public String getSteadyAt() {
        return steadyAt;
    }

    public void setSteadyAt(String steadyAt) {
        this.steadyAt = steadyAt;
    }

    public String getNewBootAt() {
        return newBootAt;
    }

    public void setNewBootAt(String newBootAt) {
        this.newBootAt = newBootAt;
    }

    public String getReadySince() {
        return readySince;
    }

    public void setReadySince(String readySince) {
        this.readySince = readySince;
    }

    public String getHeartbeat() {
        return heartbeat;
    }

    public void setHeartbeat(String heartbeat) {
        this.heartbeat = heartbeat;
    }

    public String getStuck() {
        return stuck;
    }

    public void setStuck(String stuck) {
        this.stuck = stuck;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }

    public DrainProgress getDrain() {
        return drain;
    }

    public void setDrain(DrainProgress drain) {
        this.drain = drain;
    }

    public String getOffered() {
        return offered;
    }

    public void setOffered(String offered) {
        this.offered = offered;
    }

    public String getImportedFrom() {
        return importedFrom;
    }

    public void setImportedFrom(String importedFrom) {
        this.importedFrom = importedFrom;
    }
}
