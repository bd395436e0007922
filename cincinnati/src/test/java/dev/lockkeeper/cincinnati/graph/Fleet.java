package dev.lockkeeper.cincinnati.graph;

import dev.lockkeeper.cincinnati.metadata.Release;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.Rollout;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Small graphs for tests: {@code new Fleet("1", "2 barrier", "3 rollout")}, the oldest first. */
public final class Fleet {

    public static final Scope SCOPE = new Scope("stable", "x86_64", Scheme.OCI);
    public static final Rollout OPEN = new Rollout(null, 1.0, null);

    private final List<Release> releases = new ArrayList<>();
    private final Map<String, Entry> entries = new HashMap<>();

    public Fleet(String... lines) {
        for (String line : lines) {
            String[] words = line.split(" ");
            String version = words[0];
            releases.add(new Release(
                    version,
                    releases.size(),
                    Map.of("x86_64", "commit-" + version),
                    Map.of("x86_64", payload(version))));
            String barrier = null;
            String deadend = null;
            Rollout rollout = null;
            for (int i = 1; i < words.length; i++) {
                switch (words[i]) {
                    case "barrier" -> barrier = "keys";
                    case "deadend" -> deadend = "broken";
                    case "rollout" -> rollout = OPEN;
                    default -> throw new IllegalArgumentException(line);
                }
            }
            entries.put(version, new Entry(barrier, deadend, rollout));
        }
    }

    /** Of a rollout that begins at a second and takes some minutes. */
    public Fleet rollout(String version, long startEpoch, long minutes) {
        Entry old = entries.get(version);
        entries.put(version, new Entry(old.barrier(), old.deadend(), new Rollout(startEpoch, 0.0, minutes)));
        return this;
    }

    public static String payload(String version) {
        return "quay.io/fedora/fedora-coreos@sha256:" + version;
    }

    public Graph graph() {
        return Graph.of(SCOPE, new ReleaseIndex("stable", releases), new UpdateMetadata("stable", entries));
    }
}
