package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One machine whose drain was given up, and until when it must wait. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class BackedOffMachine extends StatusPart {
    @Required
    @Size(min = 1, max = 64)
    @JsonPropertyDescription("The agent's id.")
    private String id;

    @Min(0)
    @JsonPropertyDescription("How many drains were given up in a row.")
    private Integer tries;

    @Size(max = 40)
    @JsonPropertyDescription("Until when the machine gets no slot (RFC 3339).")
    private String until;

    public String getId() {
        return id;
    }

    public void setId(String id) {
        this.id = id;
    }

    public Integer getTries() {
        return tries;
    }

    public void setTries(Integer tries) {
        this.tries = tries;
    }

    public String getUntil() {
        return until;
    }

    public void setUntil(String until) {
        this.until = until;
    }
}
