package dev.lockkeeper.crds.v1alpha1;

/** What applies where a StreamPin says nothing; the schema has the same defaults. */
public final class StreamPinDefaults {

    public static final int PRIORITY = 0;
    public static final String STREAM = "stable";
    public static final String MINIMUM_AGE = "0s";
    public static final boolean FOLLOW_ROLLOUT = true;

    private StreamPinDefaults() {}
}
