package dev.lockkeeper.testbed.fleet;

import java.net.URI;
import java.util.Optional;

/**
 * How an agent asks for its graph.
 *
 * @param baseUrl as in Zincati's {@code cincinnati.base_url}, http only; {@code user:pass@} becomes Basic credentials
 * @param oci whether the machine's payloads are images; else they are OSTree commits
 * @param wariness {@code identity.rollout_wariness}; empty: not configured
 */
public record GraphSettings(URI baseUrl, String stream, boolean oci, Optional<Double> wariness) {

    /** A machine on the stable stream whose payloads are images. */
    public static GraphSettings of(URI baseUrl) {
        return new GraphSettings(baseUrl, "stable", true, Optional.empty());
    }

    public GraphSettings withStream(String other) {
        return new GraphSettings(baseUrl, other, oci, wariness);
    }

    public GraphSettings withWariness(double other) {
        return new GraphSettings(baseUrl, stream, oci, Optional.of(other));
    }
}
