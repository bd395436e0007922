package dev.lockkeeper.operator.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.operator.lock.AgentApi;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class AnswerWriterTest {

    @Test
    void aRequestThatComesWhileTheReplicaStopsIsSentToAnotherOne() {
        AgentApi.Reply reply = new AnswerWriter(null, null, null)
                .unexpected(new CompletionException(new RejectedExecutionException("shut down")));
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.kind()).isEqualTo(Kind.STORE_UNAVAILABLE.text());
        assertThat(reply.value()).contains("stopping");
    }
}
