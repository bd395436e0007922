package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;

/** What a person asks of a StreamPin: which machines it is for, and what they should run. */
@ValidationRule(
        value = "!has(self.version) || !has(self.maxFedoraMajor)",
        message = "version says exactly what to run, so maxFedoraMajor has no meaning beside it: leave one of them out")
@JsonInclude(JsonInclude.Include.NON_NULL)
public class StreamPinSpec {
    @ValidationRule(value = SelectorRules.HAS_A_REQUIREMENT, message = SelectorRules.HAS_A_REQUIREMENT_MESSAGE)
    @JsonPropertyDescription(
            "The nodes that it is for, by label. With groups too, a machine must match both; without either, it is for all.")
    private LabelSelector nodeSelector;

    @Size(min = 1, max = 64)
    @ValidationRule(
            value = Names.GROUPS_RULE,
            message = "must be groups as agents send them, each once: 1 to 63 letters, digits, dots and dashes")
    @JsonPropertyDescription(
            "The machines that it is for, by the group that their agents send; 1 to 64 groups. Machines that are no nodes can be named by this alone.")
    private List<String> groups;

    @Min(-1000)
    @Max(1000)
    @Default("0")
    @JsonPropertyDescription(
            "Where two pins are for a machine, the higher one wins, -1000 to 1000; of equal ones the older. Default: 0.")
    private Integer priority;

    @Size(min = 1, max = 253)
    @JsonPropertyDescription("The UpdateGraph that says which releases exist. Default: the only one there is.")
    private String graph;

    @Size(min = 1, max = 63)
    @Default(StreamPinDefaults.STREAM)
    @ValidationRule(
            value = Names.STREAM_RULE,
            message = "must be the name of a stream, such as stable: lower-case letters, digits, dots and dashes")
    @JsonPropertyDescription(
            "The stream of the machines that it is for. No pin moves a machine to another stream. Default: stable.")
    private String stream;

    @Size(min = 1, max = 64)
    @ValidationRule(
            value = "self.matches('^[0-9]{1,3}[.][0-9]{8}[.][0-9]+([.][0-9]+)?$')",
            message = "must be a release such as 44.20260707.3.1")
    @JsonPropertyDescription(
            "The release that they should run, and none newer, such as 44.20260707.3.1. It is gone to at once: the pace below is for those that follow the stream.")
    private String version;

    @Min(1)
    @Max(999)
    @JsonPropertyDescription("The highest Fedora release that they may run, such as 43. Default: any.")
    private Integer maxFedoraMajor;

    @Size(max = Durations.MAX_LENGTH)
    @Default(StreamPinDefaults.MINIMUM_AGE)
    @ValidationRule(
            value = Durations.GRAMMAR_RULE + " && duration(self) <= duration('8760h')",
            message = "must be a duration from 0s to 8760h made of whole hours, minutes and seconds, such as 72h")
    @JsonPropertyDescription(
            "How old a release must be before they may go to it, from its rollout's start on, from 0s to 8760h. Default: 0s.")
    private String minimumAge;

    @Default("true")
    @JsonPropertyDescription(
            "Whether each machine waits for its turn in Fedora's rollout; none goes before its start in any case. Default: true.")
    private Boolean followRollout;

    public LabelSelector getNodeSelector() {
        return nodeSelector;
    }

    public void setNodeSelector(LabelSelector nodeSelector) {
        this.nodeSelector = nodeSelector;
    }

    public List<String> getGroups() {
        return groups;
    }

    public void setGroups(List<String> groups) {
        this.groups = groups;
    }

    public Integer getPriority() {
        return priority;
    }

    public void setPriority(Integer priority) {
        this.priority = priority;
    }

    public String getGraph() {
        return graph;
    }

    public void setGraph(String graph) {
        this.graph = graph;
    }

    public String getStream() {
        return stream;
    }

    public void setStream(String stream) {
        this.stream = stream;
    }

    public String getVersion() {
        return version;
    }

    public void setVersion(String version) {
        this.version = version;
    }

    public Integer getMaxFedoraMajor() {
        return maxFedoraMajor;
    }

    public void setMaxFedoraMajor(Integer maxFedoraMajor) {
        this.maxFedoraMajor = maxFedoraMajor;
    }

    public String getMinimumAge() {
        return minimumAge;
    }

    public void setMinimumAge(String minimumAge) {
        this.minimumAge = minimumAge;
    }

    public Boolean getFollowRollout() {
        return followRollout;
    }

    public void setFollowRollout(Boolean followRollout) {
        this.followRollout = followRollout;
    }
}
