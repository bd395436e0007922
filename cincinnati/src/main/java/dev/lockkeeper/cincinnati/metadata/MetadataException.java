package dev.lockkeeper.cincinnati.metadata;

/** A document that cannot be taken over. The message names the file, and where it can the release and the field. */
public final class MetadataException extends Exception {

    private static final long serialVersionUID = 1L;

    public MetadataException(String message) {
        super(message);
    }

    public MetadataException(String message, Throwable cause) {
        super(message, cause);
    }
}
