package dev.lockkeeper.testbed.control;

import dev.lockkeeper.testbed.control.PartCommands.Ports;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A real Kubernetes control plane on loopback: etcd, API server, controllers and scheduler, with kwok in place of the
 * kubelets. Starts in seconds, in a folder of its own, and ends with this JVM for certain.
 */
public final class ControlPlane implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final int TRIES = 3;
    private static final long TOKEN_SECONDS = Duration.ofDays(1).toSeconds();
    private static final String LEASES = "kube-node-lease";
    // The API server before etcd: without it, it would not end by itself for a minute.
    private static final List<Part> STOP_ORDER =
            List.of(Part.KWOK, Part.SCHEDULER, Part.CONTROLLER_MANAGER, Part.API_SERVER, Part.ETCD);

    private final Settings settings;
    private final Binaries binaries;
    private final Path folder;
    private final RunFiles files;
    private final Map<Part, PartProcess> processes = new EnumMap<>(Part.class);
    private PartCommands commands;
    private KubernetesClient admin;

    private ControlPlane(Settings settings) throws IOException {
        this.settings = settings;
        this.binaries = Binaries.ready(System.out);
        this.folder = StaleFolders.create();
        this.files = new RunFiles(folder);
    }

    /** How a control plane is started; the defaults suit tests. */
    public static final class Builder {
        private Duration nodeMonitorGrace = Settings.DEFAULT.nodeMonitorGrace();
        private int leaseSeconds = Settings.DEFAULT.leaseSeconds();
        private Duration heartbeat = Settings.DEFAULT.heartbeat();
        private boolean audit = Settings.DEFAULT.audit();
        private boolean keepFolder = Settings.DEFAULT.keepFolder();

        private Builder() {}

        /** After how long without a renewed lease a node counts as gone, in whole seconds; 40 s. */
        public Builder nodeMonitorGrace(Duration time) {
            nodeMonitorGrace = time;
            return this;
        }

        /** How long the nodes' leases are, at least 4, less than twice nodeMonitorGrace; 40. kwok renews them in a quarter of that. */
        public Builder leaseSeconds(int seconds) {
            leaseSeconds = seconds;
            return this;
        }

        /** How often a Ready node's heartbeat is written, at least 1 s; 2 s. Each is a write: with 5,000 nodes give minutes. */
        public Builder heartbeat(Duration time) {
            heartbeat = time;
            return this;
        }

        /** Whether the API server writes an audit log; yes. */
        public Builder audit(boolean on) {
            audit = on;
            return this;
        }

        /** Whether logs and data are left in {@link ControlPlane#folder()} until the first start after this JVM's end; no. */
        public Builder keepFolder(boolean keep) {
            keepFolder = keep;
            return this;
        }

        /**
         * Returns when the API server is ready and the controllers have made the default ServiceAccount.
         *
         * @throws IllegalArgumentException if a setting is out of its bounds
         * @throws IllegalStateException if a part ends or is not ready in 90 s, with the end of its log
         */
        public ControlPlane start() {
            Settings settings = new Settings(nodeMonitorGrace, leaseSeconds, heartbeat, audit, keepFolder);
            try {
                ControlPlane plane = new ControlPlane(settings);
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

    /** With the defaults; see {@link Builder#start()}. */
    public static ControlPlane start() {
        return builder().start();
    }

    private void bringUp() throws IOException {
        files.write(settings);
        for (int attempt = 1; !apiServerComesUp(); attempt++) {
            String tail = processes.get(Part.API_SERVER).tail();
            stop();
            if (attempt == TRIES) {
                throw new IllegalStateException("every free port was taken by another before it was used. " + tail);
            }
        }
        launch(Part.CONTROLLER_MANAGER);
        launch(Part.SCHEDULER);
        launch(Part.KWOK);
        await(
                "the default ServiceAccount",
                Part.CONTROLLER_MANAGER,
                () -> admin.serviceAccounts()
                                .inNamespace("default")
                                .withName("default")
                                .get()
                        != null);
    }

    /** False if somebody else took a port between its choice and its use. */
    private boolean apiServerComesUp() throws IOException {
        commands = new PartCommands(settings, binaries, folder, new Ports(freePort(), freePort(), freePort()));
        files.writeKubeconfigs(commands);
        if (admin != null) {
            admin.close();
        }
        Config config = Config.fromKubeconfig(adminKubeconfig().toFile());
        config.setRequestRetryBackoffLimit(0);
        admin = new KubernetesClientBuilder().withConfig(config).build();
        launch(Part.ETCD);
        launch(Part.API_SERVER);
        try {
            awaitApiServer();
            return true;
        } catch (IllegalStateException e) {
            if (processes.values().stream().anyMatch(PartProcess::foundItsPortTaken)) {
                return false;
            }
            throw e;
        }
    }

    private void launch(Part part) {
        processes.put(part, PartProcess.start(part, commands.of(part), folder));
    }

    private void awaitApiServer() {
        await("the API server", Part.API_SERVER, () -> "ok".equals(admin.raw("/readyz")));
    }

    private void await(String what, Part maker, BooleanSupplier there) {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try {
                if (there.getAsBoolean()) {
                    return;
                }
            } catch (KubernetesClientException e) {
                // It is coming up: asked again below.
            }
            for (Part needed : List.of(Part.ETCD, maker)) {
                if (!processes.get(needed).alive()) {
                    throw new IllegalStateException(needed.binary() + " ended while " + what + " was waited for. "
                            + processes.get(needed).tail());
                }
            }
            if (System.nanoTime() > limit) {
                throw new IllegalStateException(what + " is not there after " + START_LIMIT.toSeconds() + " s. "
                        + processes.get(maker).tail());
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting for " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /** A client that may do everything. It tries each request once. */
    public KubernetesClient admin() {
        return admin;
    }

    public Path adminKubeconfig() {
        return commands.kubeconfigOf("admin");
    }

    public String url() {
        return commands.url();
    }

    /** Logs, data and certificates of this run. */
    public Path folder() {
        return folder;
    }

    public Path log(Part part) {
        return processes.get(part).log();
    }

    /** Of its process, or of its last one. */
    public long pid(Part part) {
        return processes.get(part).pid();
    }

    /** Every request that the API server answered, one JSON object a line. */
    public Path auditLog() {
        return commands.auditLog();
    }

    /** Reads the audit log from its start and keeps what is wanted. An entry is there before its answer is. */
    public List<AuditEntry> auditEntries(Predicate<AuditEntry> wanted) {
        if (!settings.audit()) {
            throw new IllegalStateException("this control plane was started without an audit log: use audit(true).");
        }
        return new AuditLog(auditLog()).entries(wanted);
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
        return files.kubeconfigWithToken(commands, namespace + "-" + serviceAccount, token);
    }

    /** SIGSTOP: the part's connections stay open and nobody answers. */
    public synchronized void pause(Part part) {
        processes.get(part).pause();
    }

    public synchronized void resume(Part part) {
        processes.get(part).resume();
    }

    /** SIGKILL. */
    public synchronized void kill(Part part) {
        processes.get(part).kill();
    }

    /**
     * Starts a part again on its old port; kills it first if it runs. Restarting etcd or the API server waits until the
     * API server is ready, so both must run then; and it restarts a running kwok, which gives up a heartbeat for good
     * whose request broke off.
     */
    public synchronized void restart(Part part) {
        kill(part);
        if (part == Part.KWOK) {
            freeLeases();
        }
        launch(part);
        if (part == Part.ETCD || part == Part.API_SERVER) {
            awaitApiServer();
            if (processes.get(Part.KWOK).alive()) {
                restart(Part.KWOK);
            }
        }
    }

    /** A new kwok would wait until those of the old one have run out. */
    private void freeLeases() {
        admin.leases().inNamespace(LEASES).delete();
    }

    private synchronized void stop() {
        STOP_ORDER.stream()
                .filter(processes::containsKey)
                .forEach(part -> processes.get(part).kill());
    }

    /** Kills every part and removes the folder. */
    @Override
    public void close() {
        if (admin != null) {
            admin.close();
        }
        stop();
        if (!settings.keepFolder()) {
            StaleFolders.delete(folder);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
