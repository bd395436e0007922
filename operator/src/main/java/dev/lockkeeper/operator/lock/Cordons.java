package dev.lockkeeper.operator.lock;

import java.util.Optional;

/** Nodes as the API server has them: read by quorum, cordoned and uncordoned with their resourceVersion. Every call blocks. */
public interface Cordons {

    enum Cordon {
        /** The node is cordoned and carries the holding's token. */
        OURS,
        /** A person cordoned it before: nothing was changed, and nothing will be when the holding ends. */
        PERSONS,
        /** Somebody changed the Node meanwhile, or it is gone: read it anew. */
        CHANGED
    }

    /** The Node by a quorum read; empty if there is none. */
    Optional<NodeView> read(String name);

    /** Cordons for a holding; a cordon of ours with another token is taken over. */
    Cordon cordon(NodeView node, String token);

    /**
     * Makes a cordon that stands, whoever set it, that of a holding; a node that is not cordoned is left alone. Only for a lock that people
     * want taken over: its cordon goes with it.
     *
     * @return whether no other cordon than that of the holding is left; false: the Node changed meanwhile, read it anew
     */
    boolean adopt(NodeView node, String token);

    /**
     * Takes the cordon of that token away; a node that is cordoned by anybody else, or not at all, is left alone.
     *
     * @return whether no cordon of that token is left; false: the Node changed meanwhile, read it anew
     */
    boolean uncordon(NodeView node, String token);
}
