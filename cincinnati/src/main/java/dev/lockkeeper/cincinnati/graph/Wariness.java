package dev.lockkeeper.cincinnati.graph;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/** How late in a rollout somebody is let in: 0 among the first, 1 among the last. */
public final class Wariness {

    /** As many as a double tells apart. */
    private static final double BUCKETS = 1L << 53;

    private static final Pattern NUMBER =
            Pattern.compile("[+-]?([0-9]{1,40}(\\.[0-9]{0,40})?|\\.[0-9]{1,40})([eE][+-]?[0-9]{1,4})?");

    private Wariness() {}

    /**
     * What is asked for explicitly, brought into the range from 0 to 1; else a hash of who asks, in (0,1]. What is no number is as if
     * it were not there.
     *
     * @param explicit the parameter {@code rollout_wariness}; null: not given
     * @param who the agent's id; null: nobody in particular, who sees what all see
     */
    public static double of(String explicit, String who) {
        if (explicit != null && NUMBER.matcher(explicit).matches()) {
            return Math.clamp(Double.parseDouble(explicit), 0.0, 1.0);
        }
        return who == null || who.isEmpty() ? 1 : hash(who);
    }

    /** The same at every replica and in every version: a machine that was let in stays in. */
    static double hash(String who) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(who.getBytes(StandardCharsets.UTF_8));
            long bits = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                bits = bits << 8 | digest[i] & 0xFF;
            }
            return ((bits >>> 11) + 1) / BUCKETS;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
