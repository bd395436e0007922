package dev.lockkeeper.testbed.fleet;

/** Where a machine's agent is in its life. */
public enum AgentState {
    /** It does not run: the machine is down, or the agent has not started yet. */
    OFF,
    /** It sends steady-state until that is accepted. */
    STARTED,
    /** It has nothing to do. */
    STEADY,
    /** It asks to reboot into the staged release. */
    STAGED,
    /** It may reboot, and waits for users to log out. */
    WAITING_FOR_USERS,
    /** It has finalised: it never asks again before the machine has rebooted. */
    FINALISED
}
