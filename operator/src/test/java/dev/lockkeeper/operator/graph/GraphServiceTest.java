package dev.lockkeeper.operator.graph;

import static dev.lockkeeper.operator.graph.TestingMachines.offer;
import static dev.lockkeeper.operator.graph.TestingMachines.running;
import static dev.lockkeeper.operator.graph.TestingState.BARRIER;
import static dev.lockkeeper.operator.graph.TestingState.T0;
import static dev.lockkeeper.operator.graph.TestingState.V1;
import static dev.lockkeeper.operator.graph.TestingState.V2;
import static dev.lockkeeper.operator.graph.TestingState.V3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.cincinnati.protocol.GraphKind;
import dev.lockkeeper.cincinnati.protocol.GraphRequest;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.GraphApi.Answer;
import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.TestingGroup;
import dev.lockkeeper.operator.lock.TestingGroups;
import dev.lockkeeper.operator.lock.TestingNodes;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Edges: only after the offer is stored, only on what was read a moment ago, only in turn. */
class GraphServiceTest {

    private static final Clock CLOCK = Clock.fixed(T0, ZoneOffset.UTC);

    private final TestingGroups groups = new TestingGroups();
    private final TestingNodes nodes = new TestingNodes();
    private final TestingMachines machines = new TestingMachines();
    private final List<String> outcomes = new ArrayList<>();
    private final List<String> polled = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private GraphState state = TestingState.usual().state();
    private String password;
    private boolean unreadable;
    /** What blocks runs at once, unless a test holds it up. */
    private Executor threads = Runnable::run;

    private final GraphService service = new GraphService(
            () -> state,
            groups,
            nodes,
            machines,
            new GraphService.Outside() {
                @Override
                public Optional<Refusal> password(GroupView group, AgentApi.Call call) {
                    if (unreadable) {
                        return Optional.of(new Refusal(Kind.STORE_UNAVAILABLE, "Not read yet."));
                    }
                    return password == null || password.equals(call.password())
                            ? Optional.empty()
                            : Optional.of(new Refusal(Kind.UNAUTHORIZED, "Wrong."));
                }

                @Override
                public void polled(AgentApi.Call call) {
                    polled.add(call.id());
                }

                @Override
                public void wrongPassword(GroupView group) {
                    wrong.add(group.name());
                }

                @Override
                public void offered(NodeView node, GroupView group, String note) {
                    told.add(note);
                }

                @Override
                public void crashPoint(String step) {}
            },
            new GraphService.Limits(Duration.ofSeconds(30), Duration.ofHours(1), Duration.ofHours(2), Duration.ZERO, 2),
            (group, outcome) -> outcomes.add(group + " " + outcome),
            work -> threads.execute(work),
            CLOCK,
            CLOCK);

    @BeforeEach
    void fleet() {
        groups.put(new TestingGroup("workers").view());
        groups.catchUp("workers", _ -> {});
        run(V2);
    }

    /** All nodes run the release, as their kubelets say. */
    private void run(String version) {
        NodeView[] all = new NodeView[6];
        for (int i = 0; i < all.length; i++) {
            all[i] = TestingGroup.running("worker-" + (i + 1), version);
        }
        nodes.show(all);
    }

    private static GraphApi.Call call(String id, String version) {
        return call(id, version, TestingState.payload(version, "x86_64"), "workers");
    }

    private static GraphApi.Call call(String id, String version, String payload, String group) {
        return new GraphApi.Call(
                new GraphRequest(new Scope("stable", "x86_64", Scheme.OCI), id, version, payload, group, "metal", null),
                null,
                null);
    }

    private static String text(CompletionStage<Answer> answer) {
        Answer.Graph graph = (Answer.Graph) answer.toCompletableFuture().join();
        assertThat(graph.etag()).as("decided for one machine").isNull();
        return new String(graph.json(), StandardCharsets.UTF_8);
    }

    private static void assertStays(CompletionStage<Answer> answer) {
        assertThat(text(answer)).endsWith("\"edges\":[]}");
    }

    private static void assertGoes(CompletionStage<Answer> answer, String version) {
        assertThat(text(answer)).endsWith("\"edges\":[[0,1]]}").contains("\"version\":\"" + version + "\"");
    }

    @Test
    void anEdgeLeadsToTheNextHopAndIsStoredFirst() {
        run(V1);
        threads = waiting::add;
        CompletionStage<Answer> answer = service.graph(call("worker-1", V1));
        assertThat(answer.toCompletableFuture()).as("nothing is stored yet").isNotDone();
        waiting.forEach(Runnable::run);
        assertGoes(answer, BARRIER);
        assertThat(machines.named("worker-1").orElseThrow().evidence().offers())
                .singleElement()
                .satisfies(o -> assertThat(o.version()).isEqualTo(BARRIER));
        assertThat(outcomes).containsExactly("workers edge");
        assertThat(told)
                .containsExactly("worker-1 was offered " + BARRIER + ": " + BARRIER
                        + " is the next barrier, which no update may pass.");
    }

    @Test
    void anOfferThatCannotBeStoredIsNotMade() {
        run(V1);
        machines.failure = new StoreException("the API server is away");
        assertStays(service.graph(call("worker-1", V1)));
        assertThat(outcomes).containsExactly("workers not_stored");
    }

    @Test
    void anOfferThatIsStoredIsALookUp() {
        machines.put("worker-1", running("worker-1", V2, offer(V3).again().again()));
        assertGoes(service.graph(call("worker-1", V2)), V3);
        assertThat(machines.writes).as("what is known already is not written").hasValue(1);
        machines.writes.set(0);
        machines.failure = new StoreException("the API server is away");
        assertGoes(service.graph(call("worker-1", V2)), V3);
        assertThat(machines.writes).hasValue(0);
    }

    /** Else it would be forgotten at the next start of the agent, which may have staged it by then. */
    @Test
    void anOfferFromBeforeTheAgentsStartIsRenewed() {
        Offer old = new Offer(V3, T0.minusSeconds(60), null, 3);
        machines.put("worker-1", running("worker-1", V2, old).steady(T0, List.of(old)));
        assertGoes(service.graph(call("worker-1", V2)), V3);
        assertThat(machines.named("worker-1").orElseThrow().evidence().offers())
                .containsExactly(new Offer(V3, T0, null, 1));
    }

    @Test
    void onWhatWasReadTooLongAgoNoEdgeIsAnswered() {
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        state = TestingState.usual().readAt(T0.minusSeconds(29)).state();
        assertGoes(service.graph(call("worker-1", V2)), V3);
        state = TestingState.usual().readAt(T0.minusSeconds(30)).state();
        assertStays(service.graph(call("worker-1", V2)));
    }

    @Test
    void offersArePacedAlsoWhileTheyAreBeingStored() {
        threads = waiting::add;
        List<CompletionStage<Answer>> answers = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            answers.add(service.graph(call("worker-" + i, V2)));
        }
        new ArrayList<>(waiting).forEach(Runnable::run);
        for (int i = 0; i < 4; i++) {
            assertGoes(answers.get(i), V3);
        }
        assertStays(answers.get(4));
        assertStays(answers.get(5));
        assertThat(outcomes).filteredOn(o -> o.equals("workers paced")).hasSize(2);
        waiting.clear();
        service.graph(call("worker-5", V2));
        assertThat(outcomes)
                .filteredOn(o -> o.equals("workers paced"))
                .as("four are open")
                .hasSize(3);
        machines.put("worker-1", running("worker-1", V3));
        threads = Runnable::run;
        assertGoes(service.graph(call("worker-5", V2)), V3);
    }

    @Test
    void aFailedStoreGivesItsTurnBack() {
        machines.failure = new StoreException("away");
        for (int i = 0; i < 10; i++) {
            assertStays(service.graph(call("worker-1", V2)));
        }
        machines.failure = null;
        assertGoes(service.graph(call("worker-1", V2)), V3);
    }

    @Test
    void whoSpeaksInAMachinesNameAndDiffersFromItsKubeletTakesNoOfferAway() {
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        assertStays(service.graph(call("worker-1", V3)));
        assertThat(machines.writes).hasValue(0);
        assertThat(machines.named("worker-1").orElseThrow().evidence().offers()).hasSize(1);
    }

    @Test
    void whatAnOfferWasMadeForStaysWhileItIsOpen() {
        state = TestingState.usual()
                .pin("edge", null, java.util.Set.of("elsewhere"), V3)
                .state();
        machines.put("worker-1", running("worker-1", V2, offer(V3)));
        service.graph(call("worker-1", V2, TestingState.payload(V2, "x86_64"), "elsewhere"));
        assertThat(machines.named("worker-1").orElseThrow().evidence().agentGroup())
                .isEqualTo("workers");
        machines.put("worker-2", running("worker-2", V2));
        service.graph(call("worker-2", V2, TestingState.payload(V2, "x86_64"), "elsewhere"));
        assertThat(machines.named("worker-2").orElseThrow().evidence().agentGroup())
                .as("without an offer")
                .isEqualTo("elsewhere");
    }

    @Test
    void strangersLeaveNoRecord() {
        run(V1);
        assertStays(service.graph(call("made-up", V1)));
        assertStays(service.graph(call(null, V1)));
        password = "secret";
        assertStays(service.graph(call("worker-1", V1)));
        assertThat(machines.all()).isEmpty();
    }

    @Test
    void aWrongPasswordIsToldWithTheGroupThatAsksForOne() {
        run(V1);
        GraphRequest request = call("worker-1", V1).request();
        assertThat(service.graph(new GraphApi.Call(request, "worker-1", "guess"))
                        .toCompletableFuture()
                        .join())
                .as("no password is asked for")
                .isInstanceOf(Answer.Graph.class);
        password = "secret";
        Answer answer = service.graph(new GraphApi.Call(request, "worker-1", "guess"))
                .toCompletableFuture()
                .join();
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.WrongPassword.class,
                        wrapped -> assertStays(java.util.concurrent.CompletableFuture.completedFuture(wrapped.same())));
        assertThat(wrong).containsExactly("workers");
        assertThat(service.graph(call("worker-1", V1)).toCompletableFuture().join())
                .as("none was sent")
                .isInstanceOf(Answer.Graph.class);
        unreadable = true;
        assertThat(service.graph(new GraphApi.Call(request, "worker-1", "secret"))
                        .toCompletableFuture()
                        .join())
                .as("it cannot be checked now")
                .isInstanceOf(Answer.Graph.class);
        assertThat(wrong).hasSize(1);
    }

    @Test
    void machinesThatAreNoNodesAreBounded() {
        state = TestingState.usual()
                .pin("edge", null, java.util.Set.of("edge"), V3)
                .state();
        for (int i = 1; i <= 4; i++) {
            service.graph(call("box-" + i, V2, TestingState.payload(V2, "x86_64"), "edge"));
        }
        assertThat(machines.all()).hasSize(2);
    }

    @Test
    void aPayloadThatIsNotListedGetsItsOwnNodeAndNoEdge() {
        run(V1);
        String own = "registry.example.org/coreos@sha256:1";
        String json = text(service.graph(call("worker-1", V1, own, "workers")));
        assertThat(json).contains("\"payload\":\"" + own + "\"").endsWith("\"edges\":[]}");
        String other = TestingState.payload(V2, "x86_64");
        assertThat(text(service.graph(call("worker-1", V1, other, "workers"))))
                .as("another release's")
                .contains("\"payload\":\"" + other + "\"")
                .endsWith("\"edges\":[]}");
    }

    @Test
    void whatIsNotServedIsTold() {
        run(V1);
        state = TestingState.usual().notLoaded();
        assertThat(service.graph(call("worker-1", V1)).toCompletableFuture().join())
                .isInstanceOfSatisfying(
                        Answer.Refused.class, r -> assertThat(r.kind()).isEqualTo(GraphKind.NO_GRAPH));
        GraphRequest other =
                new GraphRequest(new Scope("rawhide", "x86_64", Scheme.OCI), null, null, null, null, null, null);
        assertThat(service.graph(new GraphApi.Call(other, null, null))
                        .toCompletableFuture()
                        .join())
                .isInstanceOfSatisfying(
                        Answer.Refused.class, r -> assertThat(r.kind()).isEqualTo(GraphKind.UNKNOWN_SCOPE));
        state = GraphState.NONE;
        assertThat(service.graph(call("worker-1", V1)).toCompletableFuture().join())
                .isInstanceOfSatisfying(
                        Answer.Refused.class, r -> assertThat(r.sentence()).startsWith("There is no UpdateGraph"));
    }

    @Test
    void peopleGetTheWholeGraphUnderItsName() {
        GraphRequest whole =
                new GraphRequest(new Scope("stable", "x86_64", Scheme.OCI), null, null, null, null, null, null);
        Answer.Graph graph = (Answer.Graph) service.graph(new GraphApi.Call(whole, null, null))
                .toCompletableFuture()
                .join();
        assertThat(new String(graph.json(), StandardCharsets.UTF_8))
                .contains(V1)
                .contains(V2)
                .contains(V3);
        assertThat(graph.etag()).matches("[0-9a-f]{24}");
        assertThat(machines.all()).isEmpty();
    }

    @Test
    void aPollOfAHolderThatHasNotSaidThatItIsSteadyIsTold() {
        groups.put(new TestingGroup("workers")
                .holders(TestingGroup.holder(
                        "worker-1",
                        "token",
                        TestingGroup.node("worker-1", "pool", "a", null).ref(),
                        Phase.REBOOTING,
                        T0,
                        T0))
                .view());
        groups.catchUp("workers", _ -> {});
        service.graph(call("worker-1", V2));
        service.graph(call("worker-2", V2));
        assertThat(polled).containsExactly("worker-1");
    }
}
