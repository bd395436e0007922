package dev.lockkeeper.testbed.control;

import java.util.List;

/** One process of the control plane, and how its binary is compiled. */
public enum Part {
    // In the order in which they compile best: the first one fills the build cache for the next two.
    API_SERVER("kube-apiserver", "kubernetes", "./kube-apiserver", "4 minutes"),
    ETCD("etcd", "kubernetes", "./etcd", "15 seconds"),
    CONTROLLER_MANAGER("kube-controller-manager", "kubernetes", "./kube-controller-manager", "75 seconds"),
    SCHEDULER("kube-scheduler", "kubernetes", "./kube-scheduler", "10 seconds"),
    KWOK("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok", "3 minutes");

    private final String binary;
    private final String module;
    private final String goPackage;
    private final String estimate;

    Part(String binary, String module, String goPackage, String estimate) {
        this.binary = binary;
        this.module = module;
        this.goPackage = goPackage;
        this.estimate = estimate;
    }

    /** The file name of its binary and, with ".log", of its log. */
    public String binary() {
        return binary;
    }

    /** How it is compiled, so that it says it is of that version of Kubernetes. */
    Target target(String kubernetesVersion) {
        return new Target(
                binary,
                module,
                goPackage,
                List.of("k8s.io/component-base/version.gitVersion=" + kubernetesVersion),
                estimate);
    }
}
