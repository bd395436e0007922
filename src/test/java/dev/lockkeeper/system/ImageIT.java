package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockkeeper.testbed.image.ContainerImage;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
        image = ContainerImage.build(Manifests.root(), folder, "VERSION=1.2.3", "REVISION=abc");
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
            String options = shippedOptions(rig.admin);
            try {
                OperatorProcess operator = rig.launch(
                        builder -> builder.command(environment -> image.command(name, user, environment, options)));
                operator.awaitReady();
                Duration start = Duration.between(operator.startedAt(), Instant.now());
                long pid = image.pid(name);

                Map<String, String> status = image.processStatus(pid);
                assertThat(status.get("Uid"))
                        .as("real, effective, saved and file system's")
                        .isEqualTo("%1$d\t%1$d\t%1$d\t%1$d".formatted(user));
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
                        .untilAsserted(
                                () -> assertThat(operator.management("/q/metrics")
                                                .body())
                                        .containsPattern(
                                                "lockkeeper_requests_total\\{api=\"steady-state\",group=\"workers\",outcome=\"released\"\\} 1"));
                System.out.printf(
                        "image: %d MiB; a container of it was ready after %d ms and has %s resident%n",
                        image.bytes() >> 20, start.toMillis(), status.get("VmRSS"));

                // The end that a kubelet asks for.
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
                            "/opt/lockkeeper/runtime/bin/jfr",
                            "/opt/lockkeeper/runtime/bin/keytool",
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
