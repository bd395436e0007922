package dev.lockkeeper.cincinnati.metadata;

/** How a payload names an operating system image. */
public enum Scheme {
    /** An OSTree commit. */
    CHECKSUM("checksum"),
    /** A container image by digest, {@code name@sha256:...}. */
    OCI("oci");

    private final String text;

    Scheme(String text) {
        this.text = text;
    }

    /** As the metadata key {@code scheme} has it. */
    public String text() {
        return text;
    }
}
