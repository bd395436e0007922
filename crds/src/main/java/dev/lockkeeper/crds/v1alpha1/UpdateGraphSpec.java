package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What a person asks of an UpdateGraph: where to learn which releases exist, and for what. */
@ValidationRule(
        value = "!has(self.source) || !has(self.source.configMap) || !has(self.caBundle) && !has(self.proxy)",
        message = "caBundle and proxy are for sources in a network: leave them out with a configMap")
@JsonInclude(JsonInclude.Include.NON_NULL)
public class UpdateGraphSpec {
    @JsonPropertyDescription(
            "Where it is published which releases exist: exactly one of metadata, cincinnati and configMap. Default: metadata, with Fedora's own addresses.")
    private GraphSource source;

    @Size(min = 1, max = 8)
    @ValidationRule(
            value = Names.STREAMS_RULE,
            message =
                    "must be names of streams, such as stable, each once: lower-case letters, digits, dots and dashes")
    @JsonPropertyDescription("The streams that it serves, 1 to 8. Default: stable, testing and next.")
    private List<String> streams;

    @Size(min = 1, max = 4)
    @JsonPropertyDescription("The architectures that it serves, by Fedora's names. Default: all four.")
    private List<Architecture> architectures;

    @Size(max = Durations.MAX_LENGTH)
    @Default(UpdateGraphDefaults.REFRESH_INTERVAL)
    @ValidationRule(
            value = Durations.GRAMMAR_RULE
                    + " && duration(self) >= duration('10s') && duration(self) <= duration('24h')",
            message = "must be a duration from 10s to 24h made of whole hours, minutes and seconds, such as 5m")
    @JsonPropertyDescription(
            "How often the source is looked at, from 10s to 24h; up to a tenth more or less each time. Default: 5m.")
    private String refreshInterval;

    @Min(1)
    @Max(UpdateGraphDefaults.MOST_FAILURES)
    @Default("1")
    @JsonPropertyDescription(
            "After so many failures that count (Failed, RolledBack, NeverCameBack) on one architecture, a release is withheld from it until a person accepts it. Of several UpdateGraphs with the stream the smallest applies; a later change lifts no quarantine. From 1 to 20. Default: 1.")
    private Integer failureThreshold;

    @Size(min = 1, max = 65536)
    @ValidationRule(
            value = "self.contains('-----BEGIN CERTIFICATE-----')",
            message = "must hold certificates in PEM, which begin with -----BEGIN CERTIFICATE-----")
    @JsonPropertyDescription(
            "Certificate authorities of the source in PEM, besides those that the operator's Java knows; at most 64 KiB.")
    private String caBundle;

    @Size(min = 1, max = 512)
    @ValidationRule(
            value = "self.matches('^http://[A-Za-z0-9.-]+:[0-9]{1,5}/?$')",
            message = "must be the address of an HTTP proxy, such as http://proxy.example.org:3128")
    @JsonPropertyDescription(
            "The HTTP proxy by which the source is reached, such as http://proxy.example.org:3128. Default: none.")
    private String proxy;

    public GraphSource getSource() {
        return source;
    }

    public void setSource(GraphSource source) {
        this.source = source;
    }

    public List<String> getStreams() {
        return streams;
    }

    public void setStreams(List<String> streams) {
        this.streams = streams;
    }

    public List<Architecture> getArchitectures() {
        return architectures;
    }

    public void setArchitectures(List<Architecture> architectures) {
        this.architectures = architectures;
    }

    public String getRefreshInterval() {
        return refreshInterval;
    }

    public void setRefreshInterval(String refreshInterval) {
        this.refreshInterval = refreshInterval;
    }

    public String getCaBundle() {
        return caBundle;
    }

    public void setCaBundle(String caBundle) {
        this.caBundle = caBundle;
    }

    public String getProxy() {
        return proxy;
    }

    public void setProxy(String proxy) {
        this.proxy = proxy;
    }

    public Integer getFailureThreshold() {
        return failureThreshold;
    }

    public void setFailureThreshold(Integer failureThreshold) {
        this.failureThreshold = failureThreshold;
    }
}
