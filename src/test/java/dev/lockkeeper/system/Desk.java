package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.control.Helm;
import dev.lockkeeper.testbed.control.Kubectl;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where a person sits who types a page in: a folder that is empty but for a checkout of Lockkeeper, and a shell with kubectl, Helm, curl
 * and openssl. No packets of this machine reach the addresses of a cluster's Services, so curl and openssl connect to the operator's
 * process where the page says 10.3.0.15 or a forwarded port; what is sent is as typed.
 */
final class Desk {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final ControlPlane plane;

    Desk(Path folder, ControlPlane plane) throws IOException {
        this.folder = folder;
        this.plane = plane;
        Files.createDirectories(folder.resolve("bin"));
        Path home = Files.createDirectories(folder.resolve("home"));
        Path kubectl = Kubectl.ready(home, plane.adminKubeconfig(), System.out).binary();
        tool("kubectl", "exec '%s' \"$@\"\n".formatted(kubectl));
        tool("helm", "exec '%s' \"$@\"\n".formatted(Helm.ready(home, System.out).binary()));
        for (String part : List.of("crds", "deploy", "helm")) {
            copy(Manifests.root().resolve(part), folder.resolve("lockkeeper").resolve(part));
        }
        Files.createDirectories(folder.resolve("mine"));
    }

    /** The folder of what the person writes; the checkout is beside it. */
    Path mine() {
        return folder.resolve("mine");
    }

    Path checkout() {
        return folder.resolve("lockkeeper");
    }

    /**
     * From now on the addresses that the page names lead to this operator.
     *
     * @param tlsPort where openssl is led to; 0: nowhere
     * @param password what the person types where curl asks for it
     */
    void connect(OperatorProcess operator, int tlsPort, String password) throws IOException {
        tool("curl", """
                args=()
                for a in "$@"; do args+=("$a"); done
                for i in "${!args[@]}"; do
                  if [ "${args[$i]}" = --user ] && [[ "${args[$((i+1))]}" != *:* ]]; then args[$((i+1))]="${args[$((i+1))]}:%s"; fi
                done
                exec /usr/bin/env -u BASH_ENV "$REAL_CURL" -sS --fail --connect-to 10.3.0.15:80:127.0.0.1:%d \
                  --connect-to 127.0.0.1:9000:127.0.0.1:%d "${args[@]}"
                """.formatted(password, operator.port(), operator.managementPort()));
        tool("openssl", """
                exec "$REAL_OPENSSL" "${@/10.3.0.15:443/127.0.0.1:%d}"
                """.formatted(tlsPort));
    }

    private void tool(String name, String script) throws IOException {
        Path file = folder.resolve("bin").resolve(name);
        Files.writeString(file, "#!/bin/bash\n" + script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** Types a line until it succeeds, as a person would who waits for the cluster, and returns what it printed. */
    String type(Path where, String line) {
        return type(where, line, _ -> {});
    }

    /** The same until what it printed is right, too. */
    String type(Path where, String line, Consumer<String> right) {
        AtomicReference<String> printed = new AtomicReference<>();
        Rig.await(PATIENCE).untilAsserted(() -> {
            Said said = shell(where, line);
            assertThat(said.status())
                    .as("%s\n%s%s", line, said.out(), said.err())
                    .isZero();
            right.accept(said.out());
            printed.set(said.out());
        });
        return printed.get();
    }

    private record Said(int status, String out, String err) {}

    private Said shell(Path where, String line) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "-o", "pipefail", "-c", line)
                .directory(where.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        String path = System.getenv("PATH");
        builder.environment().put("REAL_CURL", real("curl", path));
        builder.environment().put("REAL_OPENSSL", real("openssl", path));
        builder.environment().put("PATH", folder.resolve("bin") + ":" + path);
        builder.environment().put("HOME", folder.resolve("home").toString());
        builder.environment().put("KUBECONFIG", plane.adminKubeconfig().toString());
        Process process = builder.start();
        boolean ended = process.waitFor(3, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String text = Files.readString(out);
        return new Said(ended ? process.exitValue() : -1, text, Files.readString(err));
    }

    private static String real(String name, String path) {
        return Stream.of(path.split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " is missing: install it, the guide needs it"))
                .toString();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
