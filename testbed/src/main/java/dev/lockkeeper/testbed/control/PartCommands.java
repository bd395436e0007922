package dev.lockkeeper.testbed.control;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of each part, and where its files are.
 *
 * @param folder the run's own
 */
record PartCommands(Settings settings, Binaries binaries, Path folder, Ports ports) {

    /** Loopback ports: etcd's for clients and for peers (it insists), and the API server's. */
    record Ports(int etcd, int etcdPeer, int apiServer) {}

    String url() {
        return "https://127.0.0.1:" + ports.apiServer();
    }

    Path auditLog() {
        return file("audit.log");
    }

    Path kubeconfigOf(String who) {
        return file(who + ".kubeconfig");
    }

    List<String> of(Part part) {
        List<String> command = new ArrayList<>();
        command.add(binaries.of(part).toAbsolutePath().toString());
        command.addAll(
                switch (part) {
                    case ETCD -> etcd();
                    case API_SERVER -> apiServer();
                    case CONTROLLER_MANAGER -> controllerManager();
                    case SCHEDULER -> scheduler();
                    case KWOK -> kwok();
                });
        return command;
    }

    private List<String> etcd() {
        String client = "http://127.0.0.1:" + ports.etcd();
        String peer = "http://127.0.0.1:" + ports.etcdPeer();
        return List.of(
                // Named after the port: a retry on other ports must not find the former member's data.
                "--data-dir=" + file("etcd-" + ports.etcd()),
                "--unsafe-no-fsync",
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer,
                "--log-level=warn");
    }

    private List<String> apiServer() {
        List<String> arguments = new ArrayList<>(List.of(
                "--etcd-servers=http://127.0.0.1:" + ports.etcd(),
                "--bind-address=127.0.0.1",
                "--secure-port=" + ports.apiServer(),
                // No Endpoints of the kubernetes Service: they may not be loopback, and nothing here uses them.
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--tls-cert-file=" + file("server.pem"),
                "--tls-private-key-file=" + file("server.key"),
                "--client-ca-file=" + file("ca.pem"),
                "--authorization-mode=Node,RBAC",
                "--service-account-issuer=https://testbed.lockkeeper.dev",
                "--service-account-key-file=" + file("service-accounts.pem"),
                "--service-account-signing-key-file=" + file("service-accounts.key"),
                "--service-cluster-ip-range=10.3.0.0/16",
                "--allow-privileged=true",
                "--profiling=false",
                // So that a load test meets etcd and the CPU, not a queue.
                "--max-requests-inflight=3000",
                "--max-mutating-requests-inflight=1000"));
        if (settings.audit()) {
            arguments.addAll(List.of(
                    "--audit-policy-file=" + file("audit-policy.yaml"),
                    "--audit-log-path=" + auditLog(),
                    // Megabytes, so that it is one file, never rotated.
                    "--audit-log-maxsize=100000"));
        }
        return arguments;
    }

    private List<String> controllerManager() {
        return List.of(
                "--kubeconfig=" + kubeconfigOf("controller-manager"),
                "--service-account-private-key-file=" + file("service-accounts.key"),
                "--root-ca-file=" + file("ca.pem"),
                "--use-service-account-credentials",
                "--leader-elect=false",
                "--secure-port=0",
                "--profiling=false",
                "--kube-api-qps=500",
                "--kube-api-burst=1000",
                "--node-monitor-grace-period=" + settings.nodeMonitorGrace().toSeconds() + "s");
    }

    private List<String> scheduler() {
        return List.of(
                "--kubeconfig=" + kubeconfigOf("scheduler"),
                "--leader-elect=false",
                "--secure-port=0",
                "--profiling=false",
                "--kube-api-qps=500",
                "--kube-api-burst=1000");
    }

    private List<String> kwok() {
        return List.of(
                "--kubeconfig=" + kubeconfigOf("kwok"),
                "--config=" + file("stages.yaml"),
                "--manage-all-nodes=true",
                "--node-lease-duration-seconds=" + settings.leaseSeconds());
    }

    private Path file(String name) {
        return folder.resolve(name);
    }
}
