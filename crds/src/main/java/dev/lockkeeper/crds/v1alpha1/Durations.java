package dev.lockkeeper.crds.v1alpha1;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The durations of the API: whole hours, minutes and seconds in this order, each with its letter, such as {@code 30m},
 * {@code 72h} or {@code 1h30m}. At least one of the three, each of at most six digits, never negative.
 */
public final class Durations {

    /** The longest text that the API takes, in characters. */
    static final int MAX_LENGTH = 32;

    private static final String GRAMMAR = "([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?";
    private static final String MATCHES = ".matches('^" + GRAMMAR + "$') && ";

    /** CEL: whether {@code self} is a duration. CEL's own {@code duration()} takes more, and fails where this says false. */
    static final String GRAMMAR_RULE = "self" + MATCHES + "self != ''";

    static final String MIN_READY_IS_WELL_FORMED = "(self.minReady" + MATCHES + "self.minReady != '')";
    static final String TIMEOUT_IS_WELL_FORMED = "(self.timeout" + MATCHES + "self.timeout != '')";

    private static final Pattern TEXT = Pattern.compile("(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?");

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException if the text is no duration of the API; the message quotes it
     */
    public static Duration parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is no duration: it must be made of whole hours, minutes and seconds, such as 30m or 1h30m");
        }
        return Duration.ofHours(number(matcher.group(1)))
                .plusMinutes(number(matcher.group(2)))
                .plusSeconds(number(matcher.group(3)));
    }

    /**
     * Writes a duration as {@link #parse} reads it, shortest form, {@code 0s} for none; fractions of a second are cut off.
     *
     * @throws IllegalArgumentException if it is negative or has more than 999999 hours
     */
    public static String format(Duration duration) {
        if (duration.isNegative() || duration.toHours() > 999_999) {
            throw new IllegalArgumentException(duration + " is out of range: it must be from 0s to 999999h59m59s");
        }
        StringBuilder text = new StringBuilder();
        append(text, duration.toHours(), 'h');
        append(text, duration.toMinutesPart(), 'm');
        append(text, duration.toSecondsPart(), 's');
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long number, char unit) {
        if (number > 0) {
            text.append(number).append(unit);
        }
    }

    private static long number(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
