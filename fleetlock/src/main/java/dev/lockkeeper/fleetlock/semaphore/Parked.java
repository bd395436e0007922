package dev.lockkeeper.fleetlock.semaphore;

import java.time.Instant;

/** A machine that failed and gave its slot back: it stays cordoned, by the token of its holding, and listed. */
public record Parked(String token, String id, NodeRef node, String version, String verdict, Instant since) {

    /** Whether it is the machine with that id or on that node (null: none). */
    public boolean isOf(String otherId, NodeRef otherNode) {
        return id.equals(otherId) || isOn(otherNode);
    }

    public boolean isOn(NodeRef otherNode) {
        return node != null && otherNode != null && node.uid().equals(otherNode.uid());
    }
}
