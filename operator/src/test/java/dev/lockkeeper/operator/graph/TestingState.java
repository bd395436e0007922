package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.metadata.Release;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.Rollout;
import dev.lockkeeper.cincinnati.metadata.StreamMetadata;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.cincinnati.policy.Pin;
import dev.lockkeeper.crds.v1alpha1.ReleaseState;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import dev.lockkeeper.operator.health.ReleaseHealth;
import dev.lockkeeper.operator.lock.LabelMatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A state that decisions are made on, for tests: releases of the stable stream, pins and blocks. */
final class TestingState {

    static final Instant T0 = Instant.parse("2026-07-10T12:00:00Z");
    static final String V1 = "44.20260501.3.0";
    static final String BARRIER = "44.20260515.3.0";
    static final String V2 = "44.20260601.3.0";
    static final String V3 = "44.20260615.3.0";

    private final List<String> versions = new ArrayList<>();
    private final Map<String, UpdateMetadata.Entry> entries = new HashMap<>();
    private final List<PinView> pins = new ArrayList<>();
    private final List<ReleaseView> releases = new ArrayList<>();
    private final Map<String, Instant> firstSeen = new HashMap<>();
    private Instant readAt = T0;
    private int threshold = 1;

    TestingState failureThreshold(int failures) {
        threshold = failures;
        return this;
    }

    /** Three releases that are out, with a barrier after the first. */
    static TestingState usual() {
        return new TestingState().out(V1).barrier(BARRIER).out(V2).out(V3);
    }

    static String payload(String version, String architecture) {
        return "quay.io/fedora/fedora-coreos@sha256:" + architecture + "-" + version;
    }

    TestingState out(String version) {
        return entry(version, new UpdateMetadata.Entry(null, null, new Rollout(0L, 1.0, null)));
    }

    TestingState barrier(String version) {
        return entry(version, new UpdateMetadata.Entry("a barrier", null, new Rollout(0L, 1.0, null)));
    }

    TestingState entry(String version, UpdateMetadata.Entry entry) {
        if (!versions.contains(version)) {
            versions.add(version);
        }
        entries.put(version, entry);
        firstSeen.putIfAbsent(version, Instant.EPOCH);
        return this;
    }

    TestingState seen(String version, Instant at) {
        firstSeen.put(version, at);
        return this;
    }

    TestingState pin(String name, LabelMatch nodes, Set<String> groups, String version) {
        return pin(name, nodes, groups, new Pin(version, null, Duration.ZERO, true));
    }

    TestingState pin(String name, LabelMatch nodes, Set<String> groups, Pin pin) {
        pins.add(new PinView(name, "uid-" + name, 1, T0, 0, nodes, groups, null, "stable", pin));
        return this;
    }

    TestingState block(String version, String... architectures) {
        releases.add(new ReleaseView(
                "stable-" + version,
                "uid",
                "1",
                1,
                "stable",
                version,
                List.of(new ReleaseView.Word(Set.of(architectures), "it is broken")),
                List.of(),
                ReleaseView.Status.NONE));
        return this;
    }

    /** A release that a machine of the architecture came back sick from, so that it is withheld there. */
    TestingState quarantine(String version, String architecture) {
        ReleaseHealth.Proof proof = new ReleaseHealth.Proof("token", "worker-9", Verdict.Failed, true, false, T0);
        return told(version, architecture, new ReleaseHealth(T0, List.of(proof)), ReleaseState.Quarantined);
    }

    TestingState told(String version, String architecture, ReleaseHealth health, ReleaseState state) {
        releases.add(new ReleaseView(
                "stable-" + version,
                "uid",
                "1",
                1,
                "stable",
                version,
                List.of(),
                List.of(),
                new ReleaseView.Status(
                        1,
                        null,
                        null,
                        null,
                        Map.of(architecture, new ReleaseView.OfArchitecture(ReleaseView.Tally.NONE, state, health)))));
        return this;
    }

    TestingState readAt(Instant at) {
        readAt = at;
        return this;
    }

    static GraphView graph(String name) {
        return graph(name, 1);
    }

    private static GraphView graph(String name, int threshold) {
        return new GraphView(
                name,
                "uid-" + name,
                "1",
                1,
                T0,
                new UpdateSource.ConfigMap("lockkeeper", "source"),
                List.of("stable"),
                List.of("x86_64", "s390x"),
                Duration.ofMinutes(5),
                threshold,
                null,
                null,
                null,
                Map.of("stable", T0));
    }

    StreamMetadata metadata() {
        List<Release> index = new ArrayList<>();
        for (String version : versions) {
            index.add(new Release(
                    version,
                    index.size(),
                    Map.of(),
                    Map.of("x86_64", payload(version, "x86_64"), "s390x", payload(version, "s390x"))));
        }
        return new StreamMetadata(new ReleaseIndex("stable", index), new UpdateMetadata("stable", entries));
    }

    GraphState state() {
        StreamData data = new StreamData(metadata(), new Ledger(firstSeen, Map.of()));
        return new GraphState(
                Policies.of(pins, releases, List.of(graph("fedora", threshold)), readAt),
                Map.of("fedora", Map.of("stable", new StreamGraphs(data))));
    }

    GraphState notLoaded() {
        return new GraphState(Policies.of(pins, releases, List.of(graph("fedora", threshold)), readAt), Map.of());
    }
}
