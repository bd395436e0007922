package dev.lockkeeper.testbed.control;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The real kubectl, of the control plane's version, against one cluster.
 *
 * @param binary whole
 * @param home where it keeps what it remembers
 */
public record Kubectl(Path binary, Path home, Path kubeconfig) {

    /**
     * kubectl from the user's cache folder, where it is compiled first if it is missing (about a minute on 2 cores, with
     * Helm's modules at hand).
     *
     * @param home an empty folder of the caller's
     * @throws IllegalStateException if Go is missing or too old, or the compiler fails
     */
    public static Kubectl ready(Path home, Path kubeconfig, PrintStream out) {
        GoSources sources = GoSources.find();
        String version = sources.helmClientVersion().replaceFirst("v0", "v1");
        Target target = new Target(
                "kubectl",
                GoSources.HELM,
                "./kubectl",
                List.of("k8s.io/component-base/version.gitVersion=" + version),
                "1 minute");
        return new Kubectl(Tool.ready(sources, target, out), home, kubeconfig);
    }

    /** Runs one command to its end, such as {@code apply -k deploy}, for at most three minutes. */
    public ToolResult run(String... arguments) {
        return Tool.run(
                binary,
                home,
                Map.of(
                        "KUBECONFIG",
                        kubeconfig.toString(),
                        "KUBECACHEDIR",
                        home.resolve("cache").toString()),
                List.of(arguments));
    }
}
