package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockkeeper.crds.v1alpha1.PoolWindow;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.operator.Manifests;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people meet at the API server when they write pins, graphs and blocks: nonsense is rejected with a sentence. */
class PolicyCrdIT {

    private static ControlPlane plane;
    private static KubernetesClient admin;

    @BeforeAll
    static void start() {
        plane = ControlPlane.start();
        admin = plane.admin();
        Manifests.installCrds(admin);
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    private static void create(String kind, String name, String spec) {
        GenericKubernetesResource object = Serialization.unmarshal(
                "apiVersion: lockkeeper.dev/v1alpha1\nkind: " + kind + "\nmetadata: {name: '" + name + "'}\nspec: "
                        + spec,
                GenericKubernetesResource.class);
        admin.resource(object).dryRun(true).create();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            StreamPin | {version: newest}                    | must be a release such as 44.20260707.3.1
            StreamPin | {version: '44'}                      | must be a release such as 44.20260707.3.1
            StreamPin | {version: 44.20260707.3.1, maxFedoraMajor: 44} | version says exactly what to run, so maxFedoraMajor has no meaning beside it
            StreamPin | {maxFedoraMajor: 0}                  | should be greater than or equal to 1
            StreamPin | {minimumAge: -1h}                    | must be a duration from 0s to 8760h made of whole hours, minutes and seconds, such as 72h
            StreamPin | {minimumAge: 3d}                     | must be a duration from 0s to 8760h made of whole hours, minutes and seconds, such as 72h
            StreamPin | {nodeSelector: {}}                   | needs matchLabels or matchExpressions
            StreamPin | {nodeSelector: {pool: blue}}         | needs matchLabels or matchExpressions
            StreamPin | {groups: []}                         | should have at least 1 items
            StreamPin | {groups: [a b]}                      | must be groups as agents send them, each once
            StreamPin | {groups: [a, a]}                     | Duplicate value
            StreamPin | {priority: 1001}                     | should be less than or equal to 1000
            StreamPin | {stream: Stable}                     | must be the name of a stream, such as stable
            UpdateGraph | {source: {}}                       | must have exactly one of metadata, cincinnati and configMap
            UpdateGraph | {source: {configMap: {name: a}, cincinnati: {url: 'http://x/'}}} | must have exactly one of metadata, cincinnati and configMap
            UpdateGraph | {source: {cincinnati: {url: 'ftp://x/'}}}    | must be an http or https address
            UpdateGraph | {source: {cincinnati: {}}}         | Required value
            UpdateGraph | {source: {metadata: {releasesUrl: 'https://x/releases.json'}}} | must be an http or https address with ${stream} in it
            UpdateGraph | {source: {configMap: {name: a}}, proxy: 'http://p:3128'} | caBundle and proxy are for sources in a network
            UpdateGraph | {proxy: 'socks5://p:1080'}         | must be the address of an HTTP proxy, such as http://proxy.example.org:3128
            UpdateGraph | {caBundle: abc}                    | must hold certificates in PEM
            UpdateGraph | {refreshInterval: 1s}              | must be a duration from 10s to 24h
            UpdateGraph | {failureThreshold: 0}              | should be greater than or equal to 1
            UpdateGraph | {failureThreshold: 21}             | should be less than or equal to 20
            UpdateGraph | {streams: []}                      | should have at least 1 items
            UpdateGraph | {streams: [a b]}                   | must be names of streams
            PoolWindow | {windows: [{schedule: 0 1 * * *, duration: 1h}]} | spec.pool: Required value
            PoolWindow | {pool: Worker}                      | must be the name of a MachineConfigPool, such as worker
            PoolWindow | {pool: worker, windows: []}         | should have at least 1 items
            PoolWindow | {pool: worker, windows: [{schedule: 0 1 * * *}]} | duration: Required value
            PoolWindow | {pool: worker, windows: [{schedule: '0 25 * * *', duration: 1h}]} | must be five fields as in crontab
            PoolWindow | {pool: worker, windows: [{schedule: 0 1 * *, duration: 1h}]} | should be at least 9 chars long
            PoolWindow | {pool: worker, windows: [{schedule: '@daily --', duration: 1h}]} | must be five fields as in crontab
            PoolWindow | {pool: worker, windows: [{schedule: '0 1 * * MONDAY', duration: 1h}]} | must be five fields as in crontab
            PoolWindow | {pool: worker, windows: [{schedule: 0 1 * * *, duration: 1d}]} | must be a duration from 1m to 168h
            PoolWindow | {pool: worker, windows: [{schedule: 0 1 * * *, duration: 30s}]} | must be a duration from 1m to 168h
            PoolWindow | {pool: worker, windows: [{schedule: 0 1 * * *, duration: 1h, timeZone: Central Time}]} | must be the name of a time zone, such as Europe/Berlin or UTC
            PoolWindow | {pool: worker, freezes: [{from: '2026-12-20', until: '2026-12-21T00:00:00Z'}]} | date-time
            PoolWindow | {pool: worker, freezes: [{from: '2026-12-21T00:00:00Z', until: '2026-12-20T00:00:00Z'}]} | from must be before until
            PoolWindow | {pool: worker, freezes: [{from: '2026-12-21T00:00:00Z'}]} | until: Required value
            PoolWindow | {pool: worker, maxPause: 59m}       | must be a duration from 1h to 720h
            PoolWindow | {pool: worker, maxPause: 721h}      | must be a duration from 1h to 720h
            UpdateGraph | {architectures: [amd64]}           | supported values: "aarch64", "ppc64le", "s390x", "x86_64"
            """)
    void rejects(String kind, String spec, String sentence) {
        assertThat(catchThrowableOfType(KubernetesClientException.class, () -> create(kind, "it", spec)))
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            stable-44.20260707.3.1 | {block: [{architectures: [amd64], reason: x}]} | supported values: "aarch64", "ppc64le", "s390x", "x86_64"
            stable-44.20260707.3.1 | {block: [{architectures: [s390x]}]}            | Required value
            stable-44.20260707.3.1 | {block: [{reason: ''}]}                        | should be at least 1 chars long
            stable-44.20260707.3.1 | {accept: [{architectures: [amd64], reason: x}]} | supported values: "aarch64", "ppc64le", "s390x", "x86_64"
            stable-44.20260707.3.1 | {accept: [{architectures: [s390x]}]}           | Required value
            44.20260707.3.1        | {}                                             | metadata.name must be <stream>-<version>, such as stable-44.20260707.3.1
            stable                 | {}                                             | metadata.name must be <stream>-<version>, such as stable-44.20260707.3.1
            """)
    void rejectsBlocks(String name, String spec, String sentence) {
        assertThat(catchThrowableOfType(KubernetesClientException.class, () -> create("FleetRelease", name, spec)))
                .hasMessageContaining(sentence);
    }

    @Test
    void anUpdateGraphsNameFitsIntoALabel() {
        create("UpdateGraph", "a".repeat(63), "{}");
        assertThat(catchThrowableOfType(
                        KubernetesClientException.class, () -> create("UpdateGraph", "a".repeat(64), "{}")))
                .hasMessageContaining("metadata.name must be at most 63 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{version: 44.20260707.3.1, nodeSelector: {matchLabels: {pool: blue}}}",
                "{version: 30.20190716.1}",
                "{maxFedoraMajor: 43, minimumAge: 72h, followRollout: false, groups: [edge, Edge.2]}",
                "{graph: mirror, stream: testing-devel, priority: -5}"
            })
    void acceptsPins(String spec) {
        create("StreamPin", "it", spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{pool: worker}",
                "{pool: worker, maxPause: 720h, windows: [{schedule: 0 1 * * MON-FRI, duration: 4h, timeZone: Europe/Berlin}]}",
                "{pool: infra-1, windows: [{schedule: '*/15 0-5/2,22 1,15 JAN-mar 7', duration: 1m, timeZone: America/Argentina/Buenos_Aires}]}",
                "{pool: worker, freezes: [{from: '2026-12-20T00:00:00+01:00', until: '2027-01-04T00:00:00Z', reason: Christmas}]}"
            })
    void acceptsPoolWindows(String spec) {
        create("PoolWindow", "it", spec);
    }

    @Test
    void fillsInWhatIsNotSaidOfAPoolWindow() {
        PoolWindow window = admin.resource(Serialization.unmarshal(
                        "apiVersion: lockkeeper.dev/v1alpha1\nkind: PoolWindow\nmetadata: {name: nights}\n"
                                + "spec: {pool: worker, windows: [{schedule: 0 1 * * *, duration: 1h}]}",
                        PoolWindow.class))
                .dryRun(true)
                .create();
        assertThat(window.getSpec().getMaxPause()).isEqualTo("168h");
        assertThat(window.getSpec().getWindows().getFirst().getTimeZone()).isEqualTo("UTC");
    }

    @Test
    void fillsInWhatIsNotSaidOfAGraph() {
        UpdateGraph graph = admin.resource(Serialization.unmarshal(
                        "apiVersion: lockkeeper.dev/v1alpha1\nkind: UpdateGraph\nmetadata: {name: fedora}",
                        UpdateGraph.class))
                .dryRun(true)
                .create();
        assertThat(graph.getSpec().getStreams()).containsExactly("stable", "testing", "next");
        assertThat(graph.getSpec().getArchitectures()).hasSize(4);
        assertThat(graph.getSpec().getRefreshInterval()).isEqualTo("5m");
        assertThat(graph.getSpec().getFailureThreshold()).isEqualTo(1);
        assertThat(graph.getSpec().getSource().getMetadata().getUpdatesUrl())
                .isEqualTo("https://builds.coreos.fedoraproject.org/updates/${stream}.json");
    }
}
