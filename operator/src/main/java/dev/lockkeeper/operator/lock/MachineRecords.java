package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.store.StoreException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What is known of the machine that asks, and of the release that it may have staged: the port to the room that offers releases. */
public interface MachineRecords {

    /** Why the machine must not reboot now, as far as this replica knows; empty if it may. Does not block. */
    Optional<Refusal> objection(AgentApi.Call call);

    /**
     * What reads that begin after the call show.
     *
     * @param objection why the machine must not reboot; null: it may
     * @param version what its agent says that it runs; null: it has not said
     * @param offered the release that it was last offered and does not run; null: none
     */
    record Clearance(Refusal objection, String version, String offered) {}

    /** Whether the machine may reboot, by reads that begin after the call, and to what. Blocks. */
    Clearance clearance(AgentApi.Call call) throws StoreException;

    /** The machine asked for a slot. Does not block. */
    void asked(AgentApi.Call call);

    /**
     * The agent has started anew, and told so: what was withdrawn of its offers is forgotten. It looks at the graph only after it was
     * answered, so this is stored before that; only what was known when the call began is forgotten.
     *
     * @return why it could not be stored; empty if it was
     */
    CompletionStage<Optional<Refusal>> started(AgentApi.Call call);
}
