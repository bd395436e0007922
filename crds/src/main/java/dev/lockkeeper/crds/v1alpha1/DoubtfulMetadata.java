package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What the source says of one stream, and is not believed. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class DoubtfulMetadata extends StatusPart {
    @Size(max = 63)
    @JsonPropertyDescription("The stream.")
    private String stream;

    @Size(max = 64)
    @JsonPropertyDescription(
            "The hash of what the source says: set it as annotation lockkeeper.dev/accept-source to take it over.")
    private String hash;

    @Size(max = 20)
    @JsonPropertyDescription("Why it is doubted.")
    private List<String> reasons;

    public String getStream() {
        return stream;
    }

    public void setStream(String stream) {
        this.stream = stream;
    }

    public String getHash() {
        return hash;
    }

    public void setHash(String hash) {
        this.hash = hash;
    }

    public List<String> getReasons() {
        return reasons;
    }

    public void setReasons(List<String> reasons) {
        this.reasons = reasons;
    }
}
