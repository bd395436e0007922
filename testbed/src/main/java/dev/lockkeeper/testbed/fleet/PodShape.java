package dev.lockkeeper.testbed.fleet;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is special about a pod.
 *
 * @param labels besides {@code app}
 * @param nodeSelector labels of the nodes it may run on
 * @param node bound to this node, past the scheduler
 * @param emptyDir has a volume that dies with it
 * @param grace takes exactly this long to end; absent: ends at once
 * @param hangs never ends, however it is deleted
 * @param finalizer stays listed as terminating until somebody removes it
 */
public record PodShape(
        Map<String, String> labels,
        Map<String, String> nodeSelector,
        Optional<String> node,
        boolean emptyDir,
        Optional<Duration> grace,
        boolean hangs,
        Optional<String> finalizer) {
    /** A pod with nothing special. */
    public static final PodShape PLAIN =
            new PodShape(Map.of(), Map.of(), Optional.empty(), false, Optional.empty(), false, Optional.empty());

    public PodShape {
        labels = Map.copyOf(labels);
        nodeSelector = Map.copyOf(nodeSelector);
    }

    public PodShape withLabel(String key, String value) {
        return new PodShape(plus(labels, key, value), nodeSelector, node, emptyDir, grace, hangs, finalizer);
    }

    public PodShape onNodesWith(String key, String value) {
        return new PodShape(labels, plus(nodeSelector, key, value), node, emptyDir, grace, hangs, finalizer);
    }

    public PodShape onNode(String name) {
        return new PodShape(labels, nodeSelector, Optional.of(name), emptyDir, grace, hangs, finalizer);
    }

    public PodShape withEmptyDir() {
        return new PodShape(labels, nodeSelector, node, true, grace, hangs, finalizer);
    }

    public PodShape withGrace(Duration time) {
        return new PodShape(labels, nodeSelector, node, emptyDir, Optional.of(time), hangs, finalizer);
    }

    public PodShape hanging() {
        return new PodShape(labels, nodeSelector, node, emptyDir, grace, true, finalizer);
    }

    public PodShape withFinalizer(String name) {
        return new PodShape(labels, nodeSelector, node, emptyDir, grace, hangs, Optional.of(name));
    }

    PodTemplateSpec template(String app) {
        var template = new PodTemplateSpecBuilder()
                .withNewMetadata()
                .addToLabels(labels)
                .addToLabels("app", app)
                .endMetadata()
                .withNewSpec()
                .withNodeSelector(nodeSelector)
                .withAutomountServiceAccountToken(false)
                .withTerminationGracePeriodSeconds(
                        grace.map(Duration::toSeconds).orElse(30L))
                .addNewContainer()
                .withName("main")
                .withImage("registry.example.com/" + app + ":1")
                .endContainer()
                .withTopologySpreadConstraints(new TopologySpreadConstraintBuilder()
                        .withMaxSkew(1)
                        .withTopologyKey("kubernetes.io/hostname")
                        .withWhenUnsatisfiable("ScheduleAnyway")
                        .withNewLabelSelector()
                        .withMatchLabels(Map.of("app", app))
                        .endLabelSelector()
                        .build())
                .endSpec();
        node.ifPresent(name -> template.editSpec().withNodeName(name).endSpec());
        if (emptyDir) {
            template.editSpec()
                    .addNewVolume()
                    .withName("scratch")
                    .withNewEmptyDir()
                    .endEmptyDir()
                    .endVolume()
                    .endSpec();
        }
        if (grace.isPresent()) {
            template.editMetadata()
                    .addToAnnotations("testbed.lockkeeper.dev/use-grace", "true")
                    .endMetadata();
        }
        if (hangs) {
            template.editMetadata()
                    .addToAnnotations("testbed.lockkeeper.dev/hang", "true")
                    .endMetadata();
        }
        finalizer.ifPresent(
                name -> template.editMetadata().withFinalizers(List.of(name)).endMetadata());
        return template.build();
    }

    private static Map<String, String> plus(Map<String, String> map, String key, String value) {
        Map<String, String> more = new HashMap<>(map);
        more.put(key, value);
        return more;
    }
}
