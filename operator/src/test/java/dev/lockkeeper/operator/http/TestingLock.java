package dev.lockkeeper.operator.http;

import dev.lockkeeper.operator.lock.AgentApi;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** A lock that answers as it is told, and remembers what it was asked. */
final class TestingLock implements AgentApi {

    static final Reply GRANTED = new Reply(200, "granted", "worker-1 may reboot now.");

    /** A request that is held. */
    record Held(Call call, CompletableFuture<Reply> answer) {}

    final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    final Queue<Held> held = new ConcurrentLinkedQueue<>();

    volatile Function<Call, CompletionStage<Reply>> preReboot = _ -> CompletableFuture.completedFuture(GRANTED);

    void hold() {
        preReboot = call -> {
            Held request = new Held(call, new CompletableFuture<>());
            held.add(request);
            return request.answer();
        };
    }

    void answer(int status, String kind, String value) {
        preReboot = _ -> CompletableFuture.completedFuture(new Reply(status, kind, value));
    }

    @Override
    public CompletionStage<Reply> preReboot(Call call) {
        calls.add(call);
        return preReboot.apply(call);
    }

    @Override
    public CompletionStage<Reply> steadyState(Call call) {
        calls.add(call);
        return CompletableFuture.completedFuture(new Reply(200, "released", call.id() + " holds no slot."));
    }
}
