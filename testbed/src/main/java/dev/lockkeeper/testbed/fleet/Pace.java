package dev.lockkeeper.testbed.fleet;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** The waiting times of an agent, all scaled by one factor. */
record Pace(double timeScale, RandomGenerator random) {
    /** How often the agent looks again for users who are logged in, before it reboots under them. */
    static final int LOGIN_CHECKS = 10;

    /** After a refused or failed call: 300 s, and up to ten steps of 3 s. */
    Duration retry() {
        return scaled(Duration.ofSeconds(300 + 3L * random.nextInt(11)));
    }

    /** After a graph with nothing new in it. */
    Duration steady() {
        return retry();
    }

    /** Fetching and deploying a release. */
    Duration staging() {
        return scaled(Duration.ofSeconds(60));
    }

    /** While users are logged in. */
    Duration loginCheck() {
        return scaled(Duration.ofSeconds(60));
    }

    Duration scaled(Duration real) {
        return Duration.ofNanos((long) (real.toNanos() * timeScale));
    }
}
