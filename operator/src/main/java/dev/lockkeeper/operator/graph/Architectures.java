package dev.lockkeeper.operator.graph;

import dev.lockkeeper.operator.lock.NodeView;
import java.util.Map;

/** Fedora's names of the architectures, which people see everywhere; Kubernetes' own are known at Nodes alone. */
public final class Architectures {

    private static final String LABEL = "kubernetes.io/arch";
    private static final Map<String, String> BY_KUBERNETES_NAME =
            Map.of("amd64", "x86_64", "arm64", "aarch64", "ppc64le", "ppc64le", "s390x", "s390x");

    private Architectures() {}

    /** A Node's architecture; null where its label is absent or names none that Fedora CoreOS is made for. */
    public static String of(NodeView node) {
        return BY_KUBERNETES_NAME.get(node.labels().getOrDefault(LABEL, ""));
    }

    /** Whether Fedora CoreOS is made for it: what else an agent says may be made up. */
    static boolean isKnown(String architecture) {
        return architecture != null && BY_KUBERNETES_NAME.containsValue(architecture);
    }
}
