package dev.lockkeeper.testbed.fleet;

import java.util.Optional;

/**
 * An operating system as a machine has it on its disk.
 *
 * @param payload an OSTree commit, or an image {@code name@sha256:...}; empty: not known, the machine asks for no graph
 */
record OsRelease(String version, Optional<String> payload) {

    static OsRelease of(String version, String payload) {
        return new OsRelease(version, Optional.of(payload));
    }

    /** As Zincati tells the two schemes apart: what it booted is an image or a commit, whatever it is configured to. */
    static boolean isImage(String payload) {
        return payload.contains("@");
    }
}
