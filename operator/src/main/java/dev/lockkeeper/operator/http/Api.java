package dev.lockkeeper.operator.http;

import dev.lockkeeper.operator.lock.AgentApi;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** One of the two calls that agents make, as metrics name it. */
record Api(String name, Function<AgentApi.Call, CompletionStage<AgentApi.Reply>> ask) {}
