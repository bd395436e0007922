package dev.lockkeeper.fleetlock.semaphore;

/** Where one holding stands between the grant of its slot and the slot's return. */
public enum Phase {
    /** The slot is given, the node is being emptied; the agent has not been told and can be refused. */
    DRAINING("Draining"),
    /** The node is empty; the next look at an open request tells its agent. */
    GRANTED("Granted"),
    /** The agent may have had its 200: the machine may be down, so no time alone ends this. */
    REBOOTING("Rebooting"),
    /** A steady-state or a new bootID was seen; the node is being judged. */
    VERIFYING("Verifying"),
    /** Judged Failed under {@code onFailure: Hold}: keeps its slot. */
    FAILED("Failed"),
    /** On the way out: the node is being uncordoned, then the holder is removed. */
    RELEASING("Releasing");

    private final String text;

    Phase(String text) {
        this.text = text;
    }

    /** The word that status and sentences use, such as {@code Draining}. */
    public String text() {
        return text;
    }

    /**
     * The phase with that word.
     *
     * @throws IllegalArgumentException for any other word
     */
    public static Phase of(String text) {
        for (Phase phase : values()) {
            if (phase.text.equals(text)) {
                return phase;
            }
        }
        throw new IllegalArgumentException("no phase is called '" + text + "'");
    }

    /** Whether the agent has certainly not been told to reboot, so that the slot can still be taken back. */
    public boolean isBeforeTelling() {
        return this == DRAINING || this == GRANTED;
    }
}
