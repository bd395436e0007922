package dev.lockkeeper.testbed.control;

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

    /** The folder in testbed/go whose go.mod pins it. */
    String module() {
        return module;
    }

    String goPackage() {
        return goPackage;
    }

    /** How long it compiles on 2 cores with an empty build cache. */
    String estimate() {
        return estimate;
    }
}
