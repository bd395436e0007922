package dev.lockkeeper.cincinnati.metadata;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One release as the release index lists it.
 *
 * @param version the identity of a release: its payloads may change
 * @param ageIndex the position in the index, by which releases are ordered
 * @param checksums OSTree commits by Fedora's name of the architecture
 * @param images container images by digest, by Fedora's name of the architecture
 */
public record Release(String version, int ageIndex, Map<String, String> checksums, Map<String, String> images) {

    public Release {
        checksums = Map.copyOf(checksums);
        images = Map.copyOf(images);
    }

    /** The payload for an architecture; empty if the release has none there. */
    public Optional<String> payload(String architecture, Scheme scheme) {
        return Optional.ofNullable(payloads(scheme).get(architecture));
    }

    /** Those that it has a payload for. */
    public Set<String> architectures(Scheme scheme) {
        return payloads(scheme).keySet();
    }

    private Map<String, String> payloads(Scheme scheme) {
        return switch (scheme) {
            case CHECKSUM -> checksums;
            case OCI -> images;
        };
    }
}
