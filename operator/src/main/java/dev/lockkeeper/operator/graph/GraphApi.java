package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.protocol.GraphKind;
import dev.lockkeeper.cincinnati.protocol.GraphRequest;
import java.util.concurrent.CompletionStage;

/** What is answered to whoever asks for a graph: the port between the HTTP room and this one. The call does not block. */
public interface GraphApi {

    CompletionStage<Answer> graph(Call call);

    /**
     * One request, its form already checked.
     *
     * @param user the user name of HTTP Basic; null if there are no well-formed credentials
     * @param password the password of HTTP Basic; null exactly where user is
     */
    record Call(GraphRequest request, String user, String password) {

        /** Without the password, so that no log line can show it. */
        @Override
        public String toString() {
            return "Call[" + request + ", user=" + user + "]";
        }
    }

    /** A graph, or why there is none. */
    sealed interface Answer {

        /**
         * @param json the protocol's document, not to be changed
         * @param etag names exactly this document; null: it must not be kept, because it was decided for one machine now
         */
        record Graph(byte[] json, String etag) implements Answer {}

        /** @param sentence for people, never empty */
        record Refused(GraphKind kind, String sentence) implements Answer {}

        /** A fault of ours: what is needed to answer cannot be read now. */
        record Unavailable(String sentence) implements Answer {}

        /**
         * The same as any stranger gets, to a request whose password is not one of its group's.
         *
         * @param same none of this kind
         */
        record WrongPassword(Answer same) implements Answer {}
    }
}
