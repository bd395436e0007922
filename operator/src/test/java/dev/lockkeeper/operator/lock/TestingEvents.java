package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps the reasons of what is told at nodes. */
public final class TestingEvents implements Events {

    final List<String> atNodes = new ArrayList<>();
    public final List<String> atPoolWindows = new ArrayList<>();
    public final List<String> judged = new ArrayList<>();
    public final List<String> judgedAt = new ArrayList<>();
    private final Set<String> quarantines = new HashSet<>();
    public final List<String> atReleases = new ArrayList<>();

    @Override
    public void group(String rebootGroup, Reason reason, String note) {}

    @Override
    public synchronized void node(NodeRef node, Reason reason, String note) {
        atNodes.add(reason.name());
    }

    @Override
    public synchronized void poolWindow(String poolWindow, String uid, Reason reason, String note) {
        atPoolWindows.add(poolWindow + " " + reason + ": " + note);
    }

    @Override
    public synchronized void judged(NodeRef node, String rebootGroup, String key, String note) {
        judged.add(note);
        judgedAt.add((node == null ? null : node.name()) + " " + rebootGroup);
    }

    @Override
    public synchronized void quarantined(String release, String uid, String key, String note) {
        if (quarantines.add(release + " " + key)) {
            atReleases.add(release + " Quarantined: " + note);
        }
    }

    @Override
    public void refused(NodeRef node, String rebootGroup, String machine, Refusal refusal) {}
}
