package dev.lockkeeper.operator.health;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A Fedora CoreOS version, such as {@code 44.20260707.3.1}, compared number by number. */
public record OsVersion(BigInteger major, BigInteger date, BigInteger stream, BigInteger revision)
        implements Comparable<OsVersion> {

    private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9]{1,20}(\\.[0-9]{1,20}){3}");

    /** Empty for null and for everything that is not four numbers with dots between them: two such texts cannot be compared. */
    public static Optional<OsVersion> parse(String text) {
        if (text == null || !FOUR_NUMBERS.matcher(text).matches()) {
            return Optional.empty();
        }
        String[] parts = text.split("\\.");
        return Optional.of(new OsVersion(
                new BigInteger(parts[0]),
                new BigInteger(parts[1]),
                new BigInteger(parts[2]),
                new BigInteger(parts[3])));
    }

    @Override
    public int compareTo(OsVersion other) {
        List<BigInteger> theirs = other.numbers();
        for (int i = 0; i < theirs.size(); i++) {
            int order = numbers().get(i).compareTo(theirs.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private List<BigInteger> numbers() {
        return List.of(major, date, stream, revision);
    }

    @Override
    public String toString() {
        return major + "." + date + "." + stream + "." + revision;
    }
}
