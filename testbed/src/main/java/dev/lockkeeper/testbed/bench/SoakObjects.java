package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.crds.v1alpha1.Machines;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.SecretReference;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.crds.v1alpha1.StreamPinSpec;
import dev.lockkeeper.crds.v1alpha1.VerifySpec;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.operator.Manifests;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What a person would have made before a soak: groups of nodes, one of other machines with its password, and a pin. */
final class SoakObjects {

    static final String BOXES = "boxes";
    static final String PASSWORD = "a-password-of-the-boxes";

    private SoakObjects() {}

    /** Of a node: the same number of them in each group. */
    static String group(String node, int groups) {
        return "soak-"
                + Math.floorMod(
                        Integer.parseInt(node.substring(node.lastIndexOf('-') + 1)) / Architecture.values().length,
                        groups);
    }

    static void create(KubernetesClient admin, int groups, int slots) {
        admin.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(BOXES)
                        .withNamespace(Manifests.NAMESPACE)
                        .endMetadata()
                        .withStringData(Map.of("password", PASSWORD))
                        .build())
                .create();
        List<String> names =
                IntStream.range(0, groups).mapToObj(i -> "soak-" + i).toList();
        for (String name : names) {
            RebootGroupSpec spec = spec(slots);
            spec.setNodeSelector(new LabelSelectorBuilder()
                    .withMatchLabels(Map.of(Site.LABEL, name))
                    .build());
            create(admin, name, spec);
        }
        RebootGroupSpec boxes = spec(2);
        boxes.setNodeSelector(new LabelSelectorBuilder()
                .withMatchLabels(Map.of(Site.LABEL, BOXES))
                .build());
        boxes.setMachines(Machines.NodesAndOthers);
        SecretReference secret = new SecretReference();
        secret.setName(BOXES);
        boxes.setClientSecretRef(secret);
        create(admin, BOXES, boxes);
        StreamPinSpec pin = new StreamPinSpec();
        pin.setGroups(IntStream.rangeClosed(0, groups)
                .mapToObj(i -> i < groups ? names.get(i) : BOXES)
                .toList());
        StreamPin all = new StreamPin();
        all.setMetadata(new ObjectMetaBuilder().withName("all").build());
        all.setSpec(pin);
        admin.resource(all).create();
    }

    private static RebootGroupSpec spec(int slots) {
        RebootGroupSpec spec = new RebootGroupSpec();
        spec.setSlots(new IntOrString(slots));
        // Nodes are down all the time here, by chance: they must not stop the roll.
        spec.setCountUnready(false);
        spec.setStuckAfter(seconds(Duration.ofHours(1)));
        VerifySpec verify = new VerifySpec();
        verify.setTimeout(seconds(Duration.ofMinutes(15)));
        verify.setMinReady(seconds(Duration.ofSeconds(30)));
        verify.setMaxParked(100);
        spec.setVerify(verify);
        return spec;
    }

    private static String seconds(Duration real) {
        return real.dividedBy(Soak.FASTER).toSeconds() + "s";
    }

    private static void create(KubernetesClient admin, String name, RebootGroupSpec spec) {
        RebootGroup group = new RebootGroup();
        group.setMetadata(new ObjectMetaBuilder().withName(name).build());
        group.setSpec(spec);
        admin.resource(group).create();
    }
}
