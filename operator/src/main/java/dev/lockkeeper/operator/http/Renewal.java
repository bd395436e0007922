package dev.lockkeeper.operator.http;

import dev.lockkeeper.operator.http.PemPair.BadPairException;
import java.time.Instant;

/**
 * Decides which certificate is served, look by look at the files: what is in them counts, not when they were written, because a Secret's
 * volume is renewed by the swap of a symbolic link. A pair that cannot be served leaves the one before in place; one whose time is not
 * right does too, unless that one's is not either.
 */
final class Renewal {

    /** What came of a look. */
    sealed interface Look {

        /** What is served stays, and nothing is new about that. */
        record Unchanged() implements Look {}

        /** From now on this pair is served. */
        record Renewed(PemPair pair) implements Look {}

        /** What is served stays, for a reason that was not told before: the end of a sentence. */
        record Refused(String why) implements Look {}
    }

    private static final Look UNCHANGED = new Look.Unchanged();

    private PemFiles.Contents served;
    private PemPair pair;
    private PemFiles.Contents refused;
    private String complaint;

    /** @throws BadPairException if what the files held first cannot be served */
    Renewal(PemFiles.Contents first) throws BadPairException {
        served = first;
        pair = PemPair.parse(first.certificate(), first.key());
    }

    /** What is served. */
    PemPair pair() {
        return pair;
    }

    Look look(PemFiles.Contents seen, Instant now) {
        if (seen.equals(served)) {
            refused = null;
            complaint = null;
            return UNCHANGED;
        }
        PemPair other;
        try {
            other = PemPair.parse(seen.certificate(), seen.key());
        } catch (BadPairException e) {
            return refuse(seen, e.getMessage());
        }
        String untimely = other.untimely(now);
        if (untimely != null && pair.untimely(now) == null) {
            return refuse(seen, untimely);
        }
        served = seen;
        pair = other;
        refused = null;
        complaint = null;
        return new Look.Renewed(other);
    }

    /** @param why the files could not be read: the end of a sentence */
    Look unreadable(String why) {
        return refuse(null, why);
    }

    private Look refuse(PemFiles.Contents seen, String why) {
        boolean told = why.equals(complaint) && (seen == null ? refused == null : seen.equals(refused));
        refused = seen;
        complaint = why;
        return told ? UNCHANGED : new Look.Refused(why);
    }
}
