package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Refusal;

/** Who may be told how the machines of a group are configured: the port between the HTTP room and this one. The call does not block. */
public interface GroupAccess {

    /**
     * @param group what agents send as their group, 1 to 63 of {@code [a-zA-Z0-9.-]}
     * @param password what came with the request; null: none
     */
    Answer enter(String group, String password);

    /** Whether the group is open to the caller. */
    sealed interface Answer {

        /** @param byPassword whether the password is one of the group's; false if the group asks for none */
        record Admitted(boolean byPassword) implements Answer {}

        record Refused(Refusal refusal) implements Answer {}
    }
}
