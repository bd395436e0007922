package dev.lockkeeper.cincinnati.protocol;

import java.util.BitSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a parameter's value must look like.
 *
 * @param pattern a regular expression, for people
 * @param matches the same as code
 */
record Form(String pattern, Predicate<String> matches) {

    private static final int ASCII = 128;

    static Form of(String pattern) {
        return new Form(pattern, Pattern.compile(pattern).asMatchPredicate());
    }

    /**
     * One or more characters of a class; every request has several, so they are looked up one by one.
     *
     * @param characters of ASCII, such as {@code [0-9a-f]}
     */
    static Form of(String characters, int most) {
        Predicate<String> one = Pattern.compile(characters).asMatchPredicate();
        BitSet allowed = new BitSet(ASCII);
        for (char c = 0; c < ASCII; c++) {
            allowed.set(c, one.test(Character.toString(c)));
        }
        return new Form(characters + "{1," + most + "}", value -> isOf(allowed, most, value));
    }

    private static boolean isOf(BitSet allowed, int most, String value) {
        for (int i = 0; i < value.length(); i++) {
            if (!allowed.get(value.charAt(i))) {
                return false;
            }
        }
        return !value.isEmpty() && value.length() <= most;
    }
}
