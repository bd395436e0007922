package dev.lockkeeper.testbed.fleet;

/** The two calls of FleetLock. */
public enum Api {
    PRE_REBOOT("v1/pre-reboot"),
    STEADY_STATE("v1/steady-state");

    private final String path;

    Api(String path) {
        this.path = path;
    }

    /** Relative to the agent's base URL. */
    public String path() {
        return path;
    }
}
