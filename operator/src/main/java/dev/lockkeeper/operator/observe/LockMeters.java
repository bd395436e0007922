package dev.lockkeeper.operator.observe;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.operator.lock.AgentApi;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.Groups;
import dev.lockkeeper.operator.lock.HolderWork;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.Nodes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Turns what the lock does and shows into metrics. */
public final class LockMeters implements HolderWork.Observations {

    private static final String NODE_ARCHITECTURE = "kubernetes.io/arch";

    private final Meters meters;
    private final Groups groups;
    private final Nodes nodes;
    private final ToIntFunction<String> waiting;
    private final Function<String, String> architectures;
    private final Clock clock;

    /**
     * @param waiting the status field {@code waiting} of a RebootGroup, by its name; 0 if it has none
     * @param architectures of machines that are no nodes, by their agents' ids; null if one is not known
     */
    public LockMeters(
            Meters meters,
            Groups groups,
            Nodes nodes,
            ToIntFunction<String> waiting,
            Function<String, String> architectures,
            Clock clock) {
        this.meters = meters;
        this.groups = groups;
        this.nodes = nodes;
        this.waiting = waiting;
        this.architectures = architectures;
        this.clock = clock;
    }

    /** To be called when a RebootGroup changed in the cache, or went. */
    public void changed(String rebootGroup) {
        groups.named(rebootGroup)
                .ifPresentOrElse(
                        group -> meters.groupStatus(GroupFigures.of(group, waiting.applyAsInt(rebootGroup))),
                        () -> meters.groupGone(rebootGroup));
    }

    /** The same answers, counted and timed. */
    public AgentApi measured(AgentApi lock) {
        return new AgentApi() {
            @Override
            public CompletionStage<Reply> preReboot(Call call) {
                return measure("pre-reboot", call, lock::preReboot);
            }

            @Override
            public CompletionStage<Reply> steadyState(Call call) {
                return measure("steady-state", call, lock::steadyState);
            }
        };
    }

    private CompletionStage<AgentApi.Reply> measure(
            String api, AgentApi.Call call, Function<AgentApi.Call, CompletionStage<AgentApi.Reply>> ask) {
        Instant arrived = clock.instant();
        return ask.apply(call).whenComplete((reply, error) -> {
            boolean gone = call.gone().toCompletableFuture().isDone();
            String outcome = gone ? Meters.CLIENT_GONE : reply == null ? Kind.INTERNAL_ERROR.text() : reply.kind();
            String rebootGroup = rebootGroup(call);
            meters.request(api, rebootGroup, outcome);
            if (reply != null && Kind.UNAUTHORIZED.text().equals(reply.kind()) && call.password() != null) {
                meters.wrongPassword(rebootGroup);
            }
            meters.hold(api, Duration.between(arrived, clock.instant()));
            if (groups.membership().serving(call.group()).isEmpty()) {
                meters.unknownGroup(call.id());
            }
        });
    }

    /** The RebootGroup that a request is about, null where that is not clear. */
    private String rebootGroup(AgentApi.Call call) {
        return groups.heldBy(call.id())
                .or(() -> serving(call))
                .map(GroupView::name)
                .orElse(null);
    }

    private Optional<GroupView> serving(AgentApi.Call call) {
        List<GroupView> serving = groups.membership().serving(call.group());
        if (serving.size() > 1) {
            List<NodeView> machine = nodes.withAgentId(call.id());
            serving = machine.size() == 1 ? groups.membership().serving(call.group(), machine.getFirst()) : List.of();
        }
        return serving.size() == 1 ? Optional.of(serving.getFirst()) : Optional.empty();
    }

    @Override
    public void drainFinished(String group, String result, Duration duration) {
        meters.drainFinished(group, result, duration);
    }

    @Override
    public void rebooted(NodeRef node, Duration duration) {
        meters.rebooted(architecture(node), duration);
    }

    @Override
    public void rebooted(String agentId, Duration duration) {
        meters.rebooted(architectures.apply(agentId), duration);
    }

    @Override
    public void verified(NodeRef node, Duration duration) {
        meters.verified(architecture(node), duration);
    }

    private String architecture(NodeRef node) {
        return nodes.named(node.name())
                .map(n -> n.labels().get(NODE_ARCHITECTURE))
                .orElse(null);
    }
}
