package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/** What Lockkeeper knows of the releases that an UpdateGraph is about. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class UpdateGraphStatus extends StatusPart {
    @JsonPropertyDescription("The metadata.generation that the rest of the status was computed from.")
    private Long observedGeneration;

    @Size(max = 1024)
    @JsonPropertyDescription("One line for people: the newest release of each stream.")
    private String summary;

    @Size(max = 40)
    @JsonPropertyDescription("When all streams were last read (RFC 3339).")
    private String lastRefresh;

    @Size(max = 128)
    @JsonPropertyDescription("The graphs that are served.")
    private List<GraphScope> scopes;

    @Size(max = 8)
    @JsonPropertyDescription("What the source says and is not believed: the graph from before stays.")
    private List<DoubtfulMetadata> doubtful;

    @Size(max = 16)
    @JsonPropertyDescription("Ready: every stream is served. Degraded: the source cannot be read, or is not believed.")
    private List<Condition> conditions;

    public Long getObservedGeneration() {
        return observedGeneration;
    }

    public void setObservedGeneration(Long observedGeneration) {
        this.observedGeneration = observedGeneration;
    }

    public String getSummary() {
        return summary;
    }

    public void setSummary(String summary) {
        this.summary = summary;
    }

    public String getLastRefresh() {
        return lastRefresh;
    }

    public void setLastRefresh(String lastRefresh) {
        this.lastRefresh = lastRefresh;
    }

    public List<GraphScope> getScopes() {
        return scopes;
    }

    public void setScopes(List<GraphScope> scopes) {
        this.scopes = scopes;
    }

    public List<DoubtfulMetadata> getDoubtful() {
        return doubtful;
    }

    public void setDoubtful(List<DoubtfulMetadata> doubtful) {
        this.doubtful = doubtful;
    }

    public List<Condition> getConditions() {
        return conditions;
    }

    public void setConditions(List<Condition> conditions) {
        this.conditions = conditions;
    }
}
