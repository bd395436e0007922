package dev.lockkeeper.fleetlock.semaphore;

import java.time.Instant;

/**
 * A machine that failed and gave its slot back: it stays cordoned, by the token of its holding, and listed.
 *
 * @param version what it came back with; null: not known
 * @param releaseWithheld whether the release that it failed on is withheld from its architecture now: then the failure is answered, and no
 *     other machine need wait because of it
 */
public record Parked(
        String token, String id, NodeRef node, String version, String verdict, boolean releaseWithheld, Instant since) {

    Parked withholding(boolean now) {
        return new Parked(token, id, node, version, verdict, now, since);
    }

    /** Whether it is the machine with that id or on that node (null: none). */
    public boolean isOf(String otherId, NodeRef otherNode) {
        return id.equals(otherId) || isOn(otherNode);
    }

    public boolean isOn(NodeRef otherNode) {
        return node != null && otherNode != null && node.uid().equals(otherNode.uid());
    }
}
