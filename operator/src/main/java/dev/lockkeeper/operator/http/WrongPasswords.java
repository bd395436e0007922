package dev.lockkeeper.operator.http;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows those down who guess passwords. Each source has a budget of wrong ones that are answered at once, refilled evenly; past it, its
 * wrong ones wait for their answer. Right ones never come here, so whoever shares an address with a guesser is not slowed.
 *
 * <p>Keeps at most {@value #SOURCES} sources; the one whose last wrong password is the oldest is forgotten first.
 */
final class WrongPasswords {

    static final int SOURCES = 10_000;
    /** How many answers are held back at a time. */
    static final int MOST_HELD = 1_000;

    static final Duration DELAY = Duration.ofSeconds(1);
    /** Between two log lines about sources that ran out of their budget. */
    private static final Duration TELL = Duration.ofMinutes(1);

    private static final double MILLIS_A_MINUTE = 60_000;

    /** When the answer is written. */
    enum When {
        AT_ONCE,
        /** After {@link #DELAY}; to be followed by {@link #released}. */
        HELD,
        /** At once, because too many are held; the connection ends, so that the next guess costs a new one. */
        LAST
    }

    /** @param tell whether the log is told that the source is slowed down */
    record Decision(When when, boolean tell) {}

    private record Budget(double left, Instant at) {}

    private final int perMinute;
    private final Clock clock;
    private final Map<String, Budget> budgets = new LinkedHashMap<>();
    private int held;
    private Instant told = Instant.MIN;

    /** @param perMinute how many wrong passwords of a source are answered at once, as a burst and each minute; 0: none */
    WrongPasswords(int perMinute, Clock clock) {
        this.perMinute = perMinute;
        this.clock = clock;
    }

    /** A source sent a wrong password. */
    synchronized Decision wrong(String source) {
        Instant now = clock.instant();
        Budget before = budgets.remove(source);
        double left = before == null ? perMinute : refilled(before, now);
        boolean within = left >= 1;
        budgets.put(source, new Budget(within ? left - 1 : left, now));
        if (budgets.size() > SOURCES) {
            budgets.remove(budgets.keySet().iterator().next());
        }
        if (within) {
            return new Decision(When.AT_ONCE, false);
        }
        boolean tell = !told.plus(TELL).isAfter(now);
        if (tell) {
            told = now;
        }
        if (held >= MOST_HELD) {
            return new Decision(When.LAST, tell);
        }
        held++;
        return new Decision(When.HELD, tell);
    }

    /** A clock that was set back takes nothing away. */
    private double refilled(Budget budget, Instant now) {
        double millis = Math.max(0, Duration.between(budget.at(), now).toMillis());
        return Math.min(perMinute, budget.left() + millis * perMinute / MILLIS_A_MINUTE);
    }

    /** An answer that was held is written, or its client is gone. */
    synchronized void released() {
        held--;
    }

    synchronized int sources() {
        return budgets.size();
    }
}
