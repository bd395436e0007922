package dev.lockkeeper.cincinnati.protocol;

import java.util.Locale;

/** Why a request for a graph is refused, with its HTTP status. Agents make the kind a metric label, so the list is short and fixed. */
public enum GraphKind {
    /** A mandatory parameter is absent. */
    MISSING_PARAMS(400),
    /** A parameter is ill-formed, or there twice. */
    INVALID_PARAMS(400),
    /** There is no such stream, or no such architecture. */
    UNKNOWN_SCOPE(404),
    /** The stream's releases are not known yet. */
    NO_GRAPH(503);

    private final int status;

    GraphKind(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** The kind as it stands in the body, such as {@code no_graph}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
