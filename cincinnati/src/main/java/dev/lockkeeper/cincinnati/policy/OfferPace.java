package dev.lockkeeper.cincinnati.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * Whether one more machine may be offered a release now. An agent that has staged a release looks for no other until it restarts, so no
 * more are let to stage than can reboot soon (design, promise 10).
 */
public final class OfferPace {

    private OfferPace() {}

    /**
     * An offer that has not led to a reboot yet.
     *
     * @param at when it was made
     * @param askedAt when its machine last asked for a slot with it; null: not yet
     * @param withdrawn whether it does not hold any more
     */
    public record Open(Instant at, Instant askedAt, boolean withdrawn) {}

    /**
     * @param slots of the group
     * @param open the offers of the group's machines of that architecture
     * @param patience an offer that was not asked for within this is no reason to hold others back: its machine may be off
     */
    public static boolean allows(int slots, Collection<Open> open, Duration patience, Instant now) {
        long counted = open.stream()
                .filter(offer -> !offer.withdrawn())
                .filter(offer ->
                        offer.askedAt() != null || offer.at().plus(patience).isAfter(now))
                .count();
        return counted < 2L * slots + 2;
    }
}
