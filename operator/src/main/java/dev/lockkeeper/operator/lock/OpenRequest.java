package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.Asker;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** One pre-reboot request while it is open. Used by the lock service's own thread only, but for its answer. */
final class OpenRequest {

    final AgentApi.Call call;
    final String id;
    final String rebootGroup;
    final NodeRef node;
    final Instant arrivedAt;
    final Instant deadline;
    /** Behind all others: it gave a slot back a moment ago. */
    final boolean hadItsTurn;

    final CompletableFuture<AgentApi.Reply> answer = new CompletableFuture<>();
    private final String freshToken = UUID.randomUUID().toString();

    /** The holding that this request belongs to; null while it waits for a slot. */
    String boundToken;

    boolean firstLook = true;
    /** When the store was last asked. */
    Instant looked;

    boolean swapInFlight;
    boolean lookAgain;
    Refusal meanwhile = new Refusal(Kind.LOCK_HELD, "The request was not looked at yet.");

    OpenRequest(
            AgentApi.Call call,
            String rebootGroup,
            NodeRef node,
            boolean hadItsTurn,
            Instant arrivedAt,
            Instant deadline) {
        this.call = call;
        this.id = call.id();
        this.rebootGroup = rebootGroup;
        this.node = node;
        this.hadItsTurn = hadItsTurn;
        this.arrivedAt = arrivedAt;
        this.looked = arrivedAt;
        this.deadline = deadline;
    }

    Asker asker(boolean countedUnready, List<String> unreadyNames) {
        return new Asker(id, node, boundToken, firstLook, freshToken, countedUnready, unreadyNames);
    }

    boolean isOpen() {
        return !answer.isDone();
    }
}
