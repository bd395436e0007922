package dev.lockkeeper.operator.graph;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.policy.NextHop;
import dev.lockkeeper.cincinnati.policy.Policy;
import dev.lockkeeper.operator.lock.Groups;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.Nodes;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Explains in words, by the very decision that agents are answered with, why a machine is offered a release or nothing. */
public final class Explainer implements ExplainApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int NOT_FOUND = 404;

    private final Supplier<GraphState> states;
    private final Groups groups;
    private final Nodes nodes;
    private final Machines machines;
    private final GraphService service;
    private final Clock clock;

    public Explainer(
            Supplier<GraphState> states,
            Groups groups,
            Nodes nodes,
            Machines machines,
            GraphService service,
            Clock clock) {
        this.states = states;
        this.groups = groups;
        this.nodes = nodes;
        this.machines = machines;
        this.service = service;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Explained> explain(Asked asked) {
        return CompletableFuture.completedFuture(
                switch (asked) {
                    case Asked.Node(String name) -> node(name);
                    case Asked.Query(var request) -> explain(GraphService.subject(request));
                });
    }

    private Explained node(String name) {
        MachineView machine = machines.named(name).orElse(null);
        Optional<NodeView> node = nodes.named(name);
        if (machine == null && node.isEmpty()) {
            return new Explained.Refused(
                    NOT_FOUND, "unknown_machine", "There is neither a Node nor a FleetMachine '" + name + "'.");
        }
        MachineView.Evidence said = machine == null ? MachineView.Evidence.NONE : machine.evidence();
        Scope scope = Withdrawal.scope(said);
        if (scope == null) {
            return new Explained.Refused(
                    NOT_FOUND,
                    "no_evidence",
                    "The agent of '" + name + "' has never asked for the graph, so it is not known what it runs."
                            + " Ask with the parameters that it would send.");
        }
        return explain(new Decision.Subject(
                scope, said.agentId(), said.version(), said.payload(), said.agentGroup(), said.wariness()));
    }

    private Explained explain(Decision.Subject subject) {
        GraphState state = states.get();
        Identity who = Identity.of(Identity.Said.of(subject), groups.membership(), nodes, state.policies(), _ -> true);
        Decision decision = Decision.of(state, subject, who.node(), who.denial(), clock.instant());
        MachineView machine = who.record() == null
                ? null
                : machines.named(who.record()).orElseGet(() -> MachineView.absent(who.record()));
        ObjectNode json = JSON.objectNode();
        String obstacle = service.obstacle(state, decision, machine);
        boolean goes = obstacle == null;
        json.put("summary", summary(decision, obstacle, machine));
        json.put("offered", goes ? decision.hop().release().version() : null);
        ObjectNode asked = json.putObject("machine");
        asked.put("id", subject.id());
        asked.put("record", who.record());
        asked.put("scope", subject.scope().toString());
        asked.put("version", subject.version());
        asked.put("group", who.group() == null ? null : who.group().name());
        json.put("pin", decision.pin() == null ? null : decision.pin().name());
        if (decision.rival() != null) {
            json.put("rival", decision.rival().name());
        }
        if (decision.served() instanceof Served.Found found) {
            json.put("graph", found.graph().name());
        }
        ArrayNode looked = json.putArray("releases");
        if (decision.hop() != null) {
            decision.hop().looked().forEach(release -> looked.add(verdicts(release)));
        }
        return new Explained.Text(json.toPrettyString() + "\n");
    }

    private static ObjectNode verdicts(NextHop.Looked looked) {
        ObjectNode one = JSON.objectNode();
        one.put("version", looked.release().version());
        ObjectNode policies = one.putObject("policies");
        for (Policy policy : Policy.values()) {
            policies.put(
                    policy.name().toLowerCase(Locale.ROOT), looked.objections().getOrDefault(policy, "lets it"));
        }
        return one;
    }

    private static String summary(Decision decision, String obstacle, MachineView machine) {
        if (obstacle != null) {
            return obstacle;
        }
        boolean stored =
                machine.evidence().offer(decision.hop().release().version()).isPresent();
        return decision.why()
                + (stored
                        ? " It was offered to it."
                        : " It is offered as soon as its turn among the open offers comes.");
    }
}
