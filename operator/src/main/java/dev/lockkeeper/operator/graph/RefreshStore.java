package dev.lockkeeper.operator.graph;

import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.GroupStatus.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the leader keeps what it fetched, and tells how that went. All of it blocks. */
public interface RefreshStore {

    /** @param version of what was read, for the write that follows */
    record Stored(StreamData data, String version) {}

    /** What is stored now, by quorum; empty if nothing is, or nothing that can be understood. */
    Optional<Stored> read(GraphView graph, String stream) throws StoreException;

    /**
     * Stores data in place of what was read.
     *
     * @param before null: nothing was there
     * @throws StoreException also if somebody else was faster
     */
    void write(GraphView graph, StreamData data, Stored before) throws StoreException;

    /** The data of a ConfigMap that is a source. */
    Map<String, String> configMap(String namespace, String name) throws FetchException;

    /**
     * How an UpdateGraph stands.
     *
     * @param lastRefresh when all streams were last read; null: never
     */
    record Status(
            long observedGeneration,
            String summary,
            Instant lastRefresh,
            List<Scope> scopes,
            List<Doubtful> doubtful,
            List<Condition> conditions) {}

    record Scope(
            String stream,
            String architecture,
            String scheme,
            int releases,
            int edges,
            String newest,
            Instant lastRefresh) {}

    record Doubtful(String stream, String hash, List<String> reasons) {}

    void tell(GraphView graph, Status status) throws StoreException;
}
