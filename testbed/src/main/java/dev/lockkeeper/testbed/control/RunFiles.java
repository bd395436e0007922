package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes what the parts read at their start into the run's folder. */
record RunFiles(Path folder) {
    private static final List<String> CLIENTS = List.of("admin", "kwok", "controller-manager", "scheduler");

    /** All but the kubeconfigs, which need the API server's port. */
    void write(Settings settings) throws IOException {
        Certificates certificates = new Certificates(folder);
        certificates.issue("server", "CN=kube-apiserver");
        certificates.issue("service-accounts", "CN=service-accounts");
        certificates.issue("admin", "O=system:masters,CN=admin");
        certificates.issue("kwok", "O=system:masters,CN=kwok");
        certificates.issue("controller-manager", "CN=system:kube-controller-manager");
        certificates.issue("scheduler", "CN=system:kube-scheduler");
        Files.writeString(folder.resolve("audit-policy.yaml"), resource("audit-policy.yaml"));
        String heartbeat = Long.toString(settings.heartbeat().toMillis());
        Files.writeString(
                folder.resolve("stages.yaml"), resource("stages.yaml").replace("${heartbeat-milliseconds}", heartbeat));
    }

    void writeKubeconfigs(PartCommands commands) {
        for (String who : CLIENTS) {
            kubeconfig(
                    commands,
                    who,
                    "{client-certificate: \"%s\", client-key: \"%s\"}"
                            .formatted(folder.resolve(who + ".pem"), folder.resolve(who + ".key")));
        }
    }

    Path kubeconfigWithToken(PartCommands commands, String who, String token) {
        return kubeconfig(commands, who, "{token: \"" + token + "\"}");
    }

    private Path kubeconfig(PartCommands commands, String who, String user) {
        Path file = commands.kubeconfigOf(who);
        try {
            return Files.writeString(file, """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: testbed, cluster: {server: "%s", certificate-authority: "%s"}}]
                    users: [{name: user, user: %s}]
                    contexts: [{name: testbed, context: {cluster: testbed, user: user}}]
                    current-context: testbed
                    """.formatted(commands.url(), folder.resolve("ca.pem"), user));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = RunFiles.class.getResourceAsStream("/control/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
