package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.protocol.GraphRequest;
import java.util.concurrent.CompletionStage;

/** Tells why a machine is offered what it is offered: the port between the HTTP room and this one. The call does not block. */
public interface ExplainApi {

    CompletionStage<Explained> explain(Asked asked);

    /** About which machine. */
    sealed interface Asked {

        /** As it was heard of last. */
        record Node(String name) implements Asked {}

        /** As an agent would say of itself; its form is checked already. */
        record Query(GraphRequest request) implements Asked {}
    }

    sealed interface Explained {

        /** @param json a document */
        record Text(String json) implements Explained {}

        /** @param sentence for people, never empty */
        record Refused(int status, String kind, String sentence) implements Explained {}
    }
}
