package dev.lockkeeper.fleetlock.store;

/** The group of a swap does not exist, or no longer. */
public class GroupGoneException extends Exception {

    public GroupGoneException(String group) {
        super("there is no group '" + group + "' in the store; it may just have been deleted");
    }
}
