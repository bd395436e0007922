package dev.lockkeeper.operator.http;

import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one event loop, used by it alone. Knows which of them have no request, so that those who only connect, or never
 * end their request's head, are closed, while held requests may be silent for as long as they are held.
 */
final class Connections {

    private final Map<HttpConnection, Use> uses = new IdentityHashMap<>();
    private final AtomicInteger all;
    private final int most;

    private static final class Use {
        private int requests;
        private long quietSince;
    }

    /**
     * @param all how many connections all event loops have
     * @param most how many these may be
     */
    Connections(AtomicInteger all, int most) {
        this.all = all;
        this.most = most;
    }

    /** Whether the connection may stay; one too many is closed. */
    boolean opened(HttpConnection connection, long now) {
        if (all.incrementAndGet() > most) {
            all.decrementAndGet();
            connection.close();
            return false;
        }
        Use use = new Use();
        use.quietSince = now;
        uses.put(connection, use);
        connection.closeHandler(_ -> {
            if (uses.remove(connection) != null) {
                all.decrementAndGet();
            }
        });
        return true;
    }

    void requestBegins(HttpConnection connection) {
        Use use = uses.get(connection);
        if (use != null) {
            use.requests++;
        }
    }

    void requestEnds(HttpConnection connection, long now) {
        Use use = uses.get(connection);
        if (use != null) {
            use.requests--;
            use.quietSince = now;
        }
    }

    /** Closes the connections that had no request for so many nanoseconds. */
    void closeQuiet(long now, long nanos) {
        List<HttpConnection> quiet = new ArrayList<>();
        uses.forEach((connection, use) -> {
            if (use.requests == 0 && now - use.quietSince >= nanos) {
                quiet.add(connection);
            }
        });
        quiet.forEach(HttpConnection::close);
    }
}
