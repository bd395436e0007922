package dev.lockkeeper.testbed.control;

import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real Kubernetes control plane on loopback: etcd, API server, controllers and scheduler, with kwok in place of the kubelets. Starts
 * in seconds, in a folder of its own, and ends with this JVM for certain.
 */
public final class ControlPlane implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final int TRIES = 3;
    private static final long TOKEN_SECONDS = Duration.ofDays(1).toSeconds();

    private final Builder options;
    private final Binaries binaries;
    private final Path folder;
    private final Map<Part, List<String>> commands = new EnumMap<>(Part.class);
    private final Map<Part, Process> processes = new EnumMap<>(Part.class);
    private int etcdPort;
    private int etcdPeerPort;
    private int apiPort;
    private KubernetesClient admin;

    private ControlPlane(Builder options) throws IOException {
        this.options = options;
        this.binaries = Binaries.ready(System.out);
        this.folder = StaleFolders.create();
    }

    /** How a control plane is started; the defaults suit tests. */
    public static final class Builder {
        private Duration nodeMonitorGrace = Duration.ofSeconds(40);
        private int leaseSeconds = 40;
        private Duration heartbeat = Duration.ofSeconds(2);

        private Builder() {}

        /** After how long without a lease a node counts as gone. */
        public Builder nodeMonitorGrace(Duration time) {
            nodeMonitorGrace = time;
            return this;
        }

        /** How long the nodes' leases are; kwok renews them in a quarter of that. */
        public Builder leaseSeconds(int seconds) {
            leaseSeconds = seconds;
            return this;
        }

        /** How often a Ready node's heartbeat is written. */
        public Builder heartbeat(Duration time) {
            heartbeat = time;
            return this;
        }

        public ControlPlane start() {
            try {
                ControlPlane plane = new ControlPlane(this);
                try {
                    plane.bringUp();
                    return plane;
                } catch (RuntimeException | IOException e) {
                    plane.close();
                    throw e;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the control plane cannot be started", e);
            }
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    public static ControlPlane start() {
        return builder().start();
    }

    private void bringUp() throws IOException {
        Certificates certificates = new Certificates(folder);
        certificates.issue("server", "CN=kube-apiserver");
        certificates.issue("service-accounts", "CN=service-accounts");
        certificates.issue("admin", "O=system:masters,CN=admin");
        certificates.issue("controller-manager", "CN=system:kube-controller-manager");
        certificates.issue("scheduler", "CN=system:kube-scheduler");
        resource("audit-policy.yaml", Map.of());
        resource("stages.yaml", Map.of("${heartbeat-milliseconds}", Long.toString(options.heartbeat.toMillis())));
        for (int attempt = 1; ; attempt++) {
            etcdPort = freePort();
            etcdPeerPort = freePort();
            apiPort = freePort();
            compose();
            try {
                launch(Part.ETCD);
                launch(Part.API_SERVER);
                awaitReady();
                break;
            } catch (IllegalStateException e) {
                stop();
                if (attempt == TRIES) {
                    throw e;
                }
            }
        }
        launch(Part.CONTROLLER_MANAGER);
        launch(Part.SCHEDULER);
        launch(Part.KWOK);
        awaitServiceAccounts();
    }

    private void compose() throws IOException {
        for (String who : List.of("admin", "controller-manager", "scheduler")) {
            kubeconfig(
                    who + ".kubeconfig",
                    "{client-certificate: \"" + file(who + ".pem") + "\", client-key: \"" + file(who + ".key") + "\"}");
        }
        String etcd = "http://127.0.0.1:" + etcdPort;
        String peer = "http://127.0.0.1:" + etcdPeerPort;
        commands.put(
                Part.ETCD,
                List.of(
                        "--data-dir=" + file("etcd"),
                        "--listen-client-urls=" + etcd,
                        "--advertise-client-urls=" + etcd,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=default=" + peer,
                        "--unsafe-no-fsync",
                        "--log-level=warn"));
        commands.put(
                Part.API_SERVER,
                List.of(
                        "--etcd-servers=" + etcd,
                        "--secure-port=" + apiPort,
                        "--bind-address=127.0.0.1",
                        "--tls-cert-file=" + file("server.pem"),
                        "--tls-private-key-file=" + file("server.key"),
                        "--client-ca-file=" + file("ca.pem"),
                        "--authorization-mode=Node,RBAC",
                        "--service-account-issuer=https://testbed.lockkeeper.dev",
                        "--service-account-key-file=" + file("service-accounts.pem"),
                        "--service-account-signing-key-file=" + file("service-accounts.key"),
                        "--service-cluster-ip-range=10.0.0.0/16",
                        "--allow-privileged=true",
                        "--audit-policy-file=" + file("audit-policy.yaml"),
                        "--audit-log-path=" + file("audit.log")));
        commands.put(
                Part.CONTROLLER_MANAGER,
                List.of(
                        "--kubeconfig=" + file("controller-manager.kubeconfig"),
                        "--service-account-private-key-file=" + file("service-accounts.key"),
                        "--root-ca-file=" + file("ca.pem"),
                        "--use-service-account-credentials",
                        "--node-monitor-grace-period=" + options.nodeMonitorGrace.toSeconds() + "s",
                        "--kube-api-qps=500",
                        "--kube-api-burst=1000",
                        "--leader-elect=false",
                        "--secure-port=0"));
        commands.put(
                Part.SCHEDULER,
                List.of("--kubeconfig=" + file("scheduler.kubeconfig"), "--leader-elect=false", "--secure-port=0"));
        commands.put(
                Part.KWOK,
                List.of(
                        "--kubeconfig=" + file("admin.kubeconfig"),
                        "--manage-all-nodes=true",
                        "--node-lease-duration-seconds=" + options.leaseSeconds,
                        "--config=" + file("stages.yaml")));
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private void resource(String name, Map<String, String> variables) throws IOException {
        try (InputStream in = ControlPlane.class.getResourceAsStream("/control/" + name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (Map.Entry<String, String> variable : variables.entrySet()) {
                text = text.replace(variable.getKey(), variable.getValue());
            }
            Files.writeString(file(name), text);
        }
    }

    private Path kubeconfig(String name, String user) throws IOException {
        return Files.writeString(file(name), """
                apiVersion: v1
                kind: Config
                clusters: [{name: testbed, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: user, user: %s}]
                contexts: [{name: testbed, context: {cluster: testbed, user: user}}]
                current-context: testbed
                """.formatted(url(), file("ca.pem"), user));
    }

    private synchronized void launch(Part part) {
        ProcessBuilder builder =
                new ProcessBuilder(Stream.concat(Stream.of(binaries.of(part).toString()), commands.get(part).stream())
                        .toList());
        builder.directory(folder.toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log(part).toFile()));
        processes.put(part, ChildProcesses.start(builder));
    }

    private void awaitReady() {
        Config config = Config.fromKubeconfig(new File(adminKubeconfig().toString()));
        config.setRequestRetryBackoffLimit(0);
        if (admin != null) {
            admin.close();
        }
        admin = new KubernetesClientBuilder().withConfig(config).build();
        await("the API server is not ready", () -> "ok".equals(admin.raw("/readyz")));
    }

    private void awaitServiceAccounts() {
        await(
                "the controllers have made no ServiceAccount",
                () -> admin.serviceAccounts()
                                .inNamespace("default")
                                .withName("default")
                                .get()
                        != null);
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String otherwise, Condition condition) {
        Instant limit = Instant.now().plus(START_LIMIT);
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (KubernetesClientException e) {
                // It is coming up: asked again below.
            }
            for (Map.Entry<Part, Process> entry : processes.entrySet()) {
                if (!entry.getValue().isAlive()) {
                    throw new IllegalStateException(entry.getKey().binary() + " ended:\n" + tail(entry.getKey()));
                }
            }
            if (Instant.now().isAfter(limit)) {
                throw new IllegalStateException(
                        otherwise + " after " + START_LIMIT.toSeconds() + " s:\n" + tail(Part.API_SERVER));
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private String tail(Part part) {
        try {
            List<String> lines = Files.readAllLines(log(part));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** A client that may do everything. */
    public KubernetesClient admin() {
        return admin;
    }

    public Path adminKubeconfig() {
        return file("admin.kubeconfig");
    }

    public String url() {
        return "https://127.0.0.1:" + apiPort;
    }

    public Path folder() {
        return folder;
    }

    public Path log(Part part) {
        return file(part.binary() + ".log");
    }

    /** Every request that the API server answered, one JSON object a line. */
    public Path auditLog() {
        return file("audit.log");
    }

    /** A kubeconfig with a token of that ServiceAccount, good for a day. */
    public Path kubeconfigFor(String namespace, String serviceAccount) {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(TOKEN_SECONDS)
                .endSpec()
                .build();
        String token = admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(serviceAccount)
                .tokenRequest(request)
                .getStatus()
                .getToken();
        try {
            return kubeconfig(namespace + "-" + serviceAccount + ".kubeconfig", "{token: \"" + token + "\"}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGSTOP: the part's connections stay open and nobody answers. */
    public void pause(Part part) {
        signal(part, "STOP");
    }

    public void resume(Part part) {
        signal(part, "CONT");
    }

    /** SIGKILL. */
    public void kill(Part part) {
        processes.get(part).destroyForcibly();
        join(processes.get(part));
    }

    /** Starts a part again that was killed, on its old port, and waits until the API server is ready. */
    public void restart(Part part) {
        if (processes.get(part).isAlive()) {
            kill(part);
        }
        launch(part);
        await("the API server is not ready", () -> "ok".equals(admin.raw("/readyz")));
    }

    private void signal(Part part, String signal) {
        try {
            join(new ProcessBuilder(
                            "kill",
                            "-" + signal,
                            Long.toString(processes.get(part).pid()))
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a process to end", e);
        }
    }

    /** The API server before etcd, without which it would take a minute to end. */
    private void stop() {
        for (Part part : List.of(Part.KWOK, Part.SCHEDULER, Part.CONTROLLER_MANAGER, Part.API_SERVER, Part.ETCD)) {
            Process process = processes.remove(part);
            if (process != null) {
                process.destroyForcibly();
                join(process);
            }
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close();
        }
        stop();
        StaleFolders.delete(folder);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
