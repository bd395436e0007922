package dev.lockkeeper.operator.lock;

import java.util.Optional;

/** The RebootGroups that this replica knows of. They may be old: good for refusing and for waking up, never for giving a slot. */
public interface Groups {

    Membership membership();

    Optional<GroupView> named(String rebootGroup);

    /** The RebootGroup in which the id holds a slot. */
    Optional<GroupView> heldBy(String id);
}
