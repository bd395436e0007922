package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;

/** The graph of one stream, architecture and scheme. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class GraphScope extends StatusPart {
    @Size(max = 63)
    @JsonPropertyDescription("The stream.")
    private String stream;

    @Size(max = 32)
    @JsonPropertyDescription("The architecture, by Fedora's name.")
    private String architecture;

    @Size(max = 16)
    @JsonPropertyDescription("How payloads name an image: oci or checksum.")
    private String scheme;

    @Min(0)
    @JsonPropertyDescription("How many releases it has.")
    private Integer releases;

    @Min(0)
    @JsonPropertyDescription("How many edges it has, before any throttling.")
    private Integer edges;

    @Size(max = 100)
    @JsonPropertyDescription("The newest release.")
    private String newest;

    @Size(max = 40)
    @JsonPropertyDescription("When its source was last read (RFC 3339).")
    private String lastRefresh;

    public String getStream() {
        return stream;
    }

    public void setStream(String stream) {
        this.stream = stream;
    }

    public String getArchitecture() {
        return architecture;
    }

    public void setArchitecture(String architecture) {
        this.architecture = architecture;
    }

    public String getScheme() {
        return scheme;
    }

    public void setScheme(String scheme) {
        this.scheme = scheme;
    }

    public Integer getReleases() {
        return releases;
    }

    public void setReleases(Integer releases) {
        this.releases = releases;
    }

    public Integer getEdges() {
        return edges;
    }

    public void setEdges(Integer edges) {
        this.edges = edges;
    }

    public String getNewest() {
        return newest;
    }

    public void setNewest(String newest) {
        this.newest = newest;
    }

    public String getLastRefresh() {
        return lastRefresh;
    }

    public void setLastRefresh(String lastRefresh) {
        this.lastRefresh = lastRefresh;
    }
}
