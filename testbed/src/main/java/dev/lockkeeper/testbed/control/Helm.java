package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The real Helm, against one cluster or none.
 *
 * @param binary whole
 * @param home where it keeps what it remembers: nothing of the user's own Helm is read or written
 * @param kubeconfig of the cluster; one that does not exist where no cluster is asked
 */
public record Helm(Path binary, Path home, Path kubeconfig) {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    /**
     * What one command ended with.
     *
     * @param out what it wrote to its standard output
     * @param err what it wrote to its standard error
     */
    public record Result(int status, String out, String err) {

        /**
         * The output.
         *
         * @throws IllegalStateException with all that it said, if it ended with another status than 0
         */
        public String ok() {
            if (status != 0) {
                throw new IllegalStateException("helm ended with status " + status + ":\n" + out + err);
            }
            return out;
        }
    }

    /**
     * Helm from the user's cache folder, where it is compiled first if it is missing (about 2 minutes on 2 cores, with
     * the control plane's modules at hand).
     *
     * @param home an empty folder of the caller's
     * @throws IllegalStateException if Go is missing or too old, or the compiler fails
     */
    public static Helm ready(Path home, PrintStream out) {
        GoSources sources = GoSources.find();
        Path folder = Binaries.cacheFolder().resolve(sources.helmKey());
        Target target = target(sources);
        new Build("Helm", folder).compileMissing(List.of(target), sources, new GoCompiler("go"), out);
        return new Helm(folder.resolve(target.binary()), home, home.resolve("none.kubeconfig"));
    }

    /** What Helm's own Makefile sets: its version, and that of Kubernetes where no cluster is asked. */
    static Target target(GoSources sources) {
        String minor = sources.helmClientVersion().split("\\.")[1];
        return new Target(
                "helm",
                GoSources.HELM,
                "helm.sh/helm/v3/cmd/helm",
                List.of(
                        "helm.sh/helm/v3/internal/version.version=" + sources.helmVersion(),
                        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1",
                        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=" + minor,
                        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1",
                        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=" + minor),
                "2 minutes");
    }

    /** The same Helm for a cluster. */
    public Helm with(Path kubeconfig) {
        return new Helm(binary, home, kubeconfig);
    }

    /** Runs one command to its end, such as {@code template lockkeeper helm/lockkeeper}, for at most three minutes. */
    public Result run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile(home, "out", ".log");
            Path err = Files.createTempFile(home, "err", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("HELM_"));
            builder.environment().put("KUBECONFIG", kubeconfig.toString());
            builder.environment().put("HOME", home.toString());
            builder.environment().put("HELM_CACHE_HOME", home.resolve("cache").toString());
            builder.environment().put("HELM_CONFIG_HOME", home.resolve("config").toString());
            builder.environment().put("HELM_DATA_HOME", home.resolve("data").toString());
            Process process = ChildProcesses.start(builder);
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(String.join(" ", command) + " did not end within " + LIMIT.toMinutes()
                        + " minutes:\n" + Files.readString(out) + Files.readString(err));
            }
            return new Result(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + binary, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Helm ran", e);
        }
    }
}
