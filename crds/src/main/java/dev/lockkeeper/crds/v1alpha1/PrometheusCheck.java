package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A query that Prometheus answers. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class PrometheusCheck {
    @Required
    @Size(min = 1, max = 512)
    @ValidationRule(
            value =
                    "self.matches('^https?://([A-Za-z0-9.-]+|[[][0-9A-Fa-f:.]+[]])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$')",
            message =
                    "must be an http or https address of a host, a port and a path, such as http://prometheus.monitoring:9090")
    @JsonPropertyDescription(
            "The base URL of Prometheus, or of what answers its API, 1 to 512 characters: /api/v1/query is asked below it.")
    private String url;

    @Required
    @Size(min = 1, max = 2048)
    @JsonPropertyDescription(
            "The PromQL query, 1 to 2048 characters; ${node} in it stands for the node's name. Passed: it returns at least one sample, and none is 0. A 0: not healthy yet. No sample, NaN, more than 64 KiB, or nothing within 5 seconds is no answer: the machine keeps its slot.")
    private String query;

    public String getUrl() {
        return url;
    }

    public void setUrl(String url) {
        this.url = url;
    }

    public String getQuery() {
        return query;
    }

    public void setQuery(String query) {
        this.query = query;
    }
}
