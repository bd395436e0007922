package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What a machine must pass after its reboot besides its node being Ready: exactly one of cel and prometheus. */
@ValidationRule(
        value = "has(self.cel) != has(self.prometheus)",
        message = "must have exactly one of cel and prometheus: name two checks to ask both")
@JsonInclude(JsonInclude.Include.NON_NULL)
public class VerifyCheck {
    @Required
    @Size(min = 1, max = 63)
    @ValidationRule(
            value = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
            message = "must be lower-case letters, digits and dashes, and begin and end with a letter or a digit")
    @JsonPropertyDescription("What sentences call it, 1 to 63 characters; no two checks of a group have the same name.")
    private String name;

    @Size(min = 1, max = 4096)
    @JsonPropertyDescription(
            "A CEL expression that is true once the machine is healthy, 1 to 4096 characters. It sees node, the machine's Node, and pods, the pods on it, both as the API shows them. False: not healthy yet. One that does not compile, or fails, as it does where a key is missing, is no answer: the machine keeps its slot.")
    private String cel;

    @JsonPropertyDescription("A query that Prometheus answers with samples other than 0 once the machine is healthy.")
    private PrometheusCheck prometheus;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getCel() {
        return cel;
    }

    public void setCel(String cel) {
        this.cel = cel;
    }

    public PrometheusCheck getPrometheus() {
        return prometheus;
    }

    public void setPrometheus(PrometheusCheck prometheus) {
        this.prometheus = prometheus;
    }
}
