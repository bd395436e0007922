package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Decides by the RebootGroups that serve a group, as the lock would for a machine that is in none yet: one that asks for no password, or
 * for the one that was given, lets the caller in. Only a wrong password is refused also where no password would do.
 */
public final class PasswordAccess implements GroupAccess {

    private final Supplier<Membership> memberships;
    private final BiFunction<GroupView, String, Optional<Refusal>> password;

    /** @param password why a password (null: none) does not open a RebootGroup; empty if it does, or if there is nothing to open */
    public PasswordAccess(Supplier<Membership> memberships, BiFunction<GroupView, String, Optional<Refusal>> password) {
        this.memberships = memberships;
        this.password = password;
    }

    @Override
    public Answer enter(String group, String given) {
        Membership membership = memberships.get();
        List<GroupView> serving = membership.serving(group);
        if (serving.isEmpty()) {
            return new Answer.Refused(Admission.unknownGroup(membership, group));
        }
        List<Optional<Refusal>> guarded = serving.stream()
                .filter(g -> g.secret() != null)
                .map(g -> password.apply(g, given))
                .toList();
        if (guarded.stream().anyMatch(Optional::isEmpty)) {
            return new Answer.Admitted(true);
        }
        boolean open = guarded.isEmpty() || guarded.size() < serving.size() && given == null;
        return open
                ? new Answer.Admitted(false)
                : new Answer.Refused(guarded.getFirst().orElseThrow());
    }
}
