package dev.lockkeeper.crds.v1alpha1;

/** Which machines may take slots of a RebootGroup. The constants are spelled as in the API. */
public enum Machines {
    /** Only machines that are nodes of this cluster. */
    Nodes,
    /** Machines that are no nodes too; they are not drained. */
    NodesAndOthers
}
