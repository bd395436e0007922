package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.fleet.PublishedReleases;

/** The releases of the stream that a soak's machines follow, one more at a time. */
final class SoakReleases {

    private static final String STREAM = "stable";
    /** Above the last barrier. */
    private static final int FIRST = Upstream.COUNT - 3;

    private final Upstream upstream;
    private final PublishedReleases published = Upstream.releases(STREAM);
    private volatile int newest = Upstream.COUNT - 1;

    SoakReleases(Upstream upstream) {
        this.upstream = upstream;
    }

    String first() {
        return Upstream.version(STREAM, FIRST);
    }

    String newest() {
        return Upstream.version(STREAM, newest);
    }

    void publishNext() {
        String next = Upstream.version(STREAM, newest + 1);
        upstream.publish(published.out(next));
        newest++;
    }
}
