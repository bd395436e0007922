package dev.lockkeeper.operator.kube;

import static dev.lockkeeper.operator.kube.Passwords.Result.EMPTY;
import static dev.lockkeeper.operator.kube.Passwords.Result.NOT_READ;
import static dev.lockkeeper.operator.kube.Passwords.Result.NO_SECRET;
import static dev.lockkeeper.operator.kube.Passwords.Result.OK;
import static dev.lockkeeper.operator.kube.Passwords.Result.WRONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class PasswordsTest {

    KubernetesMockServer server;
    KubernetesClient client;

    private static Secret secret(String name, Map<String, String> values) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("lockkeeper")
                .endMetadata()
                .withData(values.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                e -> Base64.getEncoder()
                                        .encodeToString(e.getValue().getBytes(StandardCharsets.UTF_8)))))
                .build();
    }

    private void create(Secret secret) {
        client.resource(secret).create();
    }

    @Test
    void aPasswordIsReplacedWhileMachinesUseTheOldOne() {
        create(secret("workers", Map.of("password", "first", "note", "third")));
        create(secret("other", Map.of("token", "first")));
        create(secret("blank", Map.of("password", "", "password-new", "\n")));
        try (Passwords passwords = new Passwords()) {
            assertThat(passwords.check("workers", "first")).isEqualTo(NOT_READ);
            passwords.start(client, "lockkeeper");
            await().until(passwords::synced);
            assertThat(passwords.check("workers", "first")).isEqualTo(OK);
            assertThat(passwords.check("workers", "third")).isEqualTo(WRONG);
            assertThat(passwords.check("workers", "")).isEqualTo(WRONG);
            assertThat(passwords.check("workers", null)).isEqualTo(WRONG);
            assertThat(passwords.check("other", "first")).isEqualTo(NO_SECRET);
            assertThat(passwords.check("absent", "first")).isEqualTo(NO_SECRET);
            assertThat(passwords.check("blank", "")).isEqualTo(EMPTY);
            assertThat(passwords.check("blank", null)).isEqualTo(EMPTY);

            client.resource(secret("workers", Map.of("password", "first", "password-2", "zweitesäß\n")))
                    .update();
            await().until(() -> passwords.check("workers", "zweitesäß") == OK);
            assertThat(passwords.check("workers", "first")).isEqualTo(OK);

            client.resource(secret("workers", Map.of("password-2", "zweitesäß")))
                    .update();
            await().until(() -> passwords.check("workers", "first") == WRONG);
            assertThat(passwords.check("workers", "zweitesäß")).isEqualTo(OK);

            client.secrets().inNamespace("lockkeeper").withName("workers").delete();
            await().until(() -> passwords.check("workers", "zweitesäß") == NO_SECRET);
        }
    }

    @Test
    void aMissingPermissionIsWaitedFor() {
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/lockkeeper/secrets?limit=100")
                .andReturn(403, "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Forbidden\",\"code\":403}")
                .times(2);
        create(secret("workers", Map.of("password", "first")));
        try (Passwords passwords = new Passwords()) {
            passwords.start(client, "lockkeeper");
            assertThat(passwords.check("workers", "first")).isEqualTo(NOT_READ);
            await().until(() -> passwords.check("workers", "first") == OK);
        }
    }

    @Test
    void noValueIsKeptOrShown() {
        Secret secret = secret("workers", Map.of("password", "first"));
        PasswordStore store = new PasswordStore(_ -> {});
        store.put("workers", secret);
        assertThat(store.get("workers").getData()).isNullOrEmpty();
        assertThat(store.of("workers").orElseThrow()).hasToString("1 passwords");
    }
}
