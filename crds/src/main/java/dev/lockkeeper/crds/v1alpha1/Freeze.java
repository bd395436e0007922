package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A span of time in which no window is open. */
@ValidationRule(value = "self.from < self.until", message = "from must be before until")
@JsonInclude(JsonInclude.Include.NON_NULL)
public class Freeze {
    @Required
    @Size(max = 40)
    @JsonPropertyDescription("When it begins (RFC 3339), such as 2026-12-20T00:00:00Z.")
    private String from;

    @Required
    @Size(max = 40)
    @JsonPropertyDescription("When it ends (RFC 3339).")
    private String until;

    @Size(max = 256)
    @JsonPropertyDescription("Why, in words that people are told; at most 256 characters.")
    private String reason;

    public String getFrom() {
        return from;
    }

    public void setFrom(String from) {
        this.from = from;
    }

    public String getUntil() {
        return until;
    }

    public void setUntil(String until) {
        this.until = until;
    }

    public String getReason() {
        return reason;
    }

    public void setReason(String reason) {
        this.reason = reason;
    }
}
