package dev.lockkeeper.cincinnati.metadata;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The metadata of a node in a graph, as agents and tools read them: written and read here, so that both know the same keys.
 *
 * <p>All values are texts, numbers in their shortest form: one other type, and an agent rejects the whole graph.
 */
public final class NodeMetadata {

    private static final String PREFIX = "org.fedoraproject.coreos.";
    private static final String SCHEME = PREFIX + "scheme";
    private static final String AGE_INDEX = PREFIX + "releases.age_index";
    private static final String BARRIER = PREFIX + "updates.barrier";
    private static final String DEADEND = PREFIX + "updates.deadend";
    private static final String ROLLOUT = PREFIX + "updates.rollout";
    private static final String START_EPOCH = PREFIX + "updates.start_epoch";
    private static final String START_VALUE = PREFIX + "updates.start_value";
    private static final String DURATION_MINUTES = PREFIX + "updates.duration_minutes";
    private static final String REASON = "_reason";
    private static final String TRUE = "true";

    private NodeMetadata() {}

    public static Map<String, String> write(Scheme scheme, int ageIndex, UpdateMetadata.Entry entry) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(SCHEME, scheme.text());
        metadata.put(AGE_INDEX, Integer.toString(ageIndex));
        flag(metadata, DEADEND, entry.deadend());
        flag(metadata, BARRIER, entry.barrier());
        if (entry.rollout() != null) {
            Rollout rollout = entry.rollout();
            metadata.put(ROLLOUT, TRUE);
            number(metadata, START_EPOCH, rollout.startEpoch());
            number(metadata, START_VALUE, rollout.startValue());
            number(metadata, DURATION_MINUTES, rollout.durationMinutes());
        }
        return metadata;
    }

    private static void flag(Map<String, String> metadata, String key, String reason) {
        if (reason != null) {
            metadata.put(key, TRUE);
            metadata.put(key + REASON, reason);
        }
    }

    private static void number(Map<String, String> metadata, String key, Number number) {
        if (number != null) {
            metadata.put(key, shortest(number));
        }
    }

    private static String shortest(Number number) {
        return number.doubleValue() == 0
                ? "0"
                : new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    }

    // ---- read back

    static void checkScheme(Place place, Map<String, String> metadata, Scheme scheme) throws MetadataException {
        if (!scheme.text().equals(metadata.get(SCHEME))) {
            throw place.wrong("scheme must be " + scheme.text() + ", is " + metadata.get(SCHEME));
        }
    }

    static int ageIndex(Place place, Map<String, String> metadata) throws MetadataException {
        return number(place, metadata, AGE_INDEX, Integer::parseInt)
                .orElseThrow(() -> place.wrong(name(AGE_INDEX) + " is missing"));
    }

    static UpdateMetadata.Entry entry(Place place, Map<String, String> metadata) throws MetadataException {
        Rollout rollout = !TRUE.equals(metadata.get(ROLLOUT))
                ? null
                : new Rollout(
                        number(place, metadata, START_EPOCH, Long::parseLong).orElse(null),
                        number(place, metadata, START_VALUE, Double::parseDouble)
                                .orElse(null),
                        number(place, metadata, DURATION_MINUTES, Long::parseLong)
                                .orElse(null));
        return new UpdateMetadata.Entry(reason(metadata, BARRIER), reason(metadata, DEADEND), rollout);
    }

    private static String reason(Map<String, String> metadata, String key) {
        return TRUE.equals(metadata.get(key)) ? metadata.getOrDefault(key + REASON, UpdateMetadata.NO_REASON) : null;
    }

    private static <T extends Number> Optional<T> number(
            Place place, Map<String, String> metadata, String key, Function<String, T> read) throws MetadataException {
        String text = metadata.get(key);
        if (text == null) {
            return Optional.empty();
        }
        try {
            T number = read.apply(text);
            if (number.doubleValue() >= 0 && !Double.isInfinite(number.doubleValue())) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            // Told below, as one that is out of its bounds.
        }
        throw place.wrong(name(key) + " must be a number of at least 0, is '" + text + "'");
    }

    private static String name(String key) {
        return key.substring(PREFIX.length());
    }
}
