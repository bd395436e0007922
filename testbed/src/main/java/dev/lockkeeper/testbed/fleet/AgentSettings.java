package dev.lockkeeper.testbed.fleet;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * How an agent is configured.
 *
 * @param baseUrl as in Zincati's {@code fleet_lock.base_url}; {@code user:pass@} becomes Basic credentials.
 *     A path needs a final slash, else its last part is lost
 * @param group the group that the agent names
 * @param timeScale what a waiting second of Zincati takes here, in seconds: 0.01 makes 300 s out of 30,000
 * @param seed of the jitter; each machine mixes its name into it
 * @param httpTimeout after which an unanswered request is given up; not scaled, since the server's own times are not
 * @param graph where the agent learns of releases, if its machine has a payload; empty: the test stages them
 * @param trust the authorities that the machine's host trusts, for https; empty: those of this Java
 */
public record AgentSettings(
        URI baseUrl,
        String group,
        double timeScale,
        long seed,
        Duration httpTimeout,
        Optional<GraphSettings> graph,
        Optional<SSLContext> trust) {
    public AgentSettings {
        requireHttp(baseUrl);
        if (!(timeScale > 0)) {
            throw new IllegalArgumentException("timeScale is " + timeScale + ": give a number above 0.");
        }
    }

    static void requireHttp(URI baseUrl) {
        if (!Set.of("http", "https").contains(String.valueOf(baseUrl.getScheme())) || baseUrl.getHost() == null) {
            throw new IllegalArgumentException(
                    "Agents speak http or https, not '" + baseUrl + "': give http://host:port/.");
        }
    }

    /** An agent in real time with Zincati's own time-out of 30 min. */
    public static AgentSettings of(URI baseUrl, String group) {
        return new AgentSettings(baseUrl, group, 1, 1, Duration.ofMinutes(30), Optional.empty(), Optional.empty());
    }

    public AgentSettings withGroup(String other) {
        return new AgentSettings(baseUrl, other, timeScale, seed, httpTimeout, graph, trust);
    }

    public AgentSettings withTimeScale(double other) {
        return new AgentSettings(baseUrl, group, other, seed, httpTimeout, graph, trust);
    }

    public AgentSettings withSeed(long other) {
        return new AgentSettings(baseUrl, group, timeScale, other, httpTimeout, graph, trust);
    }

    public AgentSettings withHttpTimeout(Duration other) {
        return new AgentSettings(baseUrl, group, timeScale, seed, other, graph, trust);
    }

    public AgentSettings withGraph(GraphSettings other) {
        return new AgentSettings(baseUrl, group, timeScale, seed, httpTimeout, Optional.of(other), trust);
    }

    public AgentSettings withTrust(SSLContext other) {
        return new AgentSettings(baseUrl, group, timeScale, seed, httpTimeout, graph, Optional.of(other));
    }
}
