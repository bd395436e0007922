package dev.lockkeeper.fleetlock.semaphore;

import java.time.Instant;

/**
 * What the leader saw of a told machine's node; each field is null where there is nothing to say.
 *
 * @param newBootAt now, where the bootID differs from the one at telling; only the first is kept
 * @param readySince since when the node has been Ready after that; replaces what is stored
 * @param heartbeat the Ready heartbeat at the first look after the steady-state; only the first is kept
 * @param stuck since when the holding counts as stuck; replaces what is stored
 * @param why it is stuck, as a clause; replaces the holding's reason while it is
 */
public record Sighting(Instant newBootAt, Instant readySince, String heartbeat, Instant stuck, String why) {}
