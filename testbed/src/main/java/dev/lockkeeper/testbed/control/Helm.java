package dev.lockkeeper.testbed.control;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The real Helm, against one cluster or none.
 *
 * @param binary whole
 * @param home where it keeps what it remembers: nothing of the user's own Helm is read or written
 * @param kubeconfig of the cluster; one that does not exist where no cluster is asked
 */
public record Helm(Path binary, Path home, Path kubeconfig) {

    /**
     * Helm from the user's cache folder, where it is compiled first if it is missing (about 2 minutes on 2 cores, with
     * the control plane's modules at hand).
     *
     * @param home an empty folder of the caller's
     * @throws IllegalStateException if Go is missing or too old, or the compiler fails
     */
    public static Helm ready(Path home, PrintStream out) {
        GoSources sources = GoSources.find();
        return new Helm(Tool.ready(sources, target(sources), out), home, home.resolve("none.kubeconfig"));
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
    public ToolResult run(String... arguments) {
        return Tool.run(
                binary,
                home,
                Map.of(
                        "KUBECONFIG", kubeconfig.toString(),
                        "HELM_CACHE_HOME", home.resolve("cache").toString(),
                        "HELM_CONFIG_HOME", home.resolve("config").toString(),
                        "HELM_DATA_HOME", home.resolve("data").toString()),
                List.of(arguments));
    }
}
