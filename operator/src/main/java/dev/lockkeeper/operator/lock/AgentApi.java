package dev.lockkeeper.operator.lock;

import java.util.concurrent.CompletionStage;

/**
 * What the lock answers to agents: the port between the HTTP room and this one. Neither call blocks; the answer may come much
 * later, from any thread.
 */
public interface AgentApi {

    /** May the machine reboot now? 200 only when it may (design, promise 2). */
    CompletionStage<Reply> preReboot(Call call);

    /** The machine is steady: what it holds may be verified and freed (design, promise 3). */
    CompletionStage<Reply> steadyState(Call call);

    /**
     * One request of an agent, its form already checked.
     *
     * @param id 1 to 64 of {@code [0-9A-Za-z-]}
     * @param group what the agent sends as its group, 1 to 63 of {@code [a-zA-Z0-9.-]}
     * @param user the user name of HTTP Basic; null if there are no well-formed credentials
     * @param password the password of HTTP Basic; null exactly where user is
     * @param gone completes when the client disconnects before it was answered; after that the answer is dropped
     */
    record Call(String id, String group, String user, String password, CompletionStage<Void> gone) {

        /** Without the password, so that no log line can show it. */
        @Override
        public String toString() {
            return "Call[id=" + id + ", group=" + group + ", user=" + user + "]";
        }
    }

    /**
     * @param status the HTTP status
     * @param kind {@code granted}, {@code released} or the kind of the refusal
     * @param value a sentence for people, never empty
     */
    record Reply(int status, String kind, String value) {}
}
