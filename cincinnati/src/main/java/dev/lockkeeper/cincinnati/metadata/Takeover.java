package dev.lockkeeper.cincinnati.metadata;

import java.util.List;

/**
 * Whether metadata that were just fetched replace those that are served.
 *
 * <p>What is doubtful is not taken over by itself: a person may accept exactly these metadata, by their hash. The first ones there are
 * are taken as they come.
 */
public sealed interface Takeover {

    /** They are the same. */
    record Same() implements Takeover {}

    record TakeOver(StreamMetadata metadata) implements Takeover {}

    /** @param reasons sentences; at least one */
    record Doubtful(String hash, List<String> reasons) implements Takeover {

        public Doubtful {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * @param served null: none yet
     * @param accepted the hash that a person has accepted; null: none
     */
    static Takeover of(StreamMetadata served, StreamMetadata fetched, String accepted) {
        if (fetched.equals(served)) {
            return new Same();
        }
        List<String> doubts = served == null ? List.of() : fetched.doubts(served);
        if (doubts.isEmpty()) {
            return new TakeOver(fetched);
        }
        String hash = StreamJson.hash(fetched);
        return hash.equals(accepted) ? new TakeOver(fetched) : new Doubtful(hash, doubts);
    }
}
