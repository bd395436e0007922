package dev.lockkeeper.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockkeeper.crds.v1alpha1.ConfigMapSource;
import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.crds.v1alpha1.FleetMachineStatus;
import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.FleetReleaseSpec;
import dev.lockkeeper.crds.v1alpha1.GraphSource;
import dev.lockkeeper.crds.v1alpha1.ReleaseArchitecture;
import dev.lockkeeper.crds.v1alpha1.ReleaseBlock;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.crds.v1alpha1.StreamPinSpec;
import dev.lockkeeper.crds.v1alpha1.UpdateGraph;
import dev.lockkeeper.crds.v1alpha1.UpdateGraphSpec;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.GraphSettings;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What a rig needs to serve releases: an UpdateGraph from a ConfigMap, pins, blocks, and machines that take their updates from it. */
final class Releases {

    static final String SOURCE = "published";
    static final String GRAPH = "fedora";

    private final Rig rig;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> files = new HashMap<>();
    private final List<OperatorProcess> operators = new ArrayList<>();

    Releases(Rig rig) {
        this.rig = rig;
    }

    /** An operator that changes are waited for at. */
    OperatorProcess operator() {
        return operator(_ -> {});
    }

    OperatorProcess operator(Consumer<OperatorProcess.Builder> settings) {
        OperatorProcess operator = rig.operator(builder -> {
            quick(builder);
            settings.accept(builder);
        });
        operators.add(operator);
        return operator;
    }

    /** One that was started above and is waited for no longer. */
    void forget(OperatorProcess operator) {
        operators.remove(operator);
    }

    /** Passes and reads come quickly, so that a change is seen within a second. */
    static void quick(OperatorProcess.Builder operator) {
        operator.set("LOCKKEEPER_GRAPH_READ_INTERVAL", "PT0.5S")
                .set("LOCKKEEPER_MACHINE_PASS_INTERVAL", "PT0.3S")
                .set("LOCKKEEPER_MACHINE_SEEN_INTERVAL", "PT20S");
    }

    /** Writes the source, lets the UpdateGraph be refreshed at once, and waits until all operators serve it. */
    void publish(PublishedReleases releases) {
        boolean same = files.entrySet().containsAll(releases.files().entrySet());
        List<String> before =
                operators.stream().map(o -> etag(o, releases.stream())).toList();
        write(releases);
        for (int i = 0; i < operators.size() && !same; i++) {
            OperatorProcess operator = operators.get(i);
            String old = before.get(i);
            Rig.await().until(() -> {
                String now = etag(operator, releases.stream());
                return now != null && !now.equals(old);
            });
        }
    }

    /** Of the whole graph of one scope; null if there is none. */
    private String etag(OperatorProcess operator, String stream) {
        try {
            return get(operator, "v1/graph?basearch=x86_64&oci=true&rollout_wariness=0&stream=" + stream)
                    .headers()
                    .firstValue("etag")
                    .orElse(null);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(PublishedReleases releases) {
        files.putAll(releases.files());
        rig.admin
                .configMaps()
                .inNamespace(Manifests.NAMESPACE)
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(SOURCE)
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .withData(files)
                        .build())
                .serverSideApply();
        UpdateGraph graph =
                rig.admin.resources(UpdateGraph.class).withName(GRAPH).get();
        if (graph == null) {
            create();
            return;
        }
        String other = "10s".equals(graph.getSpec().getRefreshInterval()) ? "11s" : "10s";
        rig.admin
                .resources(UpdateGraph.class)
                .withName(GRAPH)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"refreshInterval\":\"" + other + "\",\"streams\":"
                                + streams().stream().map(s -> "\"" + s + "\"").toList() + "}}");
        UpdateGraph now = rig.admin.resources(UpdateGraph.class).withName(GRAPH).get();
        Rig.await().until(() -> {
            UpdateGraph seen =
                    rig.admin.resources(UpdateGraph.class).withName(GRAPH).get();
            return now.getMetadata().getGeneration().equals(seen.getStatus().getObservedGeneration());
        });
    }

    private List<String> streams() {
        return files.keySet().stream()
                .filter(f -> f.startsWith("releases-"))
                .map(f -> f.substring("releases-".length(), f.length() - ".json".length()))
                .sorted()
                .toList();
    }

    private void create() {
        ConfigMapSource map = new ConfigMapSource();
        map.setName(SOURCE);
        GraphSource source = new GraphSource();
        source.setConfigMap(map);
        UpdateGraphSpec spec = new UpdateGraphSpec();
        spec.setSource(source);
        spec.setStreams(streams());
        spec.setRefreshInterval("10s");
        UpdateGraph graph = new UpdateGraph();
        graph.setMetadata(new ObjectMetaBuilder().withName(GRAPH).build());
        graph.setSpec(spec);
        rig.admin.resource(graph).create();
        Rig.await()
                .until(() -> condition(
                                rig.admin
                                        .resources(UpdateGraph.class)
                                        .withName(GRAPH)
                                        .get()
                                        .getStatus()
                                        .getConditions(),
                                "Ready")
                        .filter(c -> c.getStatus().equals("True"))
                        .isPresent());
    }

    static Optional<Condition> condition(List<Condition> conditions, String type) {
        return conditions.stream().filter(c -> c.getType().equals(type)).findFirst();
    }

    StreamPin pin(String name, Consumer<StreamPinSpec> change) {
        StreamPinSpec spec = new StreamPinSpec();
        change.accept(spec);
        StreamPin pin = new StreamPin();
        pin.setMetadata(new ObjectMetaBuilder().withName(name).build());
        pin.setSpec(spec);
        rig.admin.resource(pin).create();
        return awaitSeen(name);
    }

    /** The leader has told how it stands, so it has read it; other replicas do within a second. */
    private StreamPin awaitSeen(String name) {
        Rig.await()
                .until(() -> pin(name)
                        .getMetadata()
                        .getGeneration()
                        .equals(pin(name).getStatus().getObservedGeneration()));
        return pin(name);
    }

    StreamPin pin(String name) {
        return rig.admin.resources(StreamPin.class).withName(name).get();
    }

    Condition pinned(String name, String type) {
        return condition(pin(name).getStatus().getConditions(), type).orElseThrow();
    }

    void patchPin(String name, String spec) {
        rig.admin
                .resources(StreamPin.class)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":" + spec + "}");
        awaitSeen(name);
    }

    /** Withholds a release from all architectures, or from those given. */
    void block(String stream, String version, String reason, String... architectures) {
        ReleaseBlock block = new ReleaseBlock();
        block.setReason(reason);
        block.setArchitectures(Arrays.stream(architectures)
                .map(dev.lockkeeper.crds.v1alpha1.Architecture::valueOf)
                .toList());
        FleetReleaseSpec spec = new FleetReleaseSpec();
        spec.setBlock(List.of(block));
        FleetRelease release = new FleetRelease();
        release.setMetadata(new ObjectMetaBuilder()
                .withName(FleetRelease.nameOf(stream, version))
                .build());
        release.setSpec(spec);
        rig.admin.resource(release).forceConflicts().serverSideApply();
    }

    void unblock(String stream, String version) {
        rig.admin
                .resources(FleetRelease.class)
                .withName(FleetRelease.nameOf(stream, version))
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"block\":null}}");
    }

    /** Lets a quarantined release through on all architectures. */
    void accept(String stream, String version, String reason) {
        rig.admin
                .resources(FleetRelease.class)
                .withName(FleetRelease.nameOf(stream, version))
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"accept\":[{\"reason\":\"" + reason + "\"}]}}");
    }

    /** What is told of a release on an architecture; empty if nothing is. */
    Optional<ReleaseArchitecture> release(String stream, String version, String architecture) {
        FleetRelease release = rig.admin
                .resources(FleetRelease.class)
                .withName(FleetRelease.nameOf(stream, version))
                .get();
        return release == null
                        || release.getStatus() == null
                        || release.getStatus().getArchitectures() == null
                ? Optional.empty()
                : release.getStatus().getArchitectures().stream()
                        .filter(a -> a.getArchitecture().equals(architecture))
                        .findFirst();
    }

    FleetMachineStatus machine(String name) {
        FleetMachine machine =
                rig.admin.resources(FleetMachine.class).withName(name).get();
        return machine == null || machine.getStatus() == null ? new FleetMachineStatus() : machine.getStatus();
    }

    /** A registered node of the group that runs a release of the stream. */
    MachineSpec node(String name, String group, String version) {
        return node(name, group, version, Architecture.X86_64);
    }

    MachineSpec node(String name, String group, String version, Architecture architecture) {
        MachineSpec plain = MachineSpec.of(name, name.hashCode())
                .withArchitecture(architecture)
                .withLabel("group", group)
                .withVersion(version);
        MachineSpec spec = plain.withPayload(PublishedReleases.payload(version, plain.architecture()));
        rig.register(spec);
        return spec;
    }

    /** Starts the agent of a registered node: it takes its updates from the operator's graph. */
    SimulatedMachine agent(MachineSpec spec, String group, OperatorProcess operator) {
        AgentSettings settings = Rig.settings(group, operator)
                .withGraph(GraphSettings.of(URI.create(operator.url())))
                .withSeed(spec.name().hashCode());
        return rig.agent(spec, settings, RebootShape.USUAL.withDownFor(Duration.ofSeconds(60)));
    }

    /** What an agent on this machine would be answered. */
    HttpResponse<String> poll(OperatorProcess operator, MachineSpec spec, String group) throws Exception {
        return get(operator, path(spec, group));
    }

    /** The same with a user name and a password. */
    HttpResponse<String> pollAs(OperatorProcess operator, MachineSpec spec, String group, String user, String password)
            throws Exception {
        String credentials = user + ":" + password;
        return http.send(
                HttpRequest.newBuilder(URI.create(operator.url() + path(spec, group)))
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String path(MachineSpec spec, String group) {
        return "v1/graph?basearch=" + spec.architecture().coreosName() + "&stream=stable&oci=true&os_version="
                + spec.version() + "&os_checksum="
                + URLEncoder.encode(spec.payload().orElseThrow(), StandardCharsets.UTF_8) + "&group=" + group
                + "&node_uuid=" + spec.agentId() + "&platform=metal";
    }

    /** Where an agent on this machine would be sent, by the whole of the answer; empty if nowhere. */
    Optional<String> edge(OperatorProcess operator, MachineSpec spec, String group) throws Exception {
        HttpResponse<String> answer = poll(operator, spec, group);
        JsonNode graph = new ObjectMapper().readTree(answer.body());
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + ": " + answer.body());
        }
        JsonNode booted = graph.path("nodes").path(0);
        if (!booted.path("version").asText().equals(spec.version())
                || !booted.path("payload").asText().equals(spec.payload().orElseThrow())
                || graph.path("edges").size() > 1) {
            throw new AssertionError("not the booted release and at most one edge: " + answer.body());
        }
        return graph.path("edges").isEmpty()
                ? Optional.empty()
                : Optional.of(graph.path("nodes").path(1).path("version").asText());
    }

    HttpResponse<String> get(OperatorProcess operator, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(operator.url() + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
