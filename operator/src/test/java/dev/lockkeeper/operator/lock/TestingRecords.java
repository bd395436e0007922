package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records of machines that say what a test wants, and remember what they were told. */
final class TestingRecords implements MachineRecords {

    final List<String> told = new CopyOnWriteArrayList<>();
    volatile Refusal objection;
    volatile Refusal objectionNow;
    volatile String offered = "44.20260707.3.1";
    volatile StoreException failure;
    volatile CompletionStage<Optional<Refusal>> started = CompletableFuture.completedFuture(Optional.empty());

    @Override
    public Optional<Refusal> objection(AgentApi.Call call) {
        return Optional.ofNullable(objection);
    }

    @Override
    public Clearance clearance(AgentApi.Call call) throws StoreException {
        if (failure != null) {
            throw failure;
        }
        return new Clearance(objectionNow, "44.20260621.3.1", offered);
    }

    @Override
    public void asked(AgentApi.Call call) {
        told.add("asked " + call.id());
    }

    @Override
    public CompletionStage<Optional<Refusal>> started(AgentApi.Call call) {
        told.add("started " + call.id());
        return started;
    }
}
