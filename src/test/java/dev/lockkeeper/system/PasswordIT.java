package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.SecretReference;
import dev.lockkeeper.system.RawHttp.Answer;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Agents' passwords: who gets in, how a password is replaced, and that it is shown nowhere. */
class PasswordIT {

    /** Long and odd, so that finding it anywhere is no accident. */
    private static final String OLD = "Tr0ub4dor-ältestes:Passwort";

    private static final String NEW = "correct-horse-battery-staple-47";
    private static final String WRONG = "hunter2-hunter2-hunter2-hunter2";

    private static Rig rig;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        operator = rig.operator(o -> o.set("LOCKKEEPER_AGENT_MAX_HOLD", "PT0S")
                // Wrong ones are many here, and all from one address.
                .set("LOCKKEEPER_AGENT_WRONG_PASSWORDS", "10000")
                .set("QUARKUS_LOG_CATEGORY__DEV_LOCKKEEPER__LEVEL", "DEBUG"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static Consumer<RebootGroupSpec> with(String secret) {
        return spec -> {
            SecretReference reference = new SecretReference();
            reference.setName(secret);
            spec.setClientSecretRef(reference);
        };
    }

    /** A group with one node, and a Secret named alike. */
    private static MachineSpec secured(String name, String password) {
        rig.admin
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .addToStringData("password", password)
                        .build())
                .create();
        return node(name);
    }

    private static MachineSpec node(String group) {
        rig.group(group, with(group));
        MachineSpec machine = rig.node(group + "-1", group);
        Rig.await()
                .untilAsserted(
                        () -> assertThat(operator.management("/q/metrics").body())
                                .contains("lockkeeper_group_members{group=\"" + group + "\"} 1.0"));
        return machine;
    }

    private static Resource<Secret> secret(String name) {
        return rig.admin.secrets().inNamespace(Manifests.NAMESPACE).withName(name);
    }

    private static Answer ask(String path, MachineSpec machine, String group, String... headers) {
        return RawHttp.exchange(operator.port(), RawHttp.request(path, machine.agentId(), group, headers));
    }

    private static Answer steady(MachineSpec machine, String group, String password) {
        return ask(RawHttp.STEADY_STATE, machine, group, RawHttp.basic("any-name", password));
    }

    private static void assertUnauthorized(Answer answer, String sentence) {
        assertThat(answer.text()).isEqualTo("401 {\"kind\":\"unauthorized\",\"value\":\"" + sentence + "\"}");
        assertThat(answer.headers()).containsEntry("www-authenticate", "Basic realm=\"lockkeeper\", charset=\"UTF-8\"");
    }

    @Test
    void withoutTheRightPasswordNothingIsAnsweredAndNothingChanges() {
        MachineSpec machine = secured("guarded", OLD);
        String before = rig.read("guarded").getMetadata().getResourceVersion();
        String missing = "The group 'guarded' asks for a password: put it into the agent's base_url as user:password@.";
        String wrong = "The password is not one of those of the group 'guarded'.";
        String half = Base64.getEncoder().encodeToString(OLD.getBytes(StandardCharsets.UTF_8));
        for (String path : List.of(RawHttp.PRE_REBOOT, RawHttp.STEADY_STATE)) {
            assertUnauthorized(ask(path, machine, "guarded"), missing);
            assertUnauthorized(ask(path, machine, "guarded", "authorization: Bearer " + OLD.substring(0, 8)), missing);
            assertUnauthorized(ask(path, machine, "guarded", "authorization: Basic !!!"), missing);
            assertUnauthorized(
                    ask(path, machine, "guarded", RawHttp.basic("a", OLD), RawHttp.basic("a", OLD)), missing);
            for (String password : List.of(WRONG, "", OLD + " ", OLD.substring(1), OLD.toUpperCase())) {
                assertUnauthorized(ask(path, machine, "guarded", RawHttp.basic("a", password)), wrong);
            }
            // A colon splits at its first place only: the rest of this one is no password of ours.
            assertUnauthorized(ask(path, machine, "guarded", "authorization: Basic " + half), wrong);
        }
        assertThat(rig.read("guarded").getMetadata().getResourceVersion()).isEqualTo(before);
    }

    @Test
    void theRightPasswordGetsIn() {
        MachineSpec machine = secured("entered", OLD);
        assertThat(steady(machine, "entered", OLD).text())
                .isEqualTo("200 {\"kind\":\"released\",\"value\":\"" + machine.agentId() + " holds no slot.\"}");
        Rig.await()
                .untilAsserted(() -> assertThat(
                                ask(RawHttp.PRE_REBOOT, machine, "entered", RawHttp.basic("entered-1", OLD))
                                        .text())
                        .isEqualTo("200 {\"kind\":\"granted\",\"value\":\"entered-1 may reboot now.\"}"));

        // Who holds a slot is asked for the password of the group that it holds in, whatever group it names.
        rig.group("open");
        for (String path : List.of(RawHttp.PRE_REBOOT, RawHttp.STEADY_STATE)) {
            Rig.await()
                    .untilAsserted(() -> assertUnauthorized(
                            ask(path, machine, "open"),
                            "The group 'entered' asks for a password: put it into the agent's base_url as"
                                    + " user:password@."));
        }
    }

    @Test
    void aPasswordIsReplacedWhileBothAreValid() {
        MachineSpec machine = secured("rotated", OLD);
        assertThat(steady(machine, "rotated", OLD).status()).isEqualTo(200);
        assertThat(steady(machine, "rotated", NEW).status()).isEqualTo(401);

        secret("rotated").patch("{\"stringData\":{\"password-new\":\"" + NEW + "\",\"note\":\"" + WRONG + "\"}}");
        Rig.await().until(() -> steady(machine, "rotated", NEW).status() == 200);
        assertThat(steady(machine, "rotated", OLD).status()).isEqualTo(200);
        assertThat(steady(machine, "rotated", WRONG).status()).isEqualTo(401);

        secret("rotated").patch("{\"data\":{\"password\":null}}");
        Rig.await().until(() -> steady(machine, "rotated", OLD).status() == 401);
        assertThat(steady(machine, "rotated", NEW).status()).isEqualTo(200);
        Rig.await()
                .until(() -> ask(RawHttp.PRE_REBOOT, machine, "rotated", RawHttp.basic("r", NEW))
                                .status()
                        == 200);
    }

    @Test
    void aSecretThatIsMissingLetsNobodyInAndIsSaid() {
        MachineSpec machine = node("missing");
        String sentence =
                "The group 'missing' asks for a password, but its Secret has none: see kubectl describe rbg missing.";
        assertUnauthorized(ask(RawHttp.PRE_REBOOT, machine, "missing", RawHttp.basic("a", OLD)), sentence);
        assertUnauthorized(steady(machine, "missing", OLD), sentence);
        awaitReady(
                "missing",
                "False",
                "NoPassword",
                "Secret 'missing' in namespace 'lockkeeper' does not exist or has no key that begins with 'password': no"
                        + " agent gets in.");

        rig.admin
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("missing")
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .addToStringData("password", "")
                        .build())
                .create();
        awaitReady(
                "missing",
                "False",
                "NoPassword",
                "Secret 'missing' in namespace 'lockkeeper' has only empty passwords: no agent gets in.");
        assertUnauthorized(steady(machine, "missing", ""), sentence);

        secret("missing").patch("{\"stringData\":{\"password\":\"" + NEW + "\"}}");
        Rig.await().until(() -> steady(machine, "missing", NEW).status() == 200);
        awaitReady("missing", "True", "Serving", "Serves the agents' group 'missing'.");

        secret("missing").delete();
        Rig.await().until(() -> steady(machine, "missing", NEW).status() == 401);
        Rig.await().untilAsserted(() -> assertUnauthorized(steady(machine, "missing", NEW), sentence));
    }

    private static void awaitReady(String group, String status, String reason, String message) {
        // Nothing tells a group that its Secret changed: it sees that when it is looked at next, once a minute.
        Rig.await(java.time.Duration.ofSeconds(75))
                .untilAsserted(() -> assertThat(rig.read(group).getStatus().getConditions())
                        .anySatisfy(c -> {
                            assertThat(c.getType()).isEqualTo("Ready");
                            assertThat(c.getStatus()).isEqualTo(status);
                            assertThat(c.getReason()).isEqualTo(reason);
                            assertThat(c.getMessage()).isEqualTo(message);
                        }));
    }

    @Test
    void noPasswordIsShownAnywhere() throws IOException, InterruptedException {
        MachineSpec machine = secured("silent", OLD);
        MachineSpec second = rig.node("silent-2", "silent");
        steady(machine, "silent", WRONG);
        ask(RawHttp.PRE_REBOOT, machine, "silent", RawHttp.basic("someone", WRONG));
        Rig.await()
                .until(() -> ask(RawHttp.PRE_REBOOT, machine, "silent", RawHttp.basic("someone", OLD))
                                .status()
                        == 200);
        Rig.await()
                .until(() -> ask(RawHttp.PRE_REBOOT, second, "silent", RawHttp.basic("someone", OLD))
                        .body()
                        .contains("lock_held"));
        Rig.await()
                .untilAsserted(() -> assertThat(rig.events("Node", "silent-2")).anyMatch(e -> e.startsWith("Refused")));

        String shown = String.join(
                "\n",
                operator.logText(),
                operator.management("/q/metrics").body(),
                operator.management("/q/health").body(),
                Serialization.asYaml(
                        rig.admin.events().v1().events().inAnyNamespace().list().getItems()),
                Serialization.asYaml(
                        rig.admin.resources(RebootGroup.class).list().getItems()),
                Serialization.asYaml(rig.admin.nodes().list().getItems()),
                Serialization.asYaml(rig.admin
                        .configMaps()
                        .inNamespace(Manifests.NAMESPACE)
                        .list()
                        .getItems()));
        assertThat(shown)
                .contains("RebootAllowed: silent-1")
                .contains("silent-2")
                .contains("lockkeeper_requests_total");
        for (String password : List.of(OLD, NEW, WRONG)) {
            assertThat(shown).doesNotContain(password);
            assertThat(shown)
                    .doesNotContain(RawHttp.basic("someone", password).substring("authorization: Basic ".length()));
            assertThat(shown)
                    .doesNotContain(Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
