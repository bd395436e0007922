package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One machine that failed its verification: it stays cordoned, but has no slot. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class ParkedMachine extends StatusPart {
    @Required
    @Size(min = 1, max = 64)
    @JsonPropertyDescription("The token of the holding that ended so.")
    private String token;

    @Required
    @Size(min = 1, max = 64)
    @JsonPropertyDescription("The agent's id.")
    private String id;

    @JsonPropertyDescription("The machine's node. Absent: the machine is no node.")
    private NodeReference node;

    @Size(max = 256)
    @JsonPropertyDescription("The operating system's version that the machine came back with, as far as it is known.")
    private String version;

    @JsonPropertyDescription("What became of the update.")
    private Verdict verdict;

    @JsonPropertyDescription(
            "Whether the release that it failed on is withheld from its architecture: then no other machine need wait because of it.")
    private Boolean releaseWithheld;

    @Size(max = 40)
    @JsonPropertyDescription("When the machine was parked (RFC 3339).")
    private String since;

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

    public String getVersion() {
        return version;
    }

    public void setVersion(String version) {
        this.version = version;
    }

    public Verdict getVerdict() {
        return verdict;
    }

    public void setVerdict(Verdict verdict) {
        this.verdict = verdict;
    }

    public String getSince() {
        return since;
    }

    public void setSince(String since) {
        this.since = since;
    }

    public Boolean getReleaseWithheld() {
        return releaseWithheld;
    }

    public void setReleaseWithheld(Boolean releaseWithheld) {
        this.releaseWithheld = releaseWithheld;
    }
}
