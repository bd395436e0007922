package dev.lockkeeper.fleetlock.store;

/** The store cannot be reached, or it is unknown what became of a write. */
public class StoreException extends Exception {

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
