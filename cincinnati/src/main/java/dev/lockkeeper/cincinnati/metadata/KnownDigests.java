package dev.lockkeeper.cincinnati.metadata;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Digests by which images of a few releases are known besides the one that the release index lists: some boot images carry another.
 *
 * <p>Source: fedora-coreos-tracker issue 2066.
 */
public final class KnownDigests {

    private static final String FILE = "known-digests.txt";
    private static final Map<String, Map<String, Set<String>>> BY_ARCHITECTURE = read();

    private KnownDigests() {}

    /** By version, for one architecture by Fedora's name; each such as {@code sha256:0123...}. */
    public static Map<String, Set<String>> of(String architecture) {
        return BY_ARCHITECTURE.getOrDefault(architecture, Map.of());
    }

    private static Map<String, Map<String, Set<String>>> read() {
        try (InputStream in = KnownDigests.class.getResourceAsStream(FILE)) {
            Map<String, Map<String, Set<String>>> known = new HashMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" "))
                    .forEach(parts -> known.computeIfAbsent(parts[1], _ -> new HashMap<>())
                            .put(parts[0], Arrays.stream(parts).skip(2).collect(Collectors.toUnmodifiableSet())));
            return Map.copyOf(known);
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " is part of this module", e);
        }
    }
}
