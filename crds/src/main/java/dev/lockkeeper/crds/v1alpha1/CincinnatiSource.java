package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Another Cincinnati server, whose graphs are taken over. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class CincinnatiSource {
    @Required
    @Size(min = 1, max = 1024)
    @ValidationRule(value = "self.matches('^https?://[^ ]+$')", message = "must be an http or https address")
    @JsonPropertyDescription("The base URL of the server, as agents would be given it, at most 1024 characters.")
    private String url;

    public String getUrl() {
        return url;
    }

    public void setUrl(String url) {
        this.url = url;
    }
}
