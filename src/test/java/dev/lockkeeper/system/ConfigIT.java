package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lockkeeper.crds.v1alpha1.Machines;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.SecretReference;
import dev.lockkeeper.system.RawHttp.Answer;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Api;
import dev.lockkeeper.testbed.fleet.GraphSettings;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What machines are configured with, from the running operator to an agent that was configured so. */
class ConfigIT {

    /** As odd as a password may be: every character of ASCII that can be sent. */
    private static final String PASSWORD = " !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~${group}%41";

    private static final String V1 = "44.20260607.3.1";
    private static final String V2 = "44.20260621.3.1";

    private static Rig rig;
    private static Releases releases;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        releases = new Releases(rig);
        operator = releases.operator();
        releases.publish(new PublishedReleases("stable").out(V1).out(V2));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    // ---- how it is asked and read

    private static Answer get(int port, String path, String... headers) {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return RawHttp.exchange(
                port,
                ("GET " + path + " HTTP/1.1\r\nhost: 127.0.0.1:" + port + "\r\n" + more + "\r\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static Answer get(String path, String... headers) {
        return get(operator.port(), path, headers);
    }

    /** Asks until the operator knows of the group, or of its Secret. */
    private static Answer served(String path, String... headers) {
        Rig.await().until(() -> get(path, headers).status() == 200);
        Answer answer = get(path, headers);
        assertThat(answer.headers()).containsEntry("cache-control", "no-store");
        return answer;
    }

    private static JsonNode ignition(Answer answer) {
        return read(new ObjectMapper(), answer.body());
    }

    private static JsonNode read(ObjectMapper mapper, String text) {
        try {
            return mapper.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String toml(Answer ignition) {
        String source =
                ignition(ignition).at("/storage/files/0/contents/source").asText();
        return new String(
                Base64.getDecoder().decode(source.substring("data:;base64,".length())), StandardCharsets.UTF_8);
    }

    private static JsonNode zincati(Answer ignition) {
        return read(new TomlMapper(), toml(ignition));
    }

    private static URI lockUrl(JsonNode zincati) {
        return URI.create(zincati.at("/updates/fleet_lock/base_url").asText());
    }

    private static Consumer<RebootGroupSpec> secret(String name, String password) {
        rig.admin
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .addToStringData("password", password)
                        .build())
                .create();
        return spec -> {
            SecretReference reference = new SecretReference();
            reference.setName(name);
            spec.setClientSecretRef(reference);
        };
    }

    // ---- documents

    @Test
    void ignitionItselfFindsNothingWrong() {
        IgnitionValidate validate = null;
        try {
            validate = IgnitionValidate.find();
        } catch (IllegalStateException missing) {
            if (Boolean.getBoolean("ignition.required")) {
                throw missing;
            }
            abort(missing.getMessage());
        }
        rig.group("validated", secret("validated", PASSWORD).andThen(s -> s.setGroup("A.b-c")));
        String json = served("/ignition/A.b-c", RawHttp.basic("box", PASSWORD)).body();
        assertThat(validate.check(json)).isEmpty();
        rig.group("plain");
        assertThat(validate.check(served("/ignition/plain").body())).isEmpty();
        assertThat(validate.check(served("/ignition/plain?cincinnati=false").body()))
                .isEmpty();

        IgnitionValidate strict = validate;
        assertThatThrownBy(() -> strict.check(json.replace("\"path\":\"/", "\"path\":\"")))
                .hasMessageContaining("path not absolute");
        assertThatThrownBy(() -> strict.check(json.replace("data:;base64,", "data")))
                .hasMessageContaining("contents");
    }

    @Test
    void bothDocumentsHaveTheSameFile() {
        rig.group("same");
        Answer ignition = served("/ignition/same");
        Answer butane = served("/butane/same");
        assertThat(butane.headers()).containsEntry("content-type", "application/yaml");
        assertThat(ignition.headers()).containsEntry("content-type", "application/json");
        JsonNode yaml = read(new YAMLMapper(), butane.body());
        assertThat(yaml.path("variant").asText()).isEqualTo("fcos");
        assertThat(yaml.path("version").asText()).isEqualTo("1.5.0");
        assertThat(yaml.at("/storage/files/0/path").asText())
                .isEqualTo(ignition(ignition).at("/storage/files/0/path").asText())
                .isEqualTo("/etc/zincati/config.d/60-lockkeeper.toml");
        assertThat(yaml.at("/storage/files/0/contents/inline").asText())
                .isEqualTo(toml(ignition))
                .isEqualTo("""
                        [identity]
                        group = "same"

                        [updates]
                        strategy = "fleet_lock"

                        [updates.fleet_lock]
                        base_url = "%1$s"

                        [cincinnati]
                        base_url = "%1$s"
                        """.formatted(operator.url()));
        assertThat(zincati(served("/ignition/same?cincinnati=false")).has("cincinnati"))
                .isFalse();
    }

    @Test
    void severalRebootGroupsOfAGroupAreOneGroupToAgents() {
        for (String rack : new String[] {"rack-a", "rack-b"}) {
            rig.group(rack, spec -> {
                spec.setGroup("racks");
                spec.setNodeSelector(new LabelSelectorBuilder()
                        .addToMatchLabels("rack", rack)
                        .build());
            });
        }
        assertThat(zincati(served("/ignition/racks")).at("/identity/group").asText())
                .isEqualTo("racks");
        assertThat(get("/ignition/rack-a").status()).isEqualTo(404);
    }

    // ---- refusals

    @Test
    void anUnknownGroupIsToldThoseThatThereAre() {
        rig.group("known");
        served("/ignition/known");
        for (String path : new String[] {"/butane/nobody", "/ignition/nobody", "/ignition/Known"}) {
            Answer answer = get(path);
            assertThat(answer.text())
                    .startsWith("404 {\"kind\":\"unknown_group\",\"value\":\"No RebootGroup serves '")
                    .contains("(there are: ")
                    .contains("known");
        }
        assertThat(get("/ignition/a_b").text()).startsWith("400 {\"kind\":\"invalid_params\"");
        assertThat(get("/ignition/known?cincinati=false").text()).startsWith("400 {\"kind\":\"invalid_params\"");
        assertThat(get("/ignition/").text()).startsWith("404 {\"kind\":\"not_found\"");
    }

    @Test
    void aHostThatIsNoneIsRefused() {
        rig.group("hosted");
        served("/ignition/hosted");
        for (String host : new String[] {"a\"b", "evil.example/x", "box:pw@evil.example", "${group}", "a b", ""}) {
            Answer answer = RawHttp.exchange(
                    operator.port(),
                    ("GET /ignition/hosted HTTP/1.1\r\nhost: " + host + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            assertThat(answer.text()).startsWith("400 {\"kind\":\"invalid_params\"");
        }
    }

    @Test
    void aGroupWithASecretIsToldToItsPasswordAlone() throws Exception {
        rig.group("guarded", secret("guarded", PASSWORD));
        Rig.await().until(() -> get("/ignition/guarded").status() == 401);
        for (String path : new String[] {"/ignition/guarded", "/butane/guarded"}) {
            Answer none = get(path);
            assertThat(none.text())
                    .isEqualTo("401 {\"kind\":\"unauthorized\",\"value\":\"The group 'guarded' asks for a password: put"
                            + " it into the agent's base_url as user:password@.\"}");
            assertThat(none.headers()).containsKey("www-authenticate");
            assertThat(get(path, RawHttp.basic("box", "wrong")).text())
                    .isEqualTo(
                            "401 {\"kind\":\"unauthorized\",\"value\":\"The password is not one of those of the group"
                                    + " 'guarded'.\"}");
            assertThat(get(path, RawHttp.basic("box", PASSWORD), RawHttp.basic("box", PASSWORD))
                            .status())
                    .isEqualTo(401);
        }
        URI url = lockUrl(zincati(served("/ignition/guarded", RawHttp.basic("box-1", PASSWORD))));
        assertThat(url.getUserInfo()).isEqualTo("box-1:" + PASSWORD);
        assertThat(url.getHost()).isEqualTo("127.0.0.1");
        assertThat(operator.logText()).doesNotContain(PASSWORD).doesNotContain(url.getRawUserInfo());
        assertThat(operator.management("/q/metrics").body())
                .contains("lockkeeper_requests_total{api=\"config\",group=\"unknown\",outcome=\"unauthorized\"}");
    }

    @Test
    void anOpenGroupGivesNoPasswordBack() {
        rig.group("open");
        assertThat(toml(served("/ignition/open", RawHttp.basic("box", PASSWORD))))
                .doesNotContain("@")
                .contains(operator.url());
    }

    // ---- agents that are configured so

    @Test
    void aNodeThatIsConfiguredSoIsServed() {
        rig.group("configured", secret("configured", PASSWORD));
        MachineSpec spec = releases.node("configured-1", "configured", V1);
        JsonNode zincati = zincati(served("/ignition/configured", RawHttp.basic("configured-1", PASSWORD)));
        assertThat(zincati.at("/updates/strategy").asText()).isEqualTo("fleet_lock");
        AgentSettings settings = AgentSettings.of(
                        lockUrl(zincati), zincati.at("/identity/group").asText())
                .withTimeScale(Rig.SCALE)
                .withGraph(GraphSettings.of(
                        URI.create(zincati.at("/cincinnati/base_url").asText())));
        SimulatedMachine machine = rig.agent(spec, settings, RebootShape.USUAL.withDownFor(Duration.ofSeconds(60)));
        Rig.await(Duration.ofSeconds(90)).untilAsserted(() -> {
            assertThat(machine.version()).isEqualTo(V2);
            assertThat(rig.holder("configured", "configured-1")).isEmpty();
        });
        assertNoRefusal("configured-1");
    }

    @Test
    void aMachineThatIsNoNodeIsServedByAnotherAddress() {
        rig.group("builders", secret("builders", PASSWORD).andThen(s -> s.setMachines(Machines.NodesAndOthers)));
        // The port has a second name, which the caller uses: what it gets has that name too.
        Rig.await()
                .until(() ->
                        get("/ignition/builders", RawHttp.basic("b", PASSWORD)).status() == 200);
        String host = "localhost:" + operator.port();
        Answer answer = RawHttp.exchange(
                operator.port(),
                ("GET /ignition/builders?cincinnati=false HTTP/1.1\r\nhost: " + host + "\r\n"
                                + RawHttp.basic("builder-1", PASSWORD) + "\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        URI url = lockUrl(zincati(answer));
        assertThat(url.getHost() + ":" + url.getPort()).isEqualTo(host);
        SimulatedMachine machine = SimulatedMachine.startWithoutNode(
                MachineSpec.of("builder-1", 79),
                AgentSettings.of(url, "builders").withTimeScale(Rig.SCALE),
                RebootShape.USUAL,
                rig.journal);
        try {
            machine.stage(Rig.NEW);
            Rig.await().untilAsserted(() -> {
                assertThat(machine.version()).isEqualTo(Rig.NEW);
                assertThat(rig.read("builders").getStatus().getHolders()).isNullOrEmpty();
            });
        } finally {
            machine.close();
        }
        assertNoRefusal("builder-1");
    }

    private static void assertNoRefusal(String machine) {
        assertThat(rig.journal.entries(Journal.Answered.class, machine))
                .isNotEmpty()
                .noneMatch(a -> a.status() == 401 || a.status() == 404)
                .anyMatch(a -> a.api() == Api.PRE_REBOOT && a.status() == 200);
    }

    // ---- the setting

    @Test
    void aSetAddressIsGivenToAllAndAWrongOneEndsTheStart() {
        rig.group("public");
        OperatorProcess set =
                rig.operator(o -> o.set("LOCKKEEPER_AGENT_PUBLIC_URL", "https://lockkeeper.example.org:8443/fleet"));
        try {
            Rig.await().until(() -> get(set.port(), "/ignition/public").status() == 200);
            assertThat(lockUrl(zincati(get(set.port(), "/ignition/public"))))
                    .hasToString("https://lockkeeper.example.org:8443/fleet/");
        } finally {
            set.terminate();
        }
        OperatorProcess wrong = rig.launch(o -> o.set("LOCKKEEPER_AGENT_PUBLIC_URL", "https://box:hunter2@a/"));
        assertThat(wrong.await()).isNotZero();
        assertThat(wrong.logText())
                .contains("Setting lockkeeper.agent.public-url is '...' and must be http or https")
                .doesNotContain("hunter2");
    }
}
