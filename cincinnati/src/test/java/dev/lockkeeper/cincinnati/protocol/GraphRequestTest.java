package dev.lockkeeper.cincinnati.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphRequestTest {

    private static GraphRequest request(String query) {
        GraphParsed parsed = GraphRequest.parse(query);
        assertThat(parsed).isInstanceOf(GraphRequest.class);
        return (GraphRequest) parsed;
    }

    private static GraphParsed.Refused refused(String query) {
        GraphParsed parsed = GraphRequest.parse(query);
        assertThat(parsed).isInstanceOf(GraphParsed.Refused.class);
        return (GraphParsed.Refused) parsed;
    }

    @Test
    void whatAnAgentSends() {
        GraphRequest request =
                request("basearch=x86_64&group=workers&node_uuid=978a225b3d7b40e9acd7ce9b62f68444&oci=true"
                        + "&os_checksum=quay.io%2Ffedora%2Ffedora-coreos%40sha256%3Aabc&os_version=44.20260707.3.1&platform=metal"
                        + "&rollout_wariness=0.500000&stream=stable&whatever=x");
        assertThat(request)
                .isEqualTo(new GraphRequest(
                        new Scope("stable", "x86_64", Scheme.OCI),
                        "978a225b3d7b40e9acd7ce9b62f68444",
                        "44.20260707.3.1",
                        "quay.io/fedora/fedora-coreos@sha256:abc",
                        "workers",
                        "metal",
                        "0.500000"));
        assertThat(request.isAgents()).isTrue();
    }

    @Test
    void whatPeopleSend() {
        GraphRequest request = request("stream=next&basearch=s390x");
        assertThat(request)
                .isEqualTo(new GraphRequest(
                        new Scope("next", "s390x", Scheme.CHECKSUM), null, null, null, null, null, null));
        assertThat(request.isAgents()).isFalse();
        assertThat(request("stream=next&basearch=s390x&os_version=1").isAgents())
                .isTrue();
        assertThat(request("stream=next&basearch=s390x&os_checksum=1").isAgents())
                .isTrue();
        assertThat(request("stream=next&basearch=s390x&oci=false&group=&os_version=")
                        .isAgents())
                .as("empty is absent")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stream=stable", "basearch=x86_64", "basearch=&stream=stable", "&&", "stream", "=x"})
    void theScopeIsMandatory(String query) {
        assertThat(refused(query).missing()).isTrue();
        assertThat(refused(query).sentence()).startsWith("The parameter '").contains("is missing");
        assertThat(GraphRequest.parse(null)).isInstanceOf(GraphParsed.Refused.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "basearch=x86%2F64  | basearch",
                "basearch=x86_64x86_64x86_64x86_64x86_64xxx | basearch",
                "stream=../x        | stream",
                "node_uuid=a%20b    | node_uuid",
                "node_uuid=a+b      | node_uuid",
                "node_uuid=%C3%BC   | node_uuid",
                "node_uuid=%FF      | node_uuid",
                "node_uuid=ü        | node_uuid",
                "os_version=%       | os_version",
                "os_version=%4      | os_version",
                "os_version=%zz     | os_version",
                "os_version=1%00    | os_version",
                "os_checksum=a%20b  | os_checksum",
                "group=a_b          | group",
                "platform=a%2Fb     | platform",
                "oci=yes            | oci"
            })
    void whatIsIllFormedIsNamed(String part, String name) {
        String rest =
                (name.equals("basearch") ? "" : "basearch=x86_64&") + (name.equals("stream") ? "" : "stream=stable&");
        GraphParsed.Refused refused = refused(rest + part.strip());
        assertThat(refused.missing()).isFalse();
        assertThat(refused.sentence()).startsWith("The parameter '" + name + "' is ill-formed: it must match ");
    }

    @Test
    void whatIsThereTwiceOrTooMuchIsRefused() {
        assertThat(refused("stream=a&basearch=b&stream=a").sentence())
                .isEqualTo("The parameter 'stream' is there twice.");
        assertThat(refused("stream=a&basearch=b&group=&group=x").sentence())
                .isEqualTo("The parameter 'group' is there twice.");
        assertThat(refused("stream=a&basearch=b" + "&x=1".repeat(63)).sentence())
                .isEqualTo("There are more than 64 parameters.");
        assertThat(request("stream=a&basearch=b" + "&x=1".repeat(62))).isNotNull();
        assertThat(refused("stream=a&basearch=b&os_checksum=" + "a".repeat(513)).missing())
                .isFalse();
        assertThat(request("stream=a&basearch=b&os_checksum=" + "a".repeat(512)))
                .isNotNull();
        assertThat(refused("stream=a&basearch=b&rollout_wariness=" + "%41".repeat(513))
                        .missing())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "-1", "2", "NaN", "", "%20"})
    void warinessIsTakenAsItWasSent(String wariness) {
        assertThat(request("stream=a&basearch=b&rollout_wariness=" + wariness).scope().stream())
                .isEqualTo("a");
    }

    @Property
    void anyQueryIsReadOrRefused(@ForAll String query) {
        assertThat(GraphRequest.parse(query)).isNotNull();
        assertThat(GraphRequest.parse("stream=a&basearch=b&os_version=" + query))
                .isNotNull();
    }
}
