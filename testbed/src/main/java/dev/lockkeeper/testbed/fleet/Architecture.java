package dev.lockkeeper.testbed.fleet;

/** The architectures that Fedora CoreOS is built for, with the name that Kubernetes has for each. */
public enum Architecture {
    X86_64("x86_64", "amd64"),
    AARCH64("aarch64", "arm64"),
    PPC64LE("ppc64le", "ppc64le"),
    S390X("s390x", "s390x");

    private final String coreosName;
    private final String kubernetesName;

    Architecture(String coreosName, String kubernetesName) {
        this.coreosName = coreosName;
        this.kubernetesName = kubernetesName;
    }

    /** The name that people and Fedora CoreOS use. */
    public String coreosName() {
        return coreosName;
    }

    /** The name in {@code nodeInfo.architecture} and the label {@code kubernetes.io/arch}. */
    public String kubernetesName() {
        return kubernetesName;
    }
}
