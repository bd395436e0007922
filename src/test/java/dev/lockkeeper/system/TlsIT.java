package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.crds.v1alpha1.SecretReference;
import dev.lockkeeper.system.TestingAuthority.Issued;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The agents' port over TLS with a self-made authority: who is served, how the certificate is renewed, and what guessing comes to. */
class TlsIT {

    private static final String RIGHT = "correct-horse-battery-staple-47";
    private static final int BUDGET = 3;
    private static final Duration HELD = Duration.ofSeconds(1);

    private static final TestingAuthority AUTHORITY = new TestingAuthority();

    private static Rig rig;
    private static Path volume;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        volume = rig.folder.resolve("tls");
        TestingAuthority.mount(volume, AUTHORITY.issue(Duration.ofDays(1)));
        operator = rig.operator(o -> settings(o, volume));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static OperatorProcess.Builder settings(OperatorProcess.Builder operator, Path folder) {
        return operator.set(
                        "LOCKKEEPER_AGENT_TLS_CERTIFICATE",
                        folder.resolve("tls.crt").toString())
                .set("LOCKKEEPER_AGENT_TLS_KEY", folder.resolve("tls.key").toString())
                .set("LOCKKEEPER_AGENT_TLS_RELOAD_INTERVAL", "PT0.2S")
                .set("LOCKKEEPER_AGENT_WRONG_PASSWORDS", Integer.toString(BUDGET));
    }

    /** Each has connections of its own. */
    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(AUTHORITY.trusted())
                .build();
    }

    private static URI uri(String path) {
        return URI.create("https://127.0.0.1:" + operator.port() + path);
    }

    private static HttpRequest request(String path, MachineSpec machine, String group, String password) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofMinutes(1))
                .header("fleet-lock-protocol", "true")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"client_params\":{\"id\":\"" + machine.agentId() + "\",\"group\":\"" + group + "\"}}"));
        if (password != null) {
            request.header("authorization", basic(password));
        }
        return request.build();
    }

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("agent:" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse<String> ask(HttpClient client, String path, MachineSpec machine, String group)
            throws IOException, InterruptedException {
        return client.send(request(path, machine, group, null), BodyHandlers.ofString());
    }

    private static X509Certificate peer(HttpResponse<String> answer) {
        try {
            SSLSession session = answer.sslSession().orElseThrow();
            return (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double metric(String name) throws IOException, InterruptedException {
        Matcher sample = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$")
                .matcher(operator.management("/q/metrics").body());
        return sample.find() ? Double.parseDouble(sample.group(1)) : -1;
    }

    private static SimulatedMachine agent(String name, UnaryOperator<AgentSettings> trust) {
        AgentSettings settings = AgentSettings.of(uri("/"), "served").withTimeScale(Rig.SCALE);
        return rig.agent(
                rig.node(name, "served"), trust.apply(settings), RebootShape.USUAL.withDownFor(Duration.ofSeconds(60)));
    }

    @Test
    void agentsThatTrustTheAuthorityAreServedAndOthersAreNot() throws Exception {
        rig.group("served");
        SimulatedMachine trusting = agent("served-1", settings -> settings.withTrust(AUTHORITY.trusted()));
        SimulatedMachine stranger = agent("served-2", UnaryOperator.identity());
        trusting.stage(Rig.NEW);
        stranger.stage(Rig.NEW);
        Rig.await(Duration.ofSeconds(90)).until(() -> rig.updated("served", trusting));

        assertThat(rig.journal.entries(Journal.Unanswered.class, "served-1")).isEmpty();
        assertThat(rig.journal.entries(Journal.Answered.class, "served-2")).isEmpty();
        assertThat(rig.journal.entries(Journal.Unanswered.class, "served-2"))
                .isNotEmpty()
                .allSatisfy(e -> assertThat(e.reason()).contains("unable to find valid certification path"));
        assertThat(stranger.version()).isEqualTo(Rig.OLD);

        MachineSpec other = rig.node("served-3", "served");
        assertThatThrownBy(() -> RawHttp.exchange(
                        operator.port(), RawHttp.request(RawHttp.PRE_REBOOT, other.agentId(), "served")))
                .as("in the clear")
                .isInstanceOf(UncheckedIOException.class);
        try (HttpClient client = client()) {
            assertThat(ask(client, RawHttp.STEADY_STATE, other, "served").body())
                    .contains("released");
            HttpResponse<String> graph = client.send(
                    HttpRequest.newBuilder(uri("/v1/graph?basearch=x86_64&stream=stable"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(graph.body()).contains("no_graph");
        }
        assertThat(operator.logText()).contains("Agents are served at https://127.0.0.1:" + operator.port());
    }

    @Test
    void aCertificateRenewedOnDiskIsServedWithoutARestart() throws Exception {
        rig.group("renewed");
        MachineSpec holds = rig.node("renewed-1", "renewed");
        MachineSpec waits = rig.node("renewed-2", "renewed");
        long pid = operator.pid();
        try (HttpClient first = client();
                HttpClient old = client()) {
            Rig.await()
                    .until(() ->
                            ask(first, RawHttp.PRE_REBOOT, holds, "renewed").statusCode() == 200);
            CompletableFuture<HttpResponse<String>> held =
                    old.sendAsync(request(RawHttp.PRE_REBOOT, waits, "renewed", null), BodyHandlers.ofString());
            Rig.await().until(() -> rig.read("renewed").getStatus().getWaiting() == 1);

            Issued next = AUTHORITY.issue(Duration.ofDays(2));
            TestingAuthority.mount(volume, next);
            Rig.await(Duration.ofMinutes(1)).until(() -> {
                try (HttpClient later = client()) {
                    return peer(ask(later, RawHttp.STEADY_STATE, waits, "elsewhere"))
                            .equals(next.certificate());
                }
            });
            assertThat(metric("lockkeeper_certificate_expiry_timestamp_seconds"))
                    .isEqualTo(next.certificate().getNotAfter().toInstant().getEpochSecond());
            assertThat(metric("lockkeeper_certificate_reload_total{result=\"renewed\"}"))
                    .isPositive();
            assertThat(operator.pid()).isEqualTo(pid);

            // A request that was held before is answered on its connection.
            assertThat(held).isNotDone();
            rig.annotate("renewed", "lockkeeper.dev/free-slot", "renewed-1");
            HttpResponse<String> answer = held.get(40, java.util.concurrent.TimeUnit.SECONDS);
            assertThat(answer.body()).contains("renewed-2 may reboot now.");
            assertThat(peer(answer)).isNotEqualTo(next.certificate());

            // A pair that does not belong together is not served, and said.
            double refused = metric("lockkeeper_certificate_reload_total{result=\"refused\"}");
            Issued other = AUTHORITY.issue(Duration.ofDays(3));
            TestingAuthority.mount(volume, other.certificate(), next.keys());
            Rig.await().until(() -> metric("lockkeeper_certificate_reload_total{result=\"refused\"}") == refused + 1);
            assertThat(operator.logText())
                    .contains("The certificate is not renewed, the one before is served on: the key is not that of the"
                            + " first certificate, which must be the server's own.");
            try (HttpClient later = client()) {
                assertThat(peer(ask(later, RawHttp.STEADY_STATE, waits, "elsewhere")))
                        .isEqualTo(next.certificate());
            }
            TestingAuthority.mount(volume, other);
            Rig.await(Duration.ofMinutes(1)).until(() -> {
                try (HttpClient later = client()) {
                    return peer(ask(later, RawHttp.STEADY_STATE, waits, "elsewhere"))
                            .equals(other.certificate());
                }
            });
        }
    }

    @Test
    void aBadPairEndsTheStartWithASentence() {
        Path folder = rig.folder.resolve("bad");
        Issued one = AUTHORITY.issue(Duration.ofDays(1));
        TestingAuthority.mount(
                folder, one.certificate(), AUTHORITY.issue(Duration.ofDays(1)).keys());
        OperatorProcess mixed = rig.launch(o -> settings(o, folder));
        assertThat(mixed.await()).isNotZero();
        assertThat(mixed.logText())
                .contains("Agents cannot be served over TLS with " + folder.resolve("tls.crt") + " and "
                        + folder.resolve("tls.key")
                        + ": the key is not that of the first certificate, which must be the"
                        + " server's own. Correct lockkeeper.agent.tls.certificate and lockkeeper.agent.tls.key or what"
                        + " they point to.");

        OperatorProcess half = rig.launch(o -> settings(o, folder).set("LOCKKEEPER_AGENT_TLS_KEY", ""));
        assertThat(half.await()).isNotZero();
        assertThat(half.logText())
                .contains(
                        "Setting lockkeeper.agent.tls.certificate is set and lockkeeper.agent.tls.key is not: set both"
                                + " for TLS, or neither for plain HTTP.");
    }

    private record Timed(HttpResponse<String> answer, Duration took) {}

    private static CompletableFuture<Timed> timed(HttpClient client, HttpRequest request) {
        long begin = System.nanoTime();
        return client.sendAsync(request, BodyHandlers.ofString())
                .thenApply(answer -> new Timed(answer, Duration.ofNanos(System.nanoTime() - begin)));
    }

    /** Sends one after the other. What is held takes its second each time; what is not may do so once, on a busy machine. */
    private static void assertAtOnce(HttpClient client, int status, List<HttpRequest> requests) throws Exception {
        List<Timed> answers = new ArrayList<>();
        for (HttpRequest request : requests) {
            answers.add(timed(client, request).get());
        }
        assertThat(answers)
                .allSatisfy(t -> assertThat(t.answer().statusCode()).isEqualTo(status))
                .anySatisfy(t -> assertThat(t.took()).isLessThan(HELD));
    }

    @Test
    void wrongPasswordsAreSlowedAndCountedAndRightOnesNever() throws Exception {
        rig.admin
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("guessed")
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .addToStringData("password", RIGHT)
                        .build())
                .create();
        rig.group("guessed", spec -> {
            SecretReference secret = new SecretReference();
            secret.setName("guessed");
            spec.setClientSecretRef(secret);
        });
        MachineSpec machine = rig.node("guessed-1", "guessed");
        HttpRequest right = request(RawHttp.STEADY_STATE, machine, "guessed", RIGHT);
        HttpRequest missing = request(RawHttp.STEADY_STATE, machine, "guessed", null);
        try (HttpClient client = client();
                HttpClient guesser = client()) {
            Rig.await()
                    .until(() -> client.send(right, BodyHandlers.ofString()).statusCode() == 200
                            && client.send(missing, BodyHandlers.ofString()).statusCode() == 401);
            int sent = 0;
            List<HttpRequest> allowed = new ArrayList<>();
            while (sent < BUDGET) {
                allowed.add(guess(machine, sent++));
            }
            assertAtOnce(guesser, 401, allowed);
            Timed held = timed(guesser, guess(machine, sent++)).get();
            assertThat(held.answer().statusCode()).isEqualTo(401);
            assertThat(held.took()).isGreaterThanOrEqualTo(HELD);
            assertAtOnce(client, 200, Collections.nCopies(5, right));
            assertAtOnce(client, 401, Collections.nCopies(5, missing));

            // Many at a time cost no thread, and hold nobody up who knows the password.
            int threads = operator.threads();
            List<CompletableFuture<Timed>> guesses = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                guesses.add(timed(guesser, guess(machine, sent++)));
            }
            assertAtOnce(client, 200, Collections.nCopies(20, right));
            assertThat(operator.threads()).isLessThan(threads + 20);
            for (CompletableFuture<Timed> guess : guesses) {
                assertThat(guess.get().answer().statusCode()).isEqualTo(401);
            }
            // The budget gives one back every 20 seconds.
            assertThat(guesses)
                    .filteredOn(g -> g.join().took().compareTo(HELD) >= 0)
                    .hasSizeGreaterThan(90);
            assertThat(metric("lockkeeper_wrong_passwords_total{group=\"guessed\"}"))
                    .isEqualTo(sent);
        }
        assertThat(operator.logText())
                .contains("Wrong passwords come from 127.0.0.1, more than its budget: they are answered slowly now.")
                .doesNotContain("guess-")
                .doesNotContain(RIGHT);
    }

    private static HttpRequest guess(MachineSpec machine, int number) {
        return request(RawHttp.STEADY_STATE, machine, "guessed", "guess-" + number);
    }
}
