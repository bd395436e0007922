package dev.lockkeeper.testbed.fleet;

import java.net.URI;
import java.util.Optional;

/**
 * How an agent asks for its graph. Whether it asks for images or for OSTree commits is what its machine's payload is.
 *
 * @param baseUrl as in Zincati's {@code cincinnati.base_url}; {@code user:pass@} becomes Basic credentials.
 *     A path needs a final slash, else its last part is lost
 * @param wariness {@code identity.rollout_wariness}, from 0 to 1; empty: not configured
 * @param platform as the machine's kernel was told, such as {@code metal} or {@code aws}
 */
public record GraphSettings(URI baseUrl, String stream, Optional<Double> wariness, String platform) {

    public GraphSettings {
        AgentSettings.requireHttp(baseUrl);
        if (wariness.isPresent() && !(wariness.get() >= 0 && wariness.get() <= 1)) {
            throw new IllegalArgumentException("wariness is " + wariness.get() + ": give a number from 0 to 1.");
        }
    }

    /** A machine of bare metal on the stable stream. */
    public static GraphSettings of(URI baseUrl) {
        return new GraphSettings(baseUrl, "stable", Optional.empty(), "metal");
    }

    public GraphSettings withStream(String other) {
        return new GraphSettings(baseUrl, other, wariness, platform);
    }

    public GraphSettings withWariness(double other) {
        return new GraphSettings(baseUrl, stream, Optional.of(other), platform);
    }

    public GraphSettings withPlatform(String other) {
        return new GraphSettings(baseUrl, stream, wariness, other);
    }
}
