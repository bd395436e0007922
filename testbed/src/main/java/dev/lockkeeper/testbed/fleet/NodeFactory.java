package dev.lockkeeper.testbed.fleet;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.ContainerImageBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Builds the Node object with which a machine's kubelet registers; from then on kwok keeps it alive. */
final class NodeFactory {
    private static final String KUBELET_VERSION = "v1.34.4";
    private static final Map<String, Quantity> RESOURCES = Map.of(
            "cpu", new Quantity("16"),
            "memory", new Quantity("64Gi"),
            "ephemeral-storage", new Quantity("200Gi"),
            "pods", new Quantity("110"));

    private NodeFactory() {}

    static Node node(MachineSpec machine, Readiness ready, Instant now) {
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        Map<String, String> labels = new HashMap<>();
        labels.put("kubernetes.io/arch", machine.architecture().kubernetesName());
        labels.put("kubernetes.io/os", "linux");
        labels.put("kubernetes.io/hostname", machine.name());
        machine.zone().ifPresent(zone -> labels.put("topology.kubernetes.io/zone", zone));
        labels.putAll(machine.labels());
        return new NodeBuilder()
                .withNewMetadata()
                .withName(machine.name())
                .withLabels(labels)
                .addToAnnotations("kwok.x-k8s.io/node", "fake")
                .endMetadata()
                .withNewSpec()
                .withTaints(machine.taints())
                .endSpec()
                .withNewStatus()
                .withCapacity(RESOURCES)
                .withAllocatable(RESOURCES)
                .addNewAddress(machine.name(), "Hostname")
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready.status())
                .withReason(ready.reason())
                .withMessage(ready.message())
                .withLastHeartbeatTime(time)
                .withLastTransitionTime(time)
                .endCondition()
                .withNewNodeInfo()
                .withMachineID(machine.machineId())
                .withSystemUUID(machine.systemUuid())
                .withBootID(machine.bootId())
                .withOsImage(machine.osImage())
                .withArchitecture(machine.architecture().kubernetesName())
                .withOperatingSystem("linux")
                .withKernelVersion("6.18.4-200.fc44." + machine.architecture().coreosName())
                .withContainerRuntimeVersion("containerd://2.1.5")
                .withKubeletVersion(KUBELET_VERSION)
                .withKubeProxyVersion("")
                .endNodeInfo()
                .withImages(images(machine.images()))
                .endStatus()
                .build();
    }

    private static List<ContainerImage> images(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    String repository = "registry.example.com/platform/team-%02d/component-with-a-long-name-%03d"
                            .formatted(i % 12, i);
                    String digest = MachineSpec.hex(i, repository, "high") + MachineSpec.hex(i, repository, "low");
                    return new ContainerImageBuilder()
                            .withNames(repository + "@sha256:" + digest, repository + ":v1." + i + ".0")
                            .withSizeBytes(40_000_000L + i * 1_234_567L)
                            .build();
                })
                .toList();
    }
}
