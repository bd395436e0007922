package dev.lockkeeper.fleetlock.semaphore;

import java.time.Instant;
import java.util.List;

/**
 * One open pre-reboot request, as the semaphore needs to know it.
 *
 * @param node the one Node that the id matches, null for a machine that is no node
 * @param boundToken the holding that this request belongs to, null while it waits for a slot
 * @param firstLook whether the request has just arrived: only then may it join a holding that its id already has
 * @param freshToken what the token begins with if this request is given a slot; the same at every try, so that a swap whose
 *     answer was lost is recognised
 * @param countedUnready whether this machine itself is one of the state's unready members
 * @param unreadyNames a few NotReady members, such as {@code worker-3, NotReady for 2d4h}, for the sentence only
 */
public record Asker(
        String id,
        NodeRef node,
        String boundToken,
        boolean firstLook,
        String freshToken,
        boolean countedUnready,
        List<String> unreadyNames) {

    /** The token of a holding that begins now. With the time in it, as a try may come after its own lost holding has ended. */
    String tokenAt(Instant now) {
        return freshToken + "." + Long.toString(now.toEpochMilli(), Character.MAX_RADIX);
    }

    /** Whether that holding began by a try of this request. */
    boolean began(String token) {
        return token.startsWith(freshToken + ".");
    }
}
