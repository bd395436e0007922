package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** What became of one update of one machine to a release. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class ReleaseEvidence extends StatusPart {
    @Required
    @Size(min = 1, max = 64)
    @JsonPropertyDescription("Marks the holding that the update was made with: the same one counts once.")
    private String token;

    @Size(max = 253)
    @JsonPropertyDescription("The FleetMachine.")
    private String machine;

    @Required
    @JsonPropertyDescription("What became of it.")
    private Verdict verdict;

    @JsonPropertyDescription("Whether it counts against the release, unless a person accepted that.")
    private Boolean counted;

    @JsonPropertyDescription("Whether a person has accepted the release since: it counts no more.")
    private Boolean accepted;

    @Size(max = 40)
    @JsonPropertyDescription("When it was judged (RFC 3339).")
    private String at;

    public String getToken() {
        return token;
    }

    public void setToken(String token) {
        this.token = token;
    }

    public String getMachine() {
        return machine;
    }

    public void setMachine(String machine) {
        this.machine = machine;
    }

    public Verdict getVerdict() {
        return verdict;
    }

    public void setVerdict(Verdict verdict) {
        this.verdict = verdict;
    }

    public Boolean getCounted() {
        return counted;
    }

    public void setCounted(Boolean counted) {
        this.counted = counted;
    }

    public String getAt() {
        return at;
    }

    public void setAt(String at) {
        this.at = at;
    }

    public Boolean getAccepted() {
        return accepted;
    }

    public void setAccepted(Boolean accepted) {
        this.accepted = accepted;
    }
}
