package dev.lockkeeper.testbed.fleet;

import static dev.lockkeeper.testbed.fleet.TestingLockServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.fleet.Journal.Answered;
import dev.lockkeeper.testbed.fleet.Journal.Boot;
import dev.lockkeeper.testbed.fleet.Journal.Sent;
import dev.lockkeeper.testbed.fleet.Journal.Unanswered;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SimulatedAgentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final MachineSpec MACHINE =
            MachineSpec.of("box", 1).withMachineId("1c09ca98649c4c7abc779cd04c96812e");
    private static final String REFUSED = answer(423, "{\"kind\":\"lock_held\",\"value\":\"n holds it\"}");
    private static final String NEWER = "44.20260721.3.1";

    private final Journal journal = new Journal(Clock.systemUTC());

    private static Function<String, String> steadyThen(Function<String, String> preReboot) {
        return request -> request.startsWith("POST /v1/steady-state") ? answer(200, "") : preReboot.apply(request);
    }

    /** 300 s take 3 ms. */
    private SimulatedMachine start(URI url) {
        return start(AgentSettings.of(url, "workers").withTimeScale(1e-5));
    }

    private SimulatedMachine start(AgentSettings settings) {
        return SimulatedMachine.startWithoutNode(MACHINE, settings, RebootShape.USUAL, journal);
    }

    private <E extends Journal.Entry> E await(Class<E> kind, Predicate<E> filter) throws InterruptedException {
        return journal.await(kind, filter, PATIENCE).orElseThrow(() -> new AssertionError(journal.entries()));
    }

    @Test
    void sendsTheBytesOfZincati() throws Exception {
        try (TestingLockServer server = new TestingLockServer(request -> answer(200, ""));
                SimulatedMachine machine = start(server.url())) {
            machine.stage(NEWER);
            await(Boot.class, boot -> true);
            String rest = """
                     HTTP/1.1\r
                    fleet-lock-protocol: true\r
                    accept: */*\r
                    host: 127.0.0.1:%d\r
                    content-length: 97\r
                    \r
                    {
                      "client_params": {
                        "id": "978a225b3d7b40e9acd7ce9b62f68444",
                        "group": "workers"
                      }
                    }""".formatted(server.port());
            assertThat(server.requests()).startsWith("POST /v1/steady-state" + rest, "POST /v1/pre-reboot" + rest);
        }
    }

    @Test
    void sendsCredentialsOfTheUrlDecoded() throws Exception {
        try (TestingLockServer server = new TestingLockServer(request -> answer(200, ""))) {
            URI url = URI.create("http://node%2D1:p%40ss%3Aword@127.0.0.1:" + server.port() + "/");
            try (SimulatedMachine machine = start(url)) {
                await(Answered.class, Answered::ok);
                assertThat(machine.name()).isEqualTo("box");
                // base64 of node-1:p@ss:word
                assertThat(server.requests().getFirst()).contains("authorization: Basic bm9kZS0xOnBAc3M6d29yZA==\r\n");
            }
        }
    }

    @Test
    void joinsTheBaseUrlAsZincatiDoes() {
        assertThat(requestLine("http://h")).isEqualTo("POST /v1/pre-reboot HTTP/1.1");
        assertThat(requestLine("http://h/")).isEqualTo("POST /v1/pre-reboot HTTP/1.1");
        assertThat(requestLine("http://h/fleet/")).isEqualTo("POST /fleet/v1/pre-reboot HTTP/1.1");
        assertThat(requestLine("http://h/fleet")).isEqualTo("POST /v1/pre-reboot HTTP/1.1");
        assertThat(new AgentConnection(URI.create("http://h"), "i", "g").request(Api.STEADY_STATE))
                .contains("\r\nhost: h\r\n")
                .doesNotContainIgnoringCase("content-type")
                .doesNotContainIgnoringCase("user-agent");
    }

    private static String requestLine(String baseUrl) {
        return new AgentConnection(URI.create(baseUrl), "i", "g")
                .request(Api.PRE_REBOOT)
                .split("\r\n")[0];
    }

    @Test
    void steadyStateComesFirstAtEachStartAndUntilItIsAccepted() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestingLockServer server = new TestingLockServer(request -> switch (calls.incrementAndGet()) {
                    case 1 -> REFUSED;
                    case 2 -> answer(503, "no json");
                    case 3 -> null;
                    case 4 -> "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n";
                    default -> answer(200, "");
                });
                SimulatedMachine machine = start(server.url())) {
            machine.stage(NEWER);
            await(Boot.class, boot -> true);
            await(Answered.class, answer -> journal.entries(Answered.class).size() == 5);
            assertThat(journal.entries(Sent.class))
                    .extracting(Sent::api)
                    .containsExactly(
                            Api.STEADY_STATE,
                            Api.STEADY_STATE,
                            Api.STEADY_STATE,
                            Api.STEADY_STATE,
                            Api.PRE_REBOOT,
                            Api.STEADY_STATE);
            assertThat(journal.entries(Answered.class).getFirst().status()).isEqualTo(423);
            assertThat(journal.entries(Answered.class).getFirst().body()).contains("n holds it");
            assertThat(journal.entries(Unanswered.class)).hasSize(1);
        }
    }

    @Test
    void connectionRefusedIsTriedAgain() throws Exception {
        int port;
        try (TestingLockServer server = new TestingLockServer(request -> answer(200, ""))) {
            port = server.port();
        }
        try (SimulatedMachine machine = start(URI.create("http://127.0.0.1:" + port + "/"))) {
            await(Unanswered.class, entry -> journal.entries(Unanswered.class).size() >= 3);
            assertThat(machine.state()).isEqualTo(AgentState.STARTED);
        }
    }

    @Test
    void refusedPreRebootIsRepeatedUntilGrantedThenTheMachineReboots() throws Exception {
        AtomicInteger refusals = new AtomicInteger();
        try (TestingLockServer server = new TestingLockServer(
                        steadyThen(request -> refusals.getAndIncrement() < 5 ? REFUSED : answer(200, "")));
                SimulatedMachine machine = start(server.url())) {
            String before = machine.bootId();
            machine.stage(NEWER);
            Boot boot = await(Boot.class, any -> true);
            assertThat(boot.fromVersion()).isEqualTo(MachineSpec.DEFAULT_VERSION);
            assertThat(boot.toVersion()).isEqualTo(NEWER);
            assertThat(boot.bootId()).isNotEqualTo(before).isEqualTo(machine.bootId());
            assertThat(machine.staged()).isEmpty();
            assertThat(journal.entries(Sent.class).stream().filter(sent -> sent.api() == Api.PRE_REBOOT))
                    .hasSize(6);
        }
    }

    @Test
    void aRefusalCosts300To330Seconds() {
        Pace pace = new Pace(1, new java.util.Random(7));
        List<Long> waits = java.util.stream.Stream.generate(pace::retry)
                .limit(1000)
                .map(Duration::toSeconds)
                .distinct()
                .sorted()
                .toList();
        assertThat(waits).hasSize(11).startsWith(300L).endsWith(330L);
        assertThat(new Pace(0.01, new java.util.Random(7)).retry())
                .isBetween(Duration.ofMillis(3000), Duration.ofMillis(3300));
    }

    @Test
    void withUsersLoggedInItAsksTenTimesMoreAndRebootsThen() throws Exception {
        try (TestingLockServer server = new TestingLockServer(request -> answer(200, ""));
                SimulatedMachine machine = start(server.url())) {
            machine.usersLoggedIn(true);
            machine.stage(NEWER);
            await(Boot.class, any -> true);
            assertThat(journal.entries(Sent.class).stream().filter(sent -> sent.api() == Api.PRE_REBOOT))
                    .hasSize(11);
        }
    }

    @Test
    void aRefusalStartsTheLoginCountdownAgain() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestingLockServer server = new TestingLockServer(
                        steadyThen(request -> calls.incrementAndGet() == 4 ? REFUSED : answer(200, "")));
                SimulatedMachine machine = start(server.url())) {
            machine.usersLoggedIn(true);
            machine.stage(NEWER);
            await(Boot.class, any -> true);
            assertThat(journal.entries(Sent.class).stream().filter(sent -> sent.api() == Api.PRE_REBOOT))
                    .hasSize(15);
        }
    }

    @Test
    void restartingInsteadOfRebootingSendsSteadyStateFromTheSameBoot() throws Exception {
        try (TestingLockServer server = new TestingLockServer(request -> answer(200, ""));
                SimulatedMachine machine = start(server.url())) {
            machine.inject(new Fault.AgentRestarts());
            machine.stage(NEWER);
            await(Boot.class, any -> true);
            assertThat(journal.entries(Sent.class).subList(0, 4))
                    .extracting(Sent::api)
                    .containsExactly(Api.STEADY_STATE, Api.PRE_REBOOT, Api.STEADY_STATE, Api.PRE_REBOOT);
            assertThat(journal.entries(Boot.class)).hasSize(1);
        }
    }

    @Test
    void disconnectsWhileHeldAndAsksAgain() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestingLockServer server = new TestingLockServer(steadyThen(
                        request -> calls.incrementAndGet() == 1 ? TestingLockServer.HELD : answer(200, "")));
                SimulatedMachine machine = start(server.url())) {
            machine.inject(new Fault.DisconnectsAfter(Duration.ofMillis(50)));
            machine.stage(NEWER);
            assertThat(await(Unanswered.class, any -> true).api()).isEqualTo(Api.PRE_REBOOT);
            await(Boot.class, any -> true);
            assertThat(calls).hasValue(2);
        }
    }

    @Test
    void bootFaultsWithoutANode() throws Exception {
        try (TestingLockServer server = new TestingLockServer(request -> answer(200, ""));
                SimulatedMachine machine = start(server.url())) {
            machine.inject(new Fault.BootsInto("44.20260714.3.1"));
            machine.inject(new Fault.AgentNeverStarts());
            machine.stage(NEWER);
            assertThat(await(Boot.class, any -> true).toVersion()).isEqualTo("44.20260714.3.1");
            assertThat(journal.entries(Sent.class)).hasSize(2);
            assertThat(machine.state()).isEqualTo(AgentState.OFF);
            machine.repair();
            await(Sent.class, any -> journal.entries(Sent.class).size() == 3);
        }
    }

    @Test
    void pausedItSendsNothing() throws Exception {
        try (TestingLockServer server = new TestingLockServer(request -> answer(200, ""));
                SimulatedMachine machine = start(server.url())) {
            await(Answered.class, any -> true);
            machine.pause();
            machine.stage(NEWER);
            assertThat(journal.await(Sent.class, sent -> sent.api() == Api.PRE_REBOOT, Duration.ofMillis(200)))
                    .isEmpty();
            machine.resume();
            await(Boot.class, any -> true);
        }
    }

    @Test
    void closeEndsAHeldRequestAtOnce() throws Exception {
        try (TestingLockServer server = new TestingLockServer(request -> TestingLockServer.HELD)) {
            SimulatedMachine machine = start(server.url());
            await(Sent.class, any -> true);
            long begin = System.nanoTime();
            machine.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
            assertThat(journal.entries(Unanswered.class)).isEmpty();
        }
    }

    @Test
    void closeEndsALongWaitAtOnce() throws IOException, InterruptedException {
        try (TestingLockServer server = new TestingLockServer(request -> REFUSED)) {
            SimulatedMachine machine = start(AgentSettings.of(server.url(), "workers"));
            await(Answered.class, any -> true);
            long begin = System.nanoTime();
            machine.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void doesNotWaitForABodyThatCannotCome() throws Exception {
        try (TestingLockServer server = new TestingLockServer(request -> "HTTP/1.1 204 No Content\r\n\r\n");
                SimulatedMachine machine = start(server.url())) {
            await(Answered.class, Answered::ok);
            assertThat(machine.version()).isEqualTo(MachineSpec.DEFAULT_VERSION);
        }
    }

    @Test
    void readsChunkedAnswers() throws Exception {
        String chunked = "HTTP/1.1 423 Locked\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        try (TestingLockServer server = new TestingLockServer(request -> chunked);
                SimulatedMachine machine = start(server.url())) {
            assertThat(await(Answered.class, any -> true).body()).isEqualTo("abcde");
            assertThat(machine.version()).isEqualTo(MachineSpec.DEFAULT_VERSION);
        }
    }
}
