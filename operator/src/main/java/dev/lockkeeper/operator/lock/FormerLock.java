package dev.lockkeeper.operator.lock;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One lock of poseidon/fleetlock, the server that machines asked before: a Lease for each group of agents, held by the agent whose id it
 * names, and free if it names none.
 */
public record FormerLock(String namespace, String name) {

    private static final String PREFIX = "fleetlock-";
    private static final Pattern TEXT = Pattern.compile(
            "([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)/(" + PREFIX + "[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?)");

    /** Reads {@code <namespace>/fleetlock-<group>}; empty for everything else. */
    public static Optional<FormerLock> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() ? Optional.of(new FormerLock(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** What its agents send as their group. */
    String agentGroup() {
        return name.substring(PREFIX.length());
    }

    /** Names one state of it: another one has another version. */
    String mark(String version) {
        return this + "@" + version;
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
