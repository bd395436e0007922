package dev.lockkeeper.cincinnati.protocol;

/** What a query came to: a {@link GraphRequest}, or why it is none. */
public sealed interface GraphParsed permits GraphRequest, GraphParsed.Refused {

    /** @param missing whether a mandatory parameter is absent; else one is ill-formed. The sentence names it. */
    record Refused(boolean missing, String sentence) implements GraphParsed {}
}
