package dev.lockkeeper.operator;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.operator.kube.Startup;
import dev.lockkeeper.operator.lock.AgentApi;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers 503 until the caches were filled once: an empty cache would call every group unknown. */
final class ReadyAgentApi implements AgentApi {

    private final AgentApi lock;
    private final Startup startup;

    ReadyAgentApi(AgentApi lock, Startup startup) {
        this.lock = lock;
        this.startup = startup;
    }

    @Override
    public CompletionStage<Reply> preReboot(Call call) {
        return startup.serving() ? lock.preReboot(call) : starting();
    }

    @Override
    public CompletionStage<Reply> steadyState(Call call) {
        return startup.serving() ? lock.steadyState(call) : starting();
    }

    private CompletionStage<Reply> starting() {
        return CompletableFuture.completedFuture(new Reply(
                Kind.STORE_UNAVAILABLE.status(),
                Kind.STORE_UNAVAILABLE.text(),
                "This replica is starting: " + startup.problem().replaceFirst("\\.$", "") + ". Ask again."));
    }
}
