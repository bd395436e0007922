package dev.lockkeeper.operator;

import dev.lockkeeper.operator.graph.GraphApi;
import dev.lockkeeper.operator.kube.Startup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers 503 until everything was read once: without pins, a machine would be offered what it must not run. */
final class ReadyGraphApi implements GraphApi {

    private final GraphApi graphs;
    private final Startup startup;

    ReadyGraphApi(GraphApi graphs, Startup startup) {
        this.graphs = graphs;
        this.startup = startup;
    }

    @Override
    public CompletionStage<Answer> graph(Call call) {
        return startup.serving()
                ? graphs.graph(call)
                : CompletableFuture.completedFuture(new Answer.Unavailable(
                        "This replica is starting: " + startup.problem().replaceFirst("\\.$", "") + ". Ask again."));
    }
}
