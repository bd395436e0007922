package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Where the two files per stream are published that Fedora makes its graph from. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class MetadataSource {
    @Size(min = 1, max = 1024)
    @Default(UpdateGraphDefaults.RELEASES_URL)
    @ValidationRule(
            value = UpdateGraphDefaults.TEMPLATE_RULE,
            message = "must be an http or https address with ${stream} in it")
    @JsonPropertyDescription(
            "The address of the release index, at most 1024 characters, with ${stream} in it. Default: Fedora's own.")
    private String releasesUrl;

    @Size(min = 1, max = 1024)
    @Default(UpdateGraphDefaults.UPDATES_URL)
    @ValidationRule(
            value = UpdateGraphDefaults.TEMPLATE_RULE,
            message = "must be an http or https address with ${stream} in it")
    @JsonPropertyDescription(
            "The address of the update metadata, at most 1024 characters, with ${stream} in it. Default: Fedora's own.")
    private String updatesUrl;

    public String getReleasesUrl() {
        return releasesUrl;
    }

    public void setReleasesUrl(String releasesUrl) {
        this.releasesUrl = releasesUrl;
    }

    public String getUpdatesUrl() {
        return updatesUrl;
    }

    public void setUpdatesUrl(String updatesUrl) {
        this.updatesUrl = updatesUrl;
    }
}
