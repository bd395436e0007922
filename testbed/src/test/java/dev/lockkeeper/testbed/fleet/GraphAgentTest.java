package dev.lockkeeper.testbed.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockkeeper.testbed.fleet.Journal.Boot;
import dev.lockkeeper.testbed.fleet.Journal.CheckFailed;
import dev.lockkeeper.testbed.fleet.Journal.Chosen;
import dev.lockkeeper.testbed.fleet.Journal.Polled;
import dev.lockkeeper.testbed.fleet.Journal.Polling;
import dev.lockkeeper.testbed.fleet.TestingUpdateServer.Answer;
import dev.lockkeeper.testbed.fleet.TestingUpdateServer.Request;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole agent where it takes its updates from a graph. */
@Timeout(60)
class GraphAgentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Answer REFUSED = new Answer(423, "{\"kind\":\"lock_held\",\"value\":\"n holds it\"}");
    private static final String V1 = "44.20260607.3.1";
    private static final String V2 = "44.20260621.3.1";
    private static final String V3 = "44.20260707.3.1";
    private static final MachineSpec MACHINE = MachineSpec.of("box", 1)
            .withMachineId("1c09ca98649c4c7abc779cd04c96812e")
            .withArchitecture(Architecture.AARCH64)
            .withVersion(V1)
            .withPayload(payload(V1));

    private final Journal journal = new Journal(Clock.systemUTC());

    private static String payload(String version) {
        return PublishedReleases.payload(version, Architecture.AARCH64);
    }

    /** Every release leads to the last one. */
    private static Answer graph(String... versions) {
        TestingGraph graph = new TestingGraph();
        for (int i = 0; i < versions.length; i++) {
            graph.image(versions[i], payload(versions[i]), String.valueOf(i));
        }
        IntStream.range(0, versions.length - 1).forEach(i -> graph.edge(i, versions.length - 1));
        return Answer.graph(graph);
    }

    /** Says yes to all that is asked of the lock. */
    private static TestingUpdateServer server(Function<Request, Answer> graph) throws Exception {
        return new TestingUpdateServer(request -> request.isGraph() ? graph.apply(request) : Answer.OK);
    }

    private SimulatedMachine start(TestingUpdateServer server) {
        return start(MACHINE, server, graph -> graph);
    }

    /** 300 s take 3 ms. */
    private SimulatedMachine start(MachineSpec spec, TestingUpdateServer server, UnaryOperator<GraphSettings> change) {
        AgentSettings settings = AgentSettings.of(server.url(""), "workers")
                .withTimeScale(1e-5)
                .withGraph(change.apply(GraphSettings.of(server.url(""))));
        return SimulatedMachine.startWithoutNode(spec, settings, RebootShape.USUAL, journal);
    }

    private <E extends Journal.Entry> E await(Class<E> kind, Predicate<E> filter) throws InterruptedException {
        return journal.await(kind, filter, PATIENCE).orElseThrow(() -> new AssertionError(journal.entries()));
    }

    private void awaitPolls(int count) throws InterruptedException {
        await(Polled.class, any -> journal.entries(Polled.class).size() >= count);
    }

    // ---- the request

    @Test
    void asksWithTheHeadersAndParametersOfZincati() throws Exception {
        try (TestingUpdateServer server = server(request -> graph(V1));
                SimulatedMachine machine = start(
                        MACHINE,
                        server,
                        graph -> graph.withStream("testing").withPlatform("aws").withWariness(0.25))) {
            awaitPolls(1);
            Request poll = server.polls().getFirst();
            assertThat(machine.state()).isEqualTo(AgentState.STEADY);
            assertThat(poll.method()).isEqualTo("GET");
            assertThat(poll.path()).isEqualTo("/v1/graph");
            assertThat(poll.query())
                    .isEqualTo(Map.of(
                            "basearch", "aarch64",
                            "stream", "testing",
                            "os_version", V1,
                            "os_checksum", payload(V1),
                            "group", "workers",
                            "node_uuid", "978a225b3d7b40e9acd7ce9b62f68444",
                            "platform", "aws",
                            "oci", "true",
                            "rollout_wariness", "0.250000"));
            assertThat(poll.headers().keySet()).containsExactlyInAnyOrder("Accept", "Host");
            assertThat(poll.headers().get("Accept")).containsExactly("application/json");
        }
    }

    @Test
    void aMachineOfCommitsSendsNoOciAndOneWithoutWarinessNone() throws Exception {
        String commit = PublishedReleases.commit(V1, Architecture.AARCH64);
        try (TestingUpdateServer server = server(request -> graph(V1));
                SimulatedMachine machine = start(MACHINE.withPayload(commit), server, graph -> graph)) {
            awaitPolls(1);
            assertThat(machine.payload()).hasValue(commit);
            assertThat(server.polls().getFirst().query())
                    .containsEntry("os_checksum", commit)
                    .containsEntry("platform", "metal")
                    .doesNotContainKeys("oci", "rollout_wariness");
        }
    }

    @Test
    void joinsTheBaseUrlAndEscapesAsZincatiDoes() {
        String request = new AgentConnection(URI.create("http://u:p%40w@h/sub/"), "i", "g").graphRequest("a=b%40c");
        assertThat(request).isEqualTo("""
                GET /sub/v1/graph?a=b%40c HTTP/1.1\r
                authorization: Basic dTpwQHc=\r
                accept: application/json\r
                host: h\r
                \r
                """);
        assertThat(new AgentConnection(URI.create("http://h"), "i", "g").graphRequest("q"))
                .startsWith("GET /v1/graph?q HTTP/1.1\r\n");
    }

    @Test
    void sendsCredentialsOfTheUrlDecoded() throws Exception {
        try (TestingUpdateServer server = server(request -> graph(V1));
                SimulatedMachine machine =
                        start(MACHINE, server, _ -> GraphSettings.of(server.url("node%2D1:p%40ss%3Aword@")))) {
            awaitPolls(1);
            assertThat(machine.name()).isEqualTo("box");
            // base64 of node-1:p@ss:word
            assertThat(server.polls().getFirst().headers().get("Authorization"))
                    .containsExactly("Basic bm9kZS0xOnBAc3M6d29yZA==");
        }
    }

    @Test
    void settingsThatZincatiWouldRefuseAreRefused() {
        GraphSettings good = GraphSettings.of(URI.create("http://h/"));
        assertThatThrownBy(() -> good.withWariness(1.1)).hasMessageContaining("from 0 to 1");
        assertThatThrownBy(() -> good.withWariness(Double.NaN)).hasMessageContaining("from 0 to 1");
        assertThatThrownBy(() -> GraphSettings.of(URI.create("ftp://h/"))).hasMessageContaining("http://host:port/");
    }

    // ---- the order of things

    @Test
    void pollsNothingBeforeSteadyStateIsAccepted() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestingUpdateServer server = new TestingUpdateServer(
                        request -> request.isGraph() ? graph(V1) : calls.incrementAndGet() < 4 ? REFUSED : Answer.OK);
                SimulatedMachine machine = start(server)) {
            awaitPolls(2);
            assertThat(machine.staged()).isEmpty();
            assertThat(server.requests().subList(0, 6))
                    .extracting(Request::isGraph)
                    .containsExactly(false, false, false, false, true, true);
        }
    }

    @Test
    void pollsUntilItFindsAnUpdateThenStagesItAndPollsNoMore() throws Exception {
        AtomicInteger polls = new AtomicInteger();
        AtomicInteger refusals = new AtomicInteger();
        try (TestingUpdateServer server = new TestingUpdateServer(request -> {
                    if (request.isGraph()) {
                        // Once it has staged a release, the agent does not see that another is out.
                        return switch (polls.incrementAndGet()) {
                            case 1, 2 -> graph(V1);
                            case 3 -> graph(V1, V2);
                            default -> graph(V1, V2, V3);
                        };
                    }
                    return request.path().endsWith("pre-reboot") && refusals.incrementAndGet() <= 5
                            ? REFUSED
                            : Answer.OK;
                });
                SimulatedMachine machine = start(server)) {
            Boot first = await(Boot.class, any -> true);
            assertThat(first.toVersion()).isEqualTo(V2);
            assertThat(polls).hasValueBetween(3, 4);
            assertThat(journal.entries().stream()
                            .takeWhile(entry -> entry != first)
                            .filter(Polling.class::isInstance))
                    .hasSize(3);
            assertThat(journal.entries(Polled.class).subList(0, 3))
                    .extracting(Polled::edges)
                    .containsExactly(0, 0, 1);
            Chosen chosen = journal.entries(Chosen.class).getFirst();
            assertThat(chosen.fromVersion()).isEqualTo(V1);
            assertThat(chosen.toVersion()).isEqualTo(V2);

            await(Boot.class, boot -> boot.toVersion().equals(V3));
            assertThat(server.polls().get(3).query())
                    .as("what it says after its boot")
                    .containsEntry("os_version", V2)
                    .containsEntry("os_checksum", payload(V2));
            assertThat(machine.payload()).hasValue(payload(V3));
        }
    }

    @Test
    void betweenPollsItWaitsAsAfterARefusal() {
        Pace pace = new Pace(1, new Random(7));
        assertThat(Stream.generate(pace::steady).limit(1000).map(Duration::toSeconds))
                .allMatch(seconds -> seconds >= 300 && seconds <= 330)
                .contains(300L, 330L);
        assertThat(new Pace(0.01, new Random(7)).staging()).isEqualTo(Duration.ofMillis(600));
    }

    @Test
    void pausedItPollsNothing() throws Exception {
        try (TestingUpdateServer server = server(request -> graph(V1));
                SimulatedMachine machine = start(server)) {
            awaitPolls(1);
            machine.pause();
            // One that was on its way is allowed.
            int tooMany = journal.entries(Polling.class).size() + 2;
            assertThat(journal.await(
                            Polling.class,
                            any -> journal.entries(Polling.class).size() >= tooMany,
                            Duration.ofMillis(200)))
                    .isEmpty();
            machine.resume();
            awaitPolls(tooMany);
        }
    }

    // ---- what can fail

    @Test
    void failedChecksAreToldByTheirKindAndTriedAgain() throws Exception {
        AtomicInteger polls = new AtomicInteger();
        try (TestingUpdateServer server = server(request -> switch (polls.incrementAndGet()) {
                    case 1 -> new Answer(503, "{\"kind\":\"no_graph\",\"value\":\"not yet\"}");
                    case 2 -> new Answer(502, "<html>");
                    case 3 -> null;
                    case 4 -> new Answer(200, "{\"nodes\":[{}],\"edges\":[]}");
                    case 5 ->
                        Answer.graph(new TestingGraph()
                                .image(V1, payload(V1), "1")
                                .image(V2, payload(V2), "-1")
                                .edge(0, 1));
                    case 6 -> new Answer(204, "");
                    default -> graph(V1, V2);
                });
                SimulatedMachine machine = start(server)) {
            await(Boot.class, any -> true);
            assertThat(machine.version()).isEqualTo(V2);
            assertThat(journal.entries(CheckFailed.class))
                    .extracting(CheckFailed::kind)
                    .containsExactly(
                            "no_graph",
                            "generic_http_502",
                            "client_failed_request",
                            "client_failed_json_decoding",
                            "client_failed_node_parsing",
                            "client_failed_json_decoding");
            assertThat(journal.entries(CheckFailed.class).getFirst().reason()).isEqualTo("not yet");
            assertThat(journal.entries(Polled.class).subList(0, 6))
                    .extracting(Polled::status, Polled::edges)
                    .containsExactly(
                            tuple(503, 0), tuple(502, 0), tuple(200, 0), tuple(200, 1), tuple(204, 0), tuple(200, 1));
        }
    }

    @Test
    void aReleaseThatItRolledBackFromIsDeniedAndTheNextOneIsNot() throws Exception {
        AtomicInteger polls = new AtomicInteger();
        try (TestingUpdateServer server =
                        server(request -> polls.incrementAndGet() < 5 ? graph(V1, V2) : graph(V1, V2, V3));
                SimulatedMachine machine = start(server)) {
            machine.inject(new Fault.RolledBack());
            Boot back = await(Boot.class, any -> true);
            assertThat(back.fromVersion()).isEqualTo(V1);
            assertThat(back.toVersion()).isEqualTo(V1);
            await(Boot.class, boot -> boot.toVersion().equals(V3));
            assertThat(journal.entries(Chosen.class))
                    .extracting(Chosen::toVersion)
                    .startsWith(V2, V3);
            assertThat(server.polls().subList(1, 5))
                    .allSatisfy(poll -> assertThat(poll.query())
                            .containsEntry("os_version", V1)
                            .containsEntry("os_checksum", payload(V1)));
        }
    }

    @Test
    void aRolledBackReleaseOfTheSameVersionKeepsTheOldPayload() throws Exception {
        String rebuilt = payload("rebuilt");
        TestingGraph graph = new TestingGraph()
                .image(V1, payload(V1), "1")
                .image(V1, rebuilt, "2")
                .edge(0, 1);
        try (TestingUpdateServer server = server(request -> Answer.graph(graph));
                SimulatedMachine machine = start(server)) {
            machine.inject(new Fault.RolledBack());
            await(Boot.class, any -> true);
            awaitPolls(4);
            assertThat(machine.payload()).hasValue(payload(V1));
            assertThat(journal.entries(Chosen.class)).hasSize(1);
        }
    }

    @Test
    void itIsDeniedOnlyWhileItIsOnTheDisk() throws Exception {
        AtomicInteger polls = new AtomicInteger();
        try (TestingUpdateServer server = server(request -> switch (polls.incrementAndGet()) {
                    case 1 -> graph(V1, V2);
                    case 2 -> graph(V1, V2, V3);
                    default -> graph(V1, V2);
                });
                SimulatedMachine machine = start(server)) {
            machine.inject(new Fault.RolledBack());
            await(Boot.class, any -> true);
            machine.inject(new Fault.RolledBack());
            await(Boot.class, boot -> boot.toVersion().equals(V2));
            assertThat(journal.entries(Chosen.class))
                    .extracting(Chosen::toVersion)
                    .startsWith(V2, V3, V2);
        }
    }

    @Test
    void restartingBeforeTheRebootDropsTheStagedReleaseAndPollsAgain() throws Exception {
        AtomicInteger polls = new AtomicInteger();
        AtomicReference<Answer> later = new AtomicReference<>(graph(V1));
        try (TestingUpdateServer server =
                        server(request -> polls.incrementAndGet() == 1 ? graph(V1, V2) : later.get());
                SimulatedMachine machine = start(server)) {
            machine.inject(new Fault.AgentRestarts());
            awaitPolls(3);
            assertThat(machine.staged()).isEmpty();
            assertThat(machine.version()).isEqualTo(V1);
            assertThat(server.requests().subList(0, 6))
                    .extracting(Request::path)
                    .containsExactly(
                            "/v1/steady-state",
                            "/v1/graph",
                            "/v1/pre-reboot",
                            "/v1/steady-state",
                            "/v1/graph",
                            "/v1/graph");
            later.set(graph(V1, V2, V3));
            assertThat(await(Boot.class, any -> true).toVersion()).isEqualTo(V3);
        }
    }

    @Test
    void theStagedReleaseIsNotDeniedAfterTheRestart() throws Exception {
        try (TestingUpdateServer server = server(request -> graph(V1, V2));
                SimulatedMachine machine = start(server)) {
            machine.inject(new Fault.AgentRestarts());
            assertThat(await(Boot.class, any -> true).toVersion()).isEqualTo(V2);
            assertThat(journal.entries(Chosen.class)).hasSize(2);
        }
    }

    @Test
    void bootingAThirdReleaseSaysThatReleasesPayload() throws Exception {
        try (TestingUpdateServer server = server(request -> graph(V1, V2));
                SimulatedMachine machine = start(server)) {
            machine.inject(new Fault.BootsInto(V3));
            await(Boot.class, boot -> boot.toVersion().equals(V3));
            awaitPolls(2);
            assertThat(machine.payload()).hasValue(payload(V3));
            assertThat(server.polls().get(1).query())
                    .containsEntry("os_version", V3)
                    .containsEntry("os_checksum", payload(V3));
        }
    }

    // ---- with and without a graph

    @Test
    void withoutAPayloadTheTestStages() throws Exception {
        try (TestingUpdateServer server = server(request -> graph(V1, V2));
                SimulatedMachine machine = start(MachineSpec.of("plain", 1).withVersion(V1), server, graph -> graph)) {
            machine.stage(V3);
            assertThat(await(Boot.class, any -> true).toVersion()).isEqualTo(V3);
            assertThat(server.polls()).isEmpty();
        }
    }

    @Test
    void withAGraphTheTestDoesNotStage() throws Exception {
        try (TestingUpdateServer server = server(request -> graph(V1));
                SimulatedMachine machine = start(server)) {
            assertThatThrownBy(() -> machine.stage(V3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("publish " + V3);
        }
    }
}
