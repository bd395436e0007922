package dev.lockkeeper.operator.lock;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Builds pods for tests: a running pod of a ReplicaSet, and what is special about it. */
final class TestingPod {

    private final String name;
    private String namespace = "web";
    private Map<String, String> labels = Map.of();
    private String phase = "Running";
    private String controllerKind = "ReplicaSet";
    private boolean mirror;
    private boolean emptyDir;
    private Instant graceEnds;
    private Long grace;
    private List<String> finalizers = List.of();
    private int priority;

    private TestingPod(String name) {
        this.name = name;
    }

    static TestingPod pod(String name) {
        return new TestingPod(name);
    }

    TestingPod in(String namespace) {
        this.namespace = namespace;
        return this;
    }

    TestingPod labels(Map<String, String> labels) {
        this.labels = labels;
        return this;
    }

    TestingPod phase(String phase) {
        this.phase = phase;
        return this;
    }

    TestingPod ownedBy(String kind) {
        this.controllerKind = kind;
        return this;
    }

    TestingPod bare() {
        return ownedBy(null);
    }

    TestingPod mirror() {
        this.mirror = true;
        return ownedBy("Node");
    }

    TestingPod emptyDir() {
        this.emptyDir = true;
        return this;
    }

    TestingPod terminating(Instant graceEnds, long grace) {
        this.graceEnds = graceEnds;
        this.grace = grace;
        return this;
    }

    TestingPod finalizers(String... finalizers) {
        this.finalizers = List.of(finalizers);
        return this;
    }

    TestingPod priority(int priority) {
        this.priority = priority;
        return this;
    }

    PodView view() {
        return new PodView(
                namespace,
                name,
                "uid-" + name,
                "1",
                labels,
                phase,
                controllerKind,
                mirror,
                emptyDir,
                graceEnds,
                grace,
                finalizers,
                priority);
    }
}
