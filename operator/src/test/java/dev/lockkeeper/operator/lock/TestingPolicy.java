package dev.lockkeeper.operator.lock;

import java.time.Duration;

/** The defaults of a drain, for tests. */
final class TestingPolicy {

    static final DrainPolicy DEFAULT = of(DrainPolicy.Mode.EVICT, DrainPolicy.Unmanaged.LEAVE, true, null);

    private TestingPolicy() {}

    static DrainPolicy of(
            DrainPolicy.Mode mode,
            DrainPolicy.Unmanaged unmanaged,
            boolean deleteEmptyDirData,
            LabelMatch podSelector) {
        return new DrainPolicy(
                mode,
                Duration.ofMinutes(30),
                DrainPolicy.OnTimeout.RELEASE,
                podSelector,
                unmanaged,
                deleteEmptyDirData,
                "lockkeeper");
    }

    static DrainPolicy mode(DrainPolicy.Mode mode) {
        return of(mode, DrainPolicy.Unmanaged.LEAVE, true, null);
    }

    static DrainPolicy unmanaged(DrainPolicy.Unmanaged unmanaged) {
        return of(DrainPolicy.Mode.EVICT, unmanaged, true, null);
    }

    static DrainPolicy keepEmptyDirData() {
        return of(DrainPolicy.Mode.EVICT, DrainPolicy.Unmanaged.LEAVE, false, null);
    }

    static DrainPolicy podSelector(LabelMatch podSelector) {
        return of(DrainPolicy.Mode.EVICT, DrainPolicy.Unmanaged.LEAVE, true, podSelector);
    }
}
