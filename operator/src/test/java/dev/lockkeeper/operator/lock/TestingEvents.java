package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import java.util.ArrayList;
import java.util.List;

/** Keeps the reasons of what is told at nodes. */
final class TestingEvents implements Events {

    final List<String> atNodes = new ArrayList<>();

    @Override
    public void group(String rebootGroup, Reason reason, String note) {}

    @Override
    public synchronized void node(NodeRef node, Reason reason, String note) {
        atNodes.add(reason.name());
    }

    @Override
    public void refused(NodeRef node, String rebootGroup, String machine, Refusal refusal) {}
}
