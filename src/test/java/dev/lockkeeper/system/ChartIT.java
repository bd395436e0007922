package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockkeeper.system.Chart.Rendered;
import dev.lockkeeper.testbed.control.Helm;
import dev.lockkeeper.testbed.control.ToolResult;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real Helm makes of the chart without a cluster. {@link HelmIT} installs it. */
class ChartIT {

    private static final Set<String> HELMS_LABELS = Set.of(
            "app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart");
    private static final String OPERATOR_APIS =
            "monitoring.coreos.com/v1,monitoring.coreos.com/v1/PodMonitor," + "monitoring.coreos.com/v1/PrometheusRule";

    @TempDir
    static Path home;

    private static Helm helm;

    @BeforeAll
    static void compile() {
        helm = Chart.helm(home);
    }

    private static Rendered render(String... arguments) {
        return Chart.render(helm, arguments);
    }

    private static Rendered set(String... values) {
        return render(Stream.of(values)
                .flatMap(value -> Stream.of(value.contains("\"") ? "--set-json" : "--set", value))
                .toArray(String[]::new));
    }

    @Test
    void lintFindsNothing() {
        assertThat(helm.run("lint", Chart.folder(), "--strict").ok())
                .contains("1 chart(s) linted, 0 chart(s) failed")
                .doesNotContain("WARNING");
    }

    @Test
    void thePackageRendersAsTheFolderDoes(@TempDir Path target) throws Exception {
        helm.run("package", Chart.folder(), "--destination", target.toString()).ok();
        List<Path> packages;
        try (Stream<Path> files = Files.list(target)) {
            packages = files.toList();
        }
        assertThat(packages)
                .singleElement()
                .satisfies(file -> assertThat(
                                helm.run("template", "lockkeeper", file.toString(), "--namespace", Manifests.NAMESPACE)
                                        .ok())
                        .isEqualTo(
                                helm.run("template", "lockkeeper", Chart.folder(), "--namespace", Manifests.NAMESPACE)
                                        .ok()));
    }

    @Test
    void withItsDefaultsItIsWhatDeployHasAndTheFirstObjects() {
        Map<String, JsonNode> rendered = render().byId();
        assertThat(rendered.remove("RebootGroup default").at("/spec").toString())
                .isEqualTo("{\"slots\":1}");
        assertThat(rendered.remove("UpdateGraph fedora").at("/spec").toString()).isEqualTo("{}");
        assertThat(rendered.remove("Pod lockkeeper-test")
                        .at("/metadata/annotations/helm.sh~1hook")
                        .asText())
                .isEqualTo("test");

        Map<String, JsonNode> deployed = new TreeMap<>();
        Stream.of("deploy/base", "crds")
                .flatMap(folder -> Chart.objects(Manifests.root().resolve(folder)).stream())
                .filter(object -> !Chart.kind(object).equals("Namespace"))
                .forEach(object -> deployed.put(Chart.id(object), object));
        assertThat(rendered.keySet()).isEqualTo(deployed.keySet());
        assertThat(deployed).hasSizeGreaterThan(10);
        deployed.forEach(
                (id, object) -> assertThat(withoutHelm(rendered.get(id))).as(id).isEqualTo(object));
    }

    /** Without what Helm's charts have and plain manifests do not. */
    private static JsonNode withoutHelm(JsonNode object) {
        ObjectNode metadata = (ObjectNode) object.get("metadata");
        ObjectNode labels = (ObjectNode) metadata.get("labels");
        labels.remove(HELMS_LABELS);
        if (Chart.kind(object).equals("CustomResourceDefinition")) {
            metadata.remove("labels");
            ((ObjectNode) metadata.get("annotations")).remove("helm.sh/resource-policy");
        }
        return object;
    }

    @Test
    void theBudgetIsOnlyForSeveralReplicas() {
        assertThat(set("replicas=3").has("PodDisruptionBudget")).isTrue();
        assertThat(set("replicas=1").has("PodDisruptionBudget")).isFalse();
        assertThat(set("podDisruptionBudget.enabled=false").has("PodDisruptionBudget"))
                .isFalse();
    }

    @Test
    void theImageIsNamedByTagOrDigest() {
        String digest = "sha256:" + "0a".repeat(32);
        assertThat(set("image.repository=registry.example.org:5000/lockkeeper", "image.tag=0.1.0-rc.1")
                        .container()
                        .path("image")
                        .asText())
                .isEqualTo("registry.example.org:5000/lockkeeper:0.1.0-rc.1");
        Rendered pinned =
                set("image.digest=" + digest, "image.tag=0.2.0", "imagePullSecrets=[{\"name\":\"registry\"}]");
        assertThat(pinned.container().path("image").asText()).isEqualTo("ghcr.io/lockkeeper/lockkeeper@" + digest);
        assertThat(pinned.pod().at("/spec/imagePullSecrets/0/name").asText()).isEqualTo("registry");
    }

    @Test
    void settingsAreEnvironmentVariables() {
        Rendered rendered = set(
                "settings={\"LOCKKEEPER_GRAPH_MAX_BYTES\":67108864}",
                "extraEnv.QUARKUS_LOG_LEVEL=DEBUG",
                "javaOptions=-Xmx400m");
        assertThat(rendered.variable("LOCKKEEPER_GRAPH_MAX_BYTES")).isEqualTo("67108864");
        assertThat(rendered.variable("QUARKUS_LOG_LEVEL")).isEqualTo("DEBUG");
        assertThat(rendered.variable("JDK_JAVA_OPTIONS")).isEqualTo("-Xmx400m");
        assertThat(set("settings.LOCKKEEPER_AGENT_MAX_HOLD=PT5M").variable("LOCKKEEPER_AGENT_MAX_HOLD"))
                .isEqualTo("PT5M");
    }

    @Test
    void theServiceMayBeReachedFromOutside() {
        JsonNode balanced = set(
                        "service.type=LoadBalancer",
                        "service.loadBalancerIP=192.0.2.7",
                        "service.loadBalancerClass=example.com/internal",
                        "service.loadBalancerSourceRanges={192.0.2.0/24,2001:db8::/32}",
                        "service.externalTrafficPolicy=Local",
                        "service.annotations.example\\.com/pool=edge",
                        "service.port=8080",
                        "service.nodePort=30080")
                .one("Service");
        assertThat(balanced.at("/metadata/annotations/example.com~1pool").asText())
                .isEqualTo("edge");
        assertThat(balanced.at("/spec/type").asText()).isEqualTo("LoadBalancer");
        assertThat(balanced.at("/spec/loadBalancerIP").asText()).isEqualTo("192.0.2.7");
        assertThat(balanced.at("/spec/loadBalancerClass").asText()).isEqualTo("example.com/internal");
        assertThat(balanced.at("/spec/loadBalancerSourceRanges").toString())
                .isEqualTo("[\"192.0.2.0/24\",\"2001:db8::/32\"]");
        assertThat(balanced.at("/spec/externalTrafficPolicy").asText()).isEqualTo("Local");
        assertThat(balanced.at("/spec/ports/0/port").asInt()).isEqualTo(8080);
        assertThat(balanced.at("/spec/ports/0/nodePort").asInt()).isEqualTo(30080);

        JsonNode inside = set("service.clusterIP=10.3.0.15", "service.loadBalancerIP=192.0.2.7")
                .one("Service");
        assertThat(inside.at("/spec/clusterIP").asText()).isEqualTo("10.3.0.15");
        assertThat(inside.at("/spec/loadBalancerIP").isMissingNode()).isTrue();
    }

    @Test
    void theNetworkPolicyLetsAgentsInByPortAlone() {
        assertThat(render().has("NetworkPolicy")).isFalse();
        JsonNode policy = set("networkPolicy.enabled=true", "networkPolicy.monitoringNamespaces={observability}")
                .one("NetworkPolicy");
        assertThat(policy.at("/spec/ingress/0").toString())
                .isEqualTo("{\"ports\":[{\"port\":\"http\",\"protocol\":\"TCP\"}]}");
        assertThat(policy.at("/spec/ingress/1/from/0/namespaceSelector/matchExpressions/0/values/0")
                        .asText())
                .isEqualTo("observability");
        assertThat(policy.at("/spec/policyTypes").toString()).isEqualTo("[\"Ingress\"]");
    }

    @Test
    void monitoringIsMadeOnlyWhereItIsWantedAndKnown() {
        String[] wanted = {
            "--set",
            "monitoring.podMonitor.enabled=true,monitoring.prometheusRule.enabled=true,monitoring.dashboards.enabled=true",
            "--set",
            "monitoring.podMonitor.labels.release=stack,monitoring.prometheusRule.additionalRuleLabels.team=platform",
            "--set",
            "monitoring.annotations=false",
        };
        Rendered without = render(wanted);
        assertThat(without.has("PodMonitor")).isFalse();
        assertThat(without.has("PrometheusRule")).isFalse();
        assertThat(without.pod().at("/metadata/annotations").isMissingNode()).isTrue();

        Rendered with = render(Stream.concat(Arrays.stream(wanted), Stream.of("--api-versions", OPERATOR_APIS))
                .toArray(String[]::new));
        Path monitoring = Manifests.root().resolve("deploy/monitoring");
        assertThat(with.one("PodMonitor").at("/spec"))
                .isEqualTo(Chart.objects(monitoring.resolve("prometheus-operator")).stream()
                        .filter(object -> Chart.kind(object).equals("PodMonitor"))
                        .findFirst()
                        .orElseThrow()
                        .at("/spec"));
        assertThat(with.one("PodMonitor").at("/metadata/labels/release").asText())
                .isEqualTo("stack");
        JsonNode rules = Chart.objects(monitoring.resolve("prometheus-operator")).stream()
                .filter(object -> Chart.kind(object).equals("PrometheusRule"))
                .findFirst()
                .orElseThrow()
                .at("/spec/groups");
        rules.forEach(
                group -> group.get("rules").forEach(rule -> ((ObjectNode) rule.get("labels")).put("team", "platform")));
        assertThat(with.one("PrometheusRule").at("/spec/groups")).isEqualTo(rules);
        JsonNode dashboards = with.one("ConfigMap");
        assertThat(dashboards.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        assertThat(dashboards.get("data").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("lockkeeper-fleet.json", "lockkeeper-lock.json");
        assertThat(dashboards.at("/data/lockkeeper-lock.json").asText())
                .isEqualToIgnoringNewLines(read(monitoring.resolve("dashboards/lockkeeper-lock.json")));
    }

    @Test
    void theCrdsAreKeptOrNotOrLeftOut() {
        String keep = "/metadata/annotations/helm.sh~1resource-policy";
        assertThat(render().one("CustomResourceDefinition").at(keep).asText()).isEqualTo("keep");
        assertThat(set("crds.keep=false")
                        .one("CustomResourceDefinition")
                        .at(keep)
                        .isMissingNode())
                .isTrue();
        assertThat(set("crds.enabled=false").has("CustomResourceDefinition")).isFalse();
    }

    /** A release is refused whole if the cluster does not know one of its kinds yet; and Helm must not delete a group. */
    @Test
    void theFirstObjectsAreHooksThatAreNeverDeleted() {
        for (String kind : List.of("RebootGroup", "UpdateGraph")) {
            JsonNode annotations = render().one(kind).at("/metadata/annotations");
            assertThat(annotations.path("helm.sh/hook").asText()).isEqualTo("post-install,post-upgrade");
            assertThat(annotations.path("helm.sh/hook-delete-policy").asText()).isEqualTo("hook-failed");
        }
    }

    @Test
    void groupsGraphsAndPinsAreWhatTheValuesSay() {
        Map<String, JsonNode> rendered = set(
                        "groups={\"default\":null,\"workers\":{\"slots\":\"20%\",\"drain\":{\"timeout\":\"1h\"}}}",
                        "graphs={\"fedora\":null}",
                        "pins={\"workers\":{\"groups\":[\"workers\"],\"minimumAge\":\"72h\"}}")
                .byId();
        assertThat(rendered).containsKeys("RebootGroup workers", "StreamPin workers");
        assertThat(rendered).doesNotContainKeys("RebootGroup default", "UpdateGraph fedora");
        assertThat(rendered.get("RebootGroup workers").at("/spec/slots").asText())
                .isEqualTo("20%");
        assertThat(rendered.get("StreamPin workers").at("/spec/minimumAge").asText())
                .isEqualTo("72h");
    }

    @Test
    void onOpenShiftNoUserIsSet() {
        Rendered rendered = render("--api-versions", "security.openshift.io/v1");
        assertThat(rendered.pod()
                        .at("/metadata/annotations/openshift.io~1required-scc")
                        .asText())
                .isEqualTo("restricted-v2");
        assertThat(rendered.objects().toString()).doesNotContain("runAsUser").doesNotContain("fsGroup");
        assertThat(render().pod().toString()).doesNotContain("runAsUser");
    }

    @Test
    void rightsOnPoolsComeWithTheSettingThatUsesThem() {
        Rendered reports = set("okd.enabled=true");
        assertThat(reports.variable("LOCKKEEPER_OKD_ENABLED")).isEqualTo("true");
        assertThat(reports.variable("LOCKKEEPER_OKD_POOL_WINDOWS")).isNull();
        assertThat(reports.byId())
                .containsKeys("ClusterRole lockkeeper-pools", "ClusterRoleBinding lockkeeper-pools")
                .doesNotContainKey("ClusterRole lockkeeper-pool-windows");
        Rendered windows = set("okd.enabled=true", "okd.poolWindows=true");
        assertThat(windows.variable("LOCKKEEPER_OKD_POOL_WINDOWS")).isEqualTo("true");
        Map<String, JsonNode> rendered = windows.byId();
        Stream.of("deploy/okd", "deploy/okd-pool-windows")
                .flatMap(folder -> Chart.objects(Manifests.root().resolve(folder)).stream())
                .filter(object -> Chart.kind(object).startsWith("ClusterRole"))
                .forEach(object -> assertThat(withoutHelm(rendered.get(Chart.id(object))))
                        .as(Chart.id(object))
                        .isEqualTo(object));
        assertThat(render().objects().toString())
                .doesNotContain("machineconfig")
                .doesNotContain("OKD_ENABLED");
    }

    @Test
    void everythingIsOfTheReleaseAndItsNamespace() {
        List<JsonNode> objects = Chart.objects(helm.run(
                        "template",
                        "edge",
                        Chart.folder(),
                        "--namespace",
                        "updates",
                        "--set",
                        "networkPolicy.enabled=true")
                .ok());
        Set<String> clusterWide =
                Set.of("CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "RebootGroup", "UpdateGraph");
        assertThat(objects).allSatisfy(object -> {
            assertThat(object.at("/metadata/labels/app.kubernetes.io~1instance").asText())
                    .isEqualTo("edge");
            if (!clusterWide.contains(Chart.kind(object))) {
                assertThat(object.at("/metadata/namespace").asText()).isEqualTo("updates");
                assertThat(object.at("/metadata/name").asText()).startsWith("edge-lockkeeper");
            }
        });
        Rendered rendered = new Rendered(objects);
        for (String binding : List.of("ClusterRoleBinding", "RoleBinding")) {
            assertThat(rendered.one(binding).at("/subjects/0/namespace").asText())
                    .isEqualTo("updates");
            assertThat(rendered.one(binding).at("/subjects/0/name").asText()).isEqualTo("edge-lockkeeper");
        }
        // Drains know the operator's own pods by it.
        assertThat(rendered.pod().at("/metadata/labels/app.kubernetes.io~1name").asText())
                .isEqualTo("lockkeeper");
    }

    @Test
    void anotherServiceAccountGetsTheRoles() {
        Rendered rendered = set("serviceAccount.create=false", "serviceAccount.name=robot");
        assertThat(rendered.has("ServiceAccount")).isFalse();
        assertThat(rendered.pod().at("/spec/serviceAccountName").asText()).isEqualTo("robot");
        assertThat(rendered.one("ClusterRoleBinding").at("/subjects/0/name").asText())
                .isEqualTo("robot");
        assertThat(set("rbac.create=false").objects())
                .extracting(Chart::kind)
                .doesNotContain("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Deployment", "Pod"})
    void podsAreRestricted(String kind) {
        JsonNode object = render().one(kind);
        JsonNode pod = kind.equals("Pod") ? object.at("/spec") : object.at("/spec/template/spec");
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        JsonNode container = pod.at("/containers/0/securityContext");
        assertThat(container.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(container.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
    }

    /** The sentence names the value, by the place where it stands. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "replicas=0; replicas",
                "replicas=two; replicas",
                "replica=3; replica",
                "replicaCount=3; replicaCount",
                "image=lockkeeper:1.0; image",
                "image.tag=1; tag",
                "image.repository=ghcr.io/lockkeeper/lockkeeper:1.0; repository",
                "image.digest=0123; digest",
                "image.pullPolicy=always; pullPolicy",
                "imagePullSecrets={registry}; imagePullSecrets",
                "service.clusterIP=10.3.0; clusterIP",
                "service.clusterIP=10.3.0.256; clusterIP",
                "service.clusterIP=None; clusterIP",
                "service.clusterIp=10.3.0.15; clusterIp",
                "service.type=Loadbalancer; type",
                "service.type=ExternalName; type",
                "service.port=http; port",
                "service.port=80000; port",
                "service.loadBalancerSourceRanges={192.0.2.0}; loadBalancerSourceRanges",
                "groups.workers.slot=1; slot",
                "groups.workers.slots=0; slots",
                "groups.workers.slots=150%; slots",
                "groups.workers.drain.timeout=30; timeout",
                "groups.workers.drain.timeout=5min; timeout",
                "groups.workers.drain.mode=evict; mode",
                "groups.workers.spec.slots=1; spec",
                "groups.Workers.slots=1; Workers",
                "groups.workers=1; workers",
                "graphs.fedora.stream=stable; stream",
                "graphs.fedora.architectures={amd64}; architectures",
                "graphs.fedora.refreshInterval=5; refreshInterval",
                "graphs.fedora.source.metadata.url=https://example.org; url",
                "pins.workers.version=44; version",
                "pins.workers.version=latest; version",
                "pins.workers.minimumAge=3d; minimumAge",
                "settings.LOCKKEEPER_AGENT_MAXHOLD=PT5M; LOCKKEEPER_AGENT_MAXHOLD",
                "settings.LOCKKEEPER_AGENT_MAX_HOLD=soon; LOCKKEEPER_AGENT_MAX_HOLD",
                "settings.LOCKKEEPER_OKD_ENABLED=true; LOCKKEEPER_OKD_ENABLED",
                "okd.enabled=yes; enabled",
                "okd.windows=true; windows",
                "settings.LOCKKEEPER_NAMESPACE=other; LOCKKEEPER_NAMESPACE",
                "settings.LOCKKEEPER_TESTING_HALT_AT=x; LOCKKEEPER_TESTING_HALT_AT",
                "extraEnv.QUARKUS_LOG_LEVEL=1; QUARKUS_LOG_LEVEL",
                "resources.limits.memory=lots; memory",
                "resources.limit.memory=1Gi; limit",
                "monitoring.serviceMonitor.enabled=true; serviceMonitor",
                "monitoring.podMonitor=true; podMonitor",
                "monitoring.podMonitor.interval=fast; interval",
                "crds.enabled=yes; enabled",
                "crds.install=true; install",
                "tolerations[0].effect=NoScheduling; effect",
                "nodeSelector.a=true; nodeSelector",
                "networkPolicy.monitoringNamespaces=monitoring; monitoringNamespaces",
                "fullnameOverride=Lockkeeper; fullnameOverride",
                "serviceAccount.name=Robot; name",
                "affinity.antiAffinity.x=1; antiAffinity",
            })
    void aWrongValueIsRefusedByName(String value, String named) {
        ToolResult result = helm.run("template", "lockkeeper", Chart.folder(), "--set", value);
        assertThat(result.status()).as("%s gave:%n%s", value, result.out()).isNotZero();
        assertThat(result.err())
                .contains("values don't meet the specifications of the schema(s)")
                .contains(named);
        String sentences =
                result.err().lines().filter(line -> line.startsWith("- ")).collect(Collectors.joining("\n"));
        assertThat(sentences).contains(named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "extraEnv.LOCKKEEPER_AGENT_MAX_HOLD=PT5M; extraEnv has LOCKKEEPER_AGENT_MAX_HOLD: what begins with",
                "extraEnv.JDK_JAVA_OPTIONS=-Xmx1g; extraEnv has JDK_JAVA_OPTIONS: give the options",
                "okd.poolWindows=true; okd.poolWindows is true and okd.enabled is false: pools can be opened",
                "settings.LOCKKEEPER_AGENT_TLS_KEY=/x; settings has LOCKKEEPER_AGENT_TLS_KEY: such a file is not in the pod",
                "podLabels.app\\.kubernetes\\.io/name=other; podLabels has app.kubernetes.io/name: drains know",
            })
    void aValueThatHasAPlaceOfItsOwnIsSentThere(String value, String sentence) {
        ToolResult result = helm.run("template", "lockkeeper", Chart.folder(), "--set", value);
        assertThat(result.status()).isNotZero();
        assertThat(result.err()).contains(sentence);
    }

    @Test
    void theCertificatesSecretIsMountedWhereTheSettingsName() {
        Rendered rendered = set("tls.secretName=agents-tls");
        assertThat(rendered.pod().at("/spec/volumes/1/secret/secretName").asText())
                .isEqualTo("agents-tls");
        JsonNode mount = rendered.container().at("/volumeMounts/1");
        assertThat(mount.path("readOnly").asBoolean()).isTrue();
        assertThat(mount.path("name").asText())
                .isEqualTo(rendered.pod().at("/spec/volumes/1/name").asText());
        String folder = mount.path("mountPath").asText();
        assertThat(rendered.variable("LOCKKEEPER_AGENT_TLS_CERTIFICATE")).isEqualTo(folder + "/tls.crt");
        assertThat(rendered.variable("LOCKKEEPER_AGENT_TLS_KEY")).isEqualTo(folder + "/tls.key");
        assertThat(rendered.one("Pod").toString()).contains("https://lockkeeper:");
    }

    /** The image's AOT cache, and all that is measured, are of what is shipped. */
    @Test
    void theJvmHasTheSameOptionsInTheChartTheImageAndTheTests() {
        String shipped = Chart.render(helm).variable("JDK_JAVA_OPTIONS");
        String options = shipped.replace(" -XX:+ExitOnOutOfMemoryError", "");
        assertThat(options).isNotEqualTo(shipped).isEqualTo(String.join(" ", OperatorProcess.SHIPPED_JVM));
        assertThat(read(Manifests.root().resolve("image/Containerfile")))
                .contains("ARG JAVA_OPTIONS=\"" + options + "\"");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
