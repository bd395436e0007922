package dev.lockkeeper.operator.lock;

import java.util.List;
import java.util.Map;

/**
 * Reads Nodes and pods whole, for expressions that people write: the caches keep only what Lockkeeper itself needs. In what is read,
 * numbers are Long or Double, and nothing is null; metadata.labels, metadata.annotations, spec and status are always there.
 */
public interface NodeFacts {

    /** The API server did not say. The message is a clause for people. */
    final class UnreadException extends Exception {

        public UnreadException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The Node, from a read begun after the call. */
    Map<String, Object> node(String name) throws UnreadException;

    /** The pods that are bound to the node, of all namespaces, likewise. */
    List<Map<String, Object>> pods(String node) throws UnreadException;
}
