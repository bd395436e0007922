package dev.lockkeeper.testbed.fleet;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a node's status as its kubelet does when a machine goes down and comes up; between reboots kwok keeps the node
 * alive. Like a kubelet it repeats each write until the API server takes it.
 */
final class SimulatedKubelet {
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final PatchContext STRATEGIC_MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);

    private final KubernetesClient client;
    private final Clock clock;

    SimulatedKubelet(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Ready as it says. Nothing happens if the node is gone. */
    void reports(String name, Readiness ready) throws InterruptedException {
        untilTaken(() -> {
            Node node = client.nodes().withName(name).get();
            if (node != null) {
                patchStatus(client.nodes().withName(name), Map.of("conditions", List.of(condition(node, ready))));
            }
        });
    }

    /** The first status of a new boot, in one write. A node that was deleted meanwhile is registered anew. */
    void comesUp(MachineSpec booted, Readiness ready) throws InterruptedException {
        untilTaken(() -> {
            Node node = client.nodes().withName(booted.name()).get();
            if (node == null) {
                client.resource(NodeFactory.node(booted, ready, clock.instant()))
                        .create();
            } else {
                patchStatus(
                        client.nodes().withName(booted.name()),
                        Map.of(
                                "nodeInfo", Map.of("bootID", booted.bootId(), "osImage", booted.osImage()),
                                "conditions", List.of(condition(node, ready))));
            }
        });
    }

    /** The pods that stayed on the node run again: the node lifecycle controller had marked them as not ready. */
    void restartsPods(String node) throws InterruptedException {
        untilTaken(() -> client.pods().inAnyNamespace().withField("spec.nodeName", node).list().getItems().stream()
                .filter(SimulatedKubelet::runsUnready)
                .forEach(pod -> patchStatus(
                        client.pods()
                                .inNamespace(pod.getMetadata().getNamespace())
                                .withName(pod.getMetadata().getName()),
                        Map.of("conditions", List.of(podCondition("Ready"), podCondition("ContainersReady"))))));
    }

    private static boolean runsUnready(Pod pod) {
        return "Running".equals(pod.getStatus().getPhase())
                && pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && !condition.getStatus().equals("True"));
    }

    private Map<String, String> condition(Node node, Readiness ready) {
        Map<String, String> condition = new HashMap<>(Map.of(
                "type", "Ready",
                "status", ready.status(),
                "reason", ready.reason(),
                "message", ready.message(),
                "lastHeartbeatTime", now()));
        boolean same = node.getStatus().getConditions().stream()
                .filter(present -> present.getType().equals("Ready"))
                .map(NodeCondition::getStatus)
                .anyMatch(ready.status()::equals);
        if (!same) {
            condition.put("lastTransitionTime", now());
        }
        return condition;
    }

    private Map<String, String> podCondition(String type) {
        return Map.of("type", type, "status", "True", "lastTransitionTime", now());
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static <T extends HasMetadata> void patchStatus(Resource<T> resource, Map<String, ?> status) {
        resource.subresource("status").patch(STRATEGIC_MERGE, Serialization.asJson(Map.of("status", status)));
    }

    private static void untilTaken(Runnable write) throws InterruptedException {
        while (true) {
            try {
                write.run();
                return;
            } catch (KubernetesClientException e) {
                int code = e.getCode();
                if (code >= 400 && code < 500 && code != 404 && code != 409 && code != 429) {
                    throw e;
                }
                Thread.sleep(RETRY);
            }
        }
    }
}
