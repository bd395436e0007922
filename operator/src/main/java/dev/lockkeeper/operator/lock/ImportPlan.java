package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.Holder;

/** What is to be done next about a former server's lock that people want taken over. */
sealed interface ImportPlan {

    /** Something is in the way: the wish stays, and with it the group gives no new slot. */
    record Refuse(String why) implements ImportPlan {}

    /**
     * There is nobody to take over: the wish is done with.
     *
     * @param mark the state of the lock that is dealt with so
     */
    record Nothing(String why, String mark) implements ImportPlan {}

    /**
     * @param node null for a machine that is no node
     * @param mark the state of the lock that names the machine
     */
    record TakeOver(String id, NodeView node, String mark) implements ImportPlan {}

    /**
     * The holder is in: its cordon is taken over, then the wish is done with.
     *
     * @param mark the state of the lock that is dealt with so
     */
    record Finish(Holder holder, String mark) implements ImportPlan {}

    /** The holder is in, and the lock says by now that it does not reboot any more. */
    record GiveBack(Holder holder, String why) implements ImportPlan {}
}
