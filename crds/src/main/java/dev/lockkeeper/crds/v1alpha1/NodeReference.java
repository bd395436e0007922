package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** One Node, by name and by the uid that tells it from a later one of the same name. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class NodeReference extends StatusPart {
    @Size(max = 253)
    @JsonPropertyDescription("The node's name.")
    private String name;

    @Size(max = 64)
    @JsonPropertyDescription("The node's uid.")
    private String uid;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getUid() {
        return uid;
    }

    public void setUid(String uid) {
        this.uid = uid;
    }
}
