package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** Where it is published which releases exist: exactly one of the three. */
@ValidationRule(
        value = "[has(self.metadata), has(self.cincinnati), has(self.configMap)].filter(given, given).size() == 1",
        message = "must have exactly one of metadata, cincinnati and configMap")
@JsonInclude(JsonInclude.Include.NON_NULL)
public class GraphSource {
    @JsonPropertyDescription("Two files per stream in the format that Fedora publishes.")
    private MetadataSource metadata;

    @JsonPropertyDescription("Another Cincinnati server.")
    private CincinnatiSource cincinnati;

    @JsonPropertyDescription("A ConfigMap with the same two files per stream.")
    private ConfigMapSource configMap;

    public MetadataSource getMetadata() {
        return metadata;
    }

    public void setMetadata(MetadataSource metadata) {
        this.metadata = metadata;
    }

    public CincinnatiSource getCincinnati() {
        return cincinnati;
    }

    public void setCincinnati(CincinnatiSource cincinnati) {
        this.cincinnati = cincinnati;
    }

    public ConfigMapSource getConfigMap() {
        return configMap;
    }

    public void setConfigMap(ConfigMapSource configMap) {
        this.configMap = configMap;
    }
}
