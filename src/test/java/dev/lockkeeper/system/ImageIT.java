package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image of image/Containerfile, on bases made without a registry, as a container with what the manifests promise: any user in group
 * 0, no capability, no gain of rights, and no file system that can be written, not even /tmp. It stands in the host's network, where the
 * control plane is, and knows that as a pod does: by its ServiceAccount's files. Seccomp, SELinux and limits of memory are not in it.
 */
class ImageIT {

    private static final String RUNTIME = "/opt/lockkeeper/runtime/bin/java";

    @TempDir
    static Path folder;

    private static ContainerImage image;

    @BeforeAll
    static void build() throws IOException {
        String missing = ContainerImage.missing();
        if (!Boolean.getBoolean("image.required")) {
            assumeTrue(missing == null, () -> missing + ": the image was not tested");
        }
        assertThat(missing).isNull();
        image = ContainerImage.build(Manifests.root(), folder);
    }

    @AfterAll
    static void remove() {
        if (image != null) {
            image.close();
        }
    }

    @Test
    void anyUserWithoutCapabilitiesOnAReadOnlyRootIsReadyAndServesAgents() throws Exception {
        try (Rig rig = Rig.start()) {
            int user = ThreadLocalRandom.current().nextInt(100_000, 2_000_000_000);
            String name = "lockkeeper-" + user;
            Map<String, String> account = account(rig.plane);
            try {
                OperatorProcess operator = rig.launch(builder -> builder.command(environment -> image.command(
                        name, user, inCluster(rig.plane, shippedOptions(rig.admin), environment), account)));
                operator.awaitReady();
                Duration start = Duration.between(operator.startedAt(), Instant.now());
                long pid = image.pid(name);

                Map<String, String> status = image.processStatus(pid);
                assertThat(status.get("Uid"))
                        .isEqualTo(String.join("\t", List.of("" + user, "" + user, "" + user, "" + user)));
                assertThat(status.get("Gid")).isEqualTo("0\t0\t0\t0");
                assertThat(status.get("NoNewPrivs")).isEqualTo("1");
                assertThat(status.entrySet())
                        .filteredOn(e -> e.getKey().startsWith("Cap"))
                        .hasSize(5)
                        .allSatisfy(e -> assertThat(e.getValue()).as(e.getKey()).matches("0+"));
                assertThat(image.writableMounts(pid)).isEmpty();
                assertThat(Files.readString(Path.of("/proc", Long.toString(pid), "maps")))
                        .as("the AOT cache is in use")
                        .contains("/opt/lockkeeper/lockkeeper.aot");

                rig.group("workers");
                rig.machine("worker-1", "workers", operator);
                Rig.await()
                        .until(() -> rig.read("workers").getStatus() != null
                                && rig.read("workers").getStatus().getMembers() == 1);
                System.out.printf(
                        "image: %d MiB; a container of it was ready after %d ms and has %s resident%n",
                        image.bytes() >> 20, start.toMillis(), status.get("VmRSS"));

                // Nobody minds whether a process ends that never ran on: SIGTERM has to reach java.
                assertThat(operator.terminate()).isEqualTo(143);
                assertThat(operator.logText())
                        .contains("lockkeeper stopped in")
                        .doesNotContain("Unable to")
                        .doesNotContain("[warning][aot]");
            } finally {
                image.remove(name);
            }
        }
    }

    @Test
    void itHasNoShellAndNoProgramButJava() throws IOException {
        try (Stream<Path> files = Files.walk(image.root())) {
            List<String> programs = files.filter(f -> Files.isRegularFile(f) && Files.isExecutable(f))
                    .map(f -> "/" + image.root().relativize(f))
                    // Libraries are executable files, too.
                    .filter(f -> !f.matches(".*\\.so(\\.[0-9.]+)?"))
                    .toList();
            assertThat(programs)
                    .contains(RUNTIME)
                    .isSubsetOf(
                            RUNTIME,
                            RUNTIME.replace("java", "keytool"),
                            "/opt/lockkeeper/runtime/lib/jexec",
                            "/opt/lockkeeper/runtime/lib/jspawnhelper");
        }
    }

    @Test
    void itSaysWhatItIsAndIsNotRunByRootByDefault() {
        assertThat(image.labels())
                .containsEntry("org.opencontainers.image.licenses", "Apache-2.0")
                .containsEntry("org.opencontainers.image.version", "1.2.3")
                .containsEntry("org.opencontainers.image.revision", "abc")
                .containsKeys("org.opencontainers.image.title", "org.opencontainers.image.source");
        // Kubernetes can check runAsNonRoot only where the user is a number.
        assertThat(image.user()).isEqualTo("65532:0");
        assertThat(image.entryPoint()).startsWith(RUNTIME);
    }

    /** What a pod has instead of a kubeconfig: the content by its path in the container. */
    private static Map<String, String> account(ControlPlane plane) throws IOException {
        Config config = Config.fromKubeconfig(plane.kubeconfigFor(Manifests.NAMESPACE, Manifests.SERVICE_ACCOUNT)
                .toFile());
        String authority = config.getCaCertData() == null
                ? Files.readString(Path.of(config.getCaCertFile()))
                : new String(Base64.getMimeDecoder().decode(config.getCaCertData()));
        return Map.of("token", config.getOauthToken(), "ca.crt", authority, "namespace", Manifests.NAMESPACE);
    }

    private static Map<String, String> inCluster(ControlPlane plane, String options, Map<String, String> environment) {
        URI server = URI.create(plane.url());
        environment.remove("KUBECONFIG");
        environment.put("KUBERNETES_SERVICE_HOST", server.getHost());
        environment.put("KUBERNETES_SERVICE_PORT", Integer.toString(server.getPort()));
        environment.put("JDK_JAVA_OPTIONS", options);
        return environment;
    }

    private static String shippedOptions(KubernetesClient client) {
        try (InputStream in = Files.newInputStream(Manifests.root().resolve("deploy/base/deployment.yaml"))) {
            Deployment shipped = client.apps().deployments().load(in).item();
            return shipped.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
                    .filter(variable -> variable.getName().equals("JDK_JAVA_OPTIONS"))
                    .findFirst()
                    .orElseThrow()
                    .getValue();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
