package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.lockkeeper.crds.v1alpha1.FleetMachineStatus;
import dev.lockkeeper.crds.v1alpha1.Holder;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.MachineUpdate;
import dev.lockkeeper.crds.v1alpha1.Machines;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.SecretReference;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.system.RawHttp.Answer;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.Fault;
import dev.lockkeeper.testbed.fleet.GraphSettings;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines that are no nodes, set up by the files and commands of {@code docs/standalone.md} as they stand there. */
class StandaloneIT {

    private static final String GROUP = "builders";
    private static final String V1 = "44.20260607.3.1";
    private static final String V2 = "44.20260621.3.1";
    private static final String V3 = "44.20260705.3.0";
    private static final String PASSWORD = "5b0d3ab4c1e84f0f8f4d1c2f0c6a7e91";

    private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");
    private static final Pattern SECRET = Pattern.compile("kubectl -n (\\S+) create secret generic (\\S+)"
            + " --from-literal=(\\S+)=\"\\$\\(openssl rand -hex 16\\)\"");
    private static final Pattern ASKED = Pattern.compile("curl -fsS --user builder-s390x http://[^/]+(/butane/\\S+)");

    private static String page;
    private static Rig rig;
    private static Releases releases;
    private static OperatorProcess operator;

    private final List<SimulatedMachine> machines = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        page = Files.readString(Manifests.root().resolve("docs/standalone.md"));
        rig = Rig.start();
        releases = new Releases(rig);
        operator = releases.operator(o -> o.set("LOCKKEEPER_AGENT_MAX_HOLD", "PT5S"));
        releases.publish(new PublishedReleases("stable").out(V1).out(V2));
        applyPage();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void endMachines() {
        machines.forEach(SimulatedMachine::close);
    }

    /** All objects of the page but those of KubeVirt, whose kinds are not there, and the Secret that its command makes. */
    private static void applyPage() {
        List<String> applied = new ArrayList<>();
        for (MatchResult block : YAML.matcher(page).results().toList()) {
            for (String document : block.group(1).split("(?m)^---$")) {
                JsonNode read = Serialization.unmarshal(document, JsonNode.class);
                if (read.has("kind") && !read.path("apiVersion").asText().startsWith("kubevirt.io/")) {
                    HasMetadata object = rig.admin.resource(document).create();
                    applied.add(object.getKind() + " " + object.getMetadata().getName());
                }
            }
        }
        assertThat(applied)
                .containsExactly(
                        "RebootGroup builders",
                        "StreamPin builders",
                        "Service lockkeeper-outside",
                        "Service lockkeeper-nodeport");
        Matcher secret = SECRET.matcher(page);
        assertThat(secret.find()).isTrue();
        rig.admin
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(secret.group(1))
                        .withName(secret.group(2))
                        .endMetadata()
                        .withStringData(Map.of(secret.group(3), PASSWORD))
                        .build())
                .create();
        Rig.await()
                .until(() -> Releases.condition(rig.read(GROUP).getStatus().getConditions(), "Ready")
                        .filter(c -> c.getStatus().equals("True"))
                        .isPresent());
    }

    // ---- how machines are set up

    private static Answer asked(String path, String user) {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nhost: 127.0.0.1:" + operator.port() + "\r\n"
                        + RawHttp.basic(user, PASSWORD) + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        Rig.await().until(() -> RawHttp.exchange(operator.port(), request).status() == 200);
        return RawHttp.exchange(operator.port(), request);
    }

    /** An agent that is configured by what the operator gives out for its user name. */
    private SimulatedMachine machine(String name, Architecture architecture, String version, String query)
            throws Exception {
        JsonNode ignition = new ObjectMapper()
                .readTree(asked("/ignition/" + GROUP + query, name).body());
        String source = ignition.at("/storage/files/0/contents/source").asText();
        JsonNode zincati =
                new TomlMapper().readTree(Base64.getDecoder().decode(source.substring("data:;base64,".length())));
        AgentSettings settings = AgentSettings.of(
                        URI.create(zincati.at("/updates/fleet_lock/base_url").asText()),
                        zincati.at("/identity/group").asText())
                .withTimeScale(Rig.SCALE)
                .withSeed(name.hashCode());
        MachineSpec spec = MachineSpec.of(name, name.hashCode())
                .withArchitecture(architecture)
                .withVersion(version);
        JsonNode graph = zincati.at("/cincinnati/base_url");
        SimulatedMachine machine = SimulatedMachine.startWithoutNode(
                graph.isMissingNode() ? spec : spec.withPayload(PublishedReleases.payload(version, architecture)),
                graph.isMissingNode() ? settings : settings.withGraph(GraphSettings.of(URI.create(graph.asText()))),
                RebootShape.USUAL,
                rig.journal);
        machines.add(machine);
        return machine;
    }

    private static String builder(Architecture architecture) {
        return "builder-" + architecture.coreosName().replace('_', '-');
    }

    private static FleetMachineStatus told(SimulatedMachine machine) {
        return releases.machine("id-" + machine.agentId());
    }

    private static MachineUpdate lastUpdate(SimulatedMachine machine) {
        return told(machine).getUpdates().getLast();
    }

    private static Optional<Holder> holder(String group, SimulatedMachine machine) {
        RebootGroup read = rig.read(group);
        return read.getStatus() == null || read.getStatus().getHolders() == null
                ? Optional.empty()
                : read.getStatus().getHolders().stream()
                        .filter(h -> h.getId().equals(machine.agentId()))
                        .findFirst();
    }

    @Test
    void thePageShowsWhatTheOperatorGivesOut() throws Exception {
        Matcher command = ASKED.matcher(page);
        assertThat(command.find()).isTrue();
        String butane = asked(command.group(1), "builder-s390x").body();
        String shown = YAML.matcher(page)
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.startsWith("variant: fcos"))
                .findFirst()
                .orElseThrow();
        assertThat(butane.replace("127.0.0.1:" + operator.port(), "lockkeeper.example.org")
                        .replace(PASSWORD, "correct-horse"))
                .isEqualTo(shown);
    }

    // ---- what becomes of them

    @Test
    void aBuilderOfEachArchitectureIsUpdatedAndJudgedByItsOwnWord() throws Exception {
        for (Architecture architecture : Architecture.values()) {
            machine(builder(architecture), architecture, V1, "");
        }
        Rig.await(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(machines).allSatisfy(machine -> {
                    assertThat(machine.version()).isEqualTo(V2);
                    FleetMachineStatus told = told(machine);
                    assertThat(told.getState()).as(told::getMessage).isEqualTo(MachineState.Current);
                    assertThat(told.getDisplayName()).isEqualTo(machine.name());
                    assertThat(told.getNode()).isNull();
                    assertThat(told.getPin()).isEqualTo(GROUP);
                    assertThat(told.getVersion()).isEqualTo(V2);
                    assertThat(lastUpdate(machine).getVerdict()).isEqualTo(Verdict.Updated);
                    assertThat(lastUpdate(machine).getRelease()).isEqualTo(V2);
                    assertThat(holder(GROUP, machine)).isEmpty();
                }));
        String metrics = operator.management("/q/metrics").body();
        for (Architecture architecture : Architecture.values()) {
            String name = architecture.coreosName();
            assertThat(metrics)
                    .contains("lockkeeper_updates_total{architecture=\"" + name
                            + "\",pin=\"builders\",verdict=\"Updated\"}")
                    .contains("lockkeeper_reboot_seconds_count{architecture=\"" + name + "\"}")
                    .containsPattern(
                            "lockkeeper_machines\\{architecture=\"" + name + "\",group=\"builders\",state=\"Current\"");
            assertThat(releases.pin(GROUP).getStatus().getArchitectures())
                    .anyMatch(a -> a.getArchitecture().equals(name));
        }
        assertThat(operator.management("/explain?node=id-" + machines.getFirst().agentId())
                        .body())
                .contains("\"pin\" : \"builders\"");
    }

    @Test
    void aReleaseThatOneArchitectureRollsBackFromIsWithheldThereAlone() throws Exception {
        SimulatedMachine good = machine("good-x86-64", Architecture.X86_64, V2, "");
        SimulatedMachine sick = machine("sick-aarch64", Architecture.AARCH64, V2, "");
        sick.inject(new Fault.EachBootOf(V3, new Fault.RolledBack()));
        releases.publish(new PublishedReleases("stable").out(V1).out(V2).out(V3));
        try {
            Rig.await(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(lastUpdate(sick).getVerdict()).isEqualTo(Verdict.RolledBack);
                assertThat(lastUpdate(sick).getCounted()).isTrue();
                assertThat(releases.release("stable", V3, "aarch64")
                                .orElseThrow()
                                .getState())
                        .isEqualTo(ReleaseState.Quarantined);
                assertThat(lastUpdate(good).getVerdict()).isEqualTo(Verdict.Updated);
                assertThat(good.version()).isEqualTo(V3);
            });
            assertThat(sick.version()).isEqualTo(V2);
            assertThat(releases.release("stable", V3, "x86_64").orElseThrow().getState())
                    .isNotEqualTo(ReleaseState.Quarantined);
        } finally {
            releases.publish(new PublishedReleases("stable").out(V1).out(V2));
        }
    }

    @Test
    void withTheLockAloneSteadyStateIsEnough() throws Exception {
        SimulatedMachine machine = machine("lock-only", Architecture.PPC64LE, V1, "?cincinnati=false");
        machine.stage(V2);
        Rig.await().untilAsserted(() -> {
            assertThat(machine.version()).isEqualTo(V2);
            assertThat(holder(GROUP, machine)).isEmpty();
            FleetMachineStatus told = told(machine);
            assertThat(told.getDisplayName()).isEqualTo("lock-only");
            assertThat(told.getState()).isEqualTo(MachineState.Unmanaged);
            assertThat(lastUpdate(machine).getVerdict()).isEqualTo(Verdict.Inconclusive);
            assertThat(lastUpdate(machine).getQuestion()).as("it never says").isNull();
        });
    }

    @Test
    void oneThatIsNeverHeardOfAgainKeepsItsSlotUntilAPersonFreesIt() {
        rig.group("lost", spec -> {
            SecretReference secret = new SecretReference();
            secret.setName(GROUP);
            spec.setMachines(Machines.NodesAndOthers);
            spec.setClientSecretRef(secret);
            spec.setStuckAfter("2s");
        });
        URI url = URI.create("http://lost-1:" + PASSWORD + "@127.0.0.1:" + operator.port() + "/");
        SimulatedMachine machine = SimulatedMachine.startWithoutNode(
                MachineSpec.of("lost-1", 4711),
                AgentSettings.of(url, "lost").withTimeScale(Rig.SCALE),
                RebootShape.USUAL,
                rig.journal);
        machines.add(machine);
        machine.inject(new Fault.NeverComesBack());
        machine.stage(V2);
        Rig.await()
                .untilAsserted(() -> assertThat(holder("lost", machine))
                        .hasValueSatisfying(h -> assertThat(h.getStuck()).isNotNull()));
        rig.annotate("lost", "lockkeeper.dev/free-slot", machine.agentId());
        Rig.await().until(() -> holder("lost", machine).isEmpty());
        assertThat(Stream.ofNullable(told(machine).getUpdates()).flatMap(List::stream))
                .as("nothing shows what became of it")
                .isEmpty();
    }
}
