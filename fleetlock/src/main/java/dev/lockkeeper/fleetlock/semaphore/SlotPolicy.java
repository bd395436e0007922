package dev.lockkeeper.fleetlock.semaphore;

import java.time.Duration;

/**
 * What people decided about one group's slots, as it stands in the same object as the state.
 *
 * @param name what people call the group in sentences
 * @param countUnready whether a NotReady member without a slot uses one up
 * @param pausedReason why no new slot is given, null if the group is not paused
 * @param importing the former server's lock whose holder people want taken over, null if none: meanwhile the group is paused
 * @param imported the state of a former server's lock that was dealt with last, null if none: it is never taken over again
 * @param deleting whether the group is being deleted: then it gives no new slot
 * @param maxParked with more parked machines than this, nobody gets a slot
 * @param refreshAsked an older {@code askedAt} of an open request is written anew; a fraction of the time after which a
 *     holder that does not ask is taken back
 * @param backoff the wait after a given-up drain
 */
public record SlotPolicy(
        String name,
        Slots slots,
        boolean countUnready,
        String pausedReason,
        String importing,
        String imported,
        boolean deleting,
        int maxParked,
        Duration refreshAsked,
        BackoffRule backoff) {}
