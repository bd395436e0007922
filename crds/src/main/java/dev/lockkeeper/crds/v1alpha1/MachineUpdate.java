package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** What became of one update of a machine. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class MachineUpdate extends StatusPart {
    @Required
    @Size(min = 1, max = 64)
    @JsonPropertyDescription("Marks the holding that the update was made with.")
    private String token;

    @Size(max = 256)
    @JsonPropertyDescription("The release that it left.")
    private String from;

    @Size(max = 100)
    @JsonPropertyDescription("The release that it went to; absent: not known.")
    private String release;

    @Size(max = 256)
    @JsonPropertyDescription("What it came back with, as far as it is known.")
    private String version;

    @Required
    @JsonPropertyDescription("What became of it.")
    private Verdict verdict;

    @JsonPropertyDescription(
            "Whether it counted against the release when it was judged; what counts now stands in the FleetRelease.")
    private Boolean counted;

    @JsonPropertyDescription(
            "What may still come to light. Rollback: whether it rolled back. Kubelet: whether it runs the new release, though its kubelet did not come up. Version: what it runs, for a machine that is no node. Absent: nothing.")
    private UpdateQuestion question;

    @Size(max = 40)
    @JsonPropertyDescription("When it was judged (RFC 3339).")
    private String at;

    @Size(max = 1024)
    @JsonPropertyDescription("Why it was judged so.")
    private String reason;

    public String getToken() {
        return token;
    }

    public void setToken(String token) {
        this.token = token;
    }

    public String getFrom() {
        return from;
    }

    public void setFrom(String from) {
        this.from = from;
    }

    public String getRelease() {
        return release;
    }

    public void setRelease(String release) {
        this.release = release;
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

    public Boolean getCounted() {
        return counted;
    }

    public void setCounted(Boolean counted) {
        this.counted = counted;
    }

    public UpdateQuestion getQuestion() {
        return question;
    }

    public void setQuestion(UpdateQuestion question) {
        this.question = question;
    }

    public String getAt() {
        return at;
    }

    public void setAt(String at) {
        this.at = at;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }
}
