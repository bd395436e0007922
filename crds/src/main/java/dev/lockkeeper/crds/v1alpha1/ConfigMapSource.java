package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A ConfigMap that holds the files, so that no network is needed. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class ConfigMapSource {
    @Required
    @Size(min = 1, max = 253)
    @JsonPropertyDescription(
            "The name of the ConfigMap. Its keys are releases-<stream>.json and updates-<stream>.json.")
    private String name;

    @Size(min = 1, max = 63)
    @JsonPropertyDescription(
            "The namespace of the ConfigMap. Default: the operator's own; for another one, a Role there must let the operator get it.")
    private String namespace;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getNamespace() {
        return namespace;
    }

    public void setNamespace(String namespace) {
        this.namespace = namespace;
    }
}
