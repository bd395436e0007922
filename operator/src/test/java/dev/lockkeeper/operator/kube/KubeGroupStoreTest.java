package dev.lockkeeper.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.fleetlock.semaphore.BackoffRule;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.store.Snapshot;
import dev.lockkeeper.fleetlock.store.StoreException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the lock store sends, and what it makes of the answers. That the API server keeps the promise of versions, system tests show. */
class KubeGroupStoreTest {

    private static final String PATH = "/apis/lockkeeper.dev/v1alpha1/rebootgroups/workers";

    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private KubernetesClient client;
    private KubeGroupStore store;
    /** The version of what a GET shows, and what a PUT is answered with. */
    private volatile int version = 7;

    private volatile int putStatus = 200;
    private volatile String listed = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
        store = new KubeGroupStore(
                client,
                new GroupMapping(
                        "lockkeeper",
                        Duration.ofMinutes(5),
                        new BackoffRule(Duration.ofMinutes(30), Duration.ofHours(24))),
                Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    private static String group(String name, int version, String status) {
        return "{\"apiVersion\":\"lockkeeper.dev/v1alpha1\",\"kind\":\"RebootGroup\",\"metadata\":{\"name\":\"" + name
                + "\",\"uid\":\"u-" + name + "\",\"generation\":1,\"resourceVersion\":\"" + version
                + "\",\"creationTimestamp\":\"2026-07-07T10:00:00Z\"},\"spec\":{\"slots\":1},\"status\":" + status
                + "}";
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path + " " + body);
        int status = 200;
        String answer;
        if (exchange.getRequestMethod().equals("PUT")) {
            status = putStatus;
            answer = status == 200
                    ? group("workers", ++version, "{\"members\":3,\"unknownField\":\"kept\"}")
                    : "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":" + status + "}";
        } else if (path.endsWith("rebootgroups")) {
            answer =
                    "{\"apiVersion\":\"lockkeeper.dev/v1alpha1\",\"kind\":\"RebootGroupList\",\"metadata\":{},\"items\":["
                            + listed + "]}";
        } else {
            answer = group("workers", version, "{\"members\":2,\"unknownField\":\"kept\"}");
        }
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Snapshot read() throws StoreException {
        return store.read("workers").orElseThrow();
    }

    private static SlotState counted(Snapshot base, int members) {
        return Semaphore.counted(base.state(), members, 0).next();
    }

    @Test
    void aWriteIsOneRequestWithTheVersionThatWasReadAndKeepsUnknownFields() throws Exception {
        Snapshot base = read();
        assertThat(store.compareAndSet("workers", base, counted(base, 3))).isTrue();
        assertThat(requests).hasSize(2);
        assertThat(requests.getLast())
                .startsWith("PUT " + PATH + "/status ")
                .contains("\"resourceVersion\":\"7\"")
                .contains("\"members\":3")
                .contains("\"unknownField\":\"kept\"")
                .contains("\"type\":\"Progressing\"");
    }

    @Test
    void whatWasWrittenLastIsTheNextBaseWithoutARead() throws Exception {
        Snapshot base = read();
        store.compareAndSet("workers", base, counted(base, 3));
        Snapshot seen = store.lastSeen("workers").orElseThrow();
        assertThat(seen.version()).isEqualTo("8");
        assertThat(seen.state().members()).isEqualTo(3);
        assertThat(requests).hasSize(2);
    }

    @Test
    void anOlderVersionOfTheWatchDoesNotReplaceANewerOne() throws Exception {
        Snapshot base = read();
        store.compareAndSet("workers", base, counted(base, 3));
        store.seen(client.getKubernetesSerialization()
                .unmarshal(group("workers", 7, "{\"members\":2}"), RebootGroup.class));
        assertThat(store.lastSeen("workers").orElseThrow().version()).isEqualTo("8");
        store.seen(client.getKubernetesSerialization()
                .unmarshal(group("workers", 10, "{\"members\":5}"), RebootGroup.class));
        assertThat(store.lastSeen("workers").orElseThrow().version()).isEqualTo("10");
        store.gone("workers");
        assertThat(store.lastSeen("workers")).isEmpty();
    }

    @Test
    void aBaseThatIsNotTheLatestIsNotWritten() throws Exception {
        Snapshot old = read();
        version = 9;
        read();
        assertThat(store.compareAndSet("workers", old, counted(old, 3))).isFalse();
        assertThat(requests).noneMatch(r -> r.startsWith("PUT"));
    }

    @Test
    void aConflictIsNoWriteAndNothingIsBuiltOnWhatConflicted() throws Exception {
        putStatus = 409;
        Snapshot base = read();
        assertThat(store.compareAndSet("workers", base, counted(base, 3))).isFalse();
        assertThat(store.lastSeen("workers")).isEmpty();
        assertThat(requests).as("nobody tries again by himself").hasSize(2);
    }

    /** Of an etcd that was restored from a backup: what is stored has the lower version. */
    @Test
    void aVersionThatWentBackIsFoundAgain() throws Exception {
        version = 90;
        Snapshot lost = read();
        version = 7;
        putStatus = 409;
        assertThat(store.compareAndSet("workers", lost, counted(lost, 3))).isFalse();
        putStatus = 200;
        Snapshot base = read();
        assertThat(base.version()).isEqualTo("7");
        assertThat(store.compareAndSet("workers", base, counted(base, 3))).isTrue();
    }

    @Test
    void anyOtherAnswerLeavesTheOutcomeUnknown() throws Exception {
        putStatus = 500;
        Snapshot base = read();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.compareAndSet("workers", base, counted(base, 3)))
                .withMessageContaining("the status of RebootGroup 'workers' cannot be written");
        assertThat(store.lastSeen("workers")).isEmpty();
    }

    @Test
    void nothingIsPublishedWhereNothingChanges() throws Exception {
        read();
        store.publish("workers", status -> status.setMembers(2));
        assertThat(requests).hasSize(1);
        store.publish("workers", status -> status.setMembers(4));
        assertThat(requests.getLast()).startsWith("PUT").contains("\"resourceVersion\":\"7\"", "\"members\":4");
    }

    @Test
    void oneGroupThatCannotBeUnderstoodHidesTheOthersOnlyIfSomebodyMayHoldInIt() throws Exception {
        String bad = group("bad", 3, "{}").replace("\"slots\":1", "\"slots\":\"x\"");
        listed = group("workers", 7, "{\"members\":2}") + "," + bad;
        assertThat(store.readAll()).extracting(g -> g.name()).containsExactly("workers");
        for (String machines : List.of("holders", "failed")) {
            listed = group("workers", 7, "{}") + ","
                    + bad.replace(
                            "\"status\":{}", "\"status\":{\"" + machines + "\":[{\"token\":\"t\",\"id\":\"a\"}]}");
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(store::readAll)
                    .withMessageContaining("RebootGroup 'bad'");
        }
    }
}
