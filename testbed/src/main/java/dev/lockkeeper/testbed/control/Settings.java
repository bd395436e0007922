package dev.lockkeeper.testbed.control;

import java.time.Duration;

/** How one control plane is to run; {@link ControlPlane.Builder} says what each setting means. */
record Settings(Duration nodeMonitorGrace, int leaseSeconds, Duration heartbeat, boolean audit, boolean keepFolder) {
    static final Settings DEFAULT = new Settings(Duration.ofSeconds(40), 40, Duration.ofSeconds(2), true, false);

    Settings {
        if (leaseSeconds < 4) {
            throw new IllegalArgumentException("leaseSeconds is " + leaseSeconds + ": give at least 4.");
        }
        if (nodeMonitorGrace.toMillis() <= leaseSeconds * 500L) {
            throw new IllegalArgumentException("nodeMonitorGrace is " + nodeMonitorGrace + " with leases of "
                    + leaseSeconds + " s: give more than half of that, else nodes flap.");
        }
        if (heartbeat.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("heartbeat is " + heartbeat
                    + ", but Kubernetes stores whole seconds: give at least PT1S, else it would change nothing.");
        }
    }
}
