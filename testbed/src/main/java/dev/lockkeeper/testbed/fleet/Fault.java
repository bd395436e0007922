package dev.lockkeeper.testbed.fleet;

import java.time.Duration;

/**
 * What goes wrong at a machine's next opportunity, once, unless it says otherwise. Durations are real time, not scaled. Where a fault lasts until
 * it is repaired, {@link SimulatedMachine#repair()} ends it.
 */
public sealed interface Fault {
    /** A fault of the next boot. */
    sealed interface OfBoot extends Fault {}

    /** The machine goes down and stays down until it is repaired; then it boots the release it was going to. */
    record NeverComesBack() implements OfBoot {}

    /** The machine boots the release that it came from. */
    record RolledBack() implements OfBoot {}

    /** The machine boots a release that nobody offered. */
    record BootsInto(String version) implements OfBoot {}

    /** The kubelet reports the new boot, but Ready is False until the machine is repaired. */
    record ComesBackNotReady() implements OfBoot {}

    /** After the boot Ready goes True and False this many times, each for a period, and ends True. */
    record FlapsReady(int times, Duration period) implements OfBoot {}

    /** The kubelet's first heartbeat follows the agent's first steady-state by this time. */
    record KubeletLater(Duration by) implements OfBoot {}

    /** The kubelet does not start until the machine is repaired: old bootID, not Ready, yet the agent is steady. */
    record KubeletNeverStarts() implements OfBoot {}

    /** The agent starts this much later than the kubelet. */
    record AgentLater(Duration by) implements OfBoot {}

    /** The agent does not start until the machine is repaired. */
    record AgentNeverStarts() implements OfBoot {}

    /** Each boot of the release goes wrong so: it is the release that is sick. Its faults last until the machine boots another. */
    record EachBootOf(String version, OfBoot fault) implements Fault {}

    /** The agent gets its 200 to pre-reboot and restarts instead of rebooting: steady-state from the same boot. */
    record AgentRestarts() implements Fault {}

    /** The next pre-reboot is given up when no answer came in this time; the agent never sees one. */
    record DisconnectsAfter(Duration time) implements Fault {}
}
