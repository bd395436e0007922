package dev.lockkeeper.crds.v1alpha1;

/** What the schema demands of names, as CEL. */
final class Names {

    private static final String STREAM = "matches('^[a-z0-9][a-z0-9.-]{0,62}$')";

    static final String STREAM_RULE = "self." + STREAM;
    static final String STREAMS_RULE = "self.all(name, name." + STREAM + ")";
    static final String GROUPS_RULE = "self.all(name, name.matches('^[a-zA-Z0-9.-]{1,63}$'))";

    private Names() {}
}
