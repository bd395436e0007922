package dev.lockkeeper.testbed.fleet;

/** What a node's Ready condition says, in a kubelet's own words. */
enum Readiness {
    READY("True", "KubeletReady", "kubelet is posting ready status"),
    NOT_READY("False", "KubeletNotReady", "container runtime network not ready: NetworkReady=false"),
    SHUTTING_DOWN("False", "KubeletNotReady", "node is shutting down"),
    SILENT("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");

    private final String status;
    private final String reason;
    private final String message;

    Readiness(String status, String reason, String message) {
        this.status = status;
        this.reason = reason;
        this.message = message;
    }

    String status() {
        return status;
    }

    String reason() {
        return reason;
    }

    String message() {
        return message;
    }
}
