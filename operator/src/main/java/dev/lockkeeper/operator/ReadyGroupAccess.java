package dev.lockkeeper.operator;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.operator.kube.Startup;
import dev.lockkeeper.operator.lock.GroupAccess;

/** Refuses with 503 until the caches were filled once: an empty cache would call every group unknown. */
final class ReadyGroupAccess implements GroupAccess {

    private final GroupAccess groups;
    private final Startup startup;

    ReadyGroupAccess(GroupAccess groups, Startup startup) {
        this.groups = groups;
        this.startup = startup;
    }

    @Override
    public Answer enter(String group, String password) {
        return startup.serving()
                ? groups.enter(group, password)
                : new Answer.Refused(new Refusal(
                        Kind.STORE_UNAVAILABLE,
                        "This replica is starting: " + startup.problem().replaceFirst("\\.$", "") + ". Ask again."));
    }
}
