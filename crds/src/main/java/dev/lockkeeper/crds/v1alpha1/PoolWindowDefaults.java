package dev.lockkeeper.crds.v1alpha1;

/** What applies where a PoolWindow says nothing; the schema has the same defaults. */
public final class PoolWindowDefaults {

    public static final String MAX_PAUSE = "168h";

    private PoolWindowDefaults() {}
}
