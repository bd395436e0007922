package dev.lockkeeper.operator.http;

import dev.lockkeeper.operator.graph.GraphApi;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Graphs that answer what a test wants. */
final class TestingGraphs implements GraphApi {

    static final String DOCUMENT = "{\"nodes\":[],\"edges\":[]}";

    final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    volatile CompletionStage<Answer> answer = CompletableFuture.completedFuture(document(null));

    static Answer document(String etag) {
        return new Answer.Graph(DOCUMENT.getBytes(StandardCharsets.UTF_8), etag);
    }

    @Override
    public CompletionStage<Answer> graph(Call call) {
        calls.add(call);
        return answer;
    }
}
