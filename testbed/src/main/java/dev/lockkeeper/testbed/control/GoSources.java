package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pinned Go modules from which the control plane, Helm and kubectl are compiled: {@code testbed/go} of the checked-out tree. */
record GoSources(Path folder) {
    /** The folder of the module of Helm and kubectl. */
    static final String HELM = "helm";

    private static final String INSIDE_TREE = "testbed/go";

    /**
     * Looks in the folder that the system property {@code lockkeeper.root} names, else upwards from the working
     * directory.
     *
     * @throws IllegalStateException if no such folder is found
     */
    static GoSources find() {
        String root = System.getProperty("lockkeeper.root");
        Path start = Path.of(root == null ? "" : root).toAbsolutePath();
        for (Path folder = start; folder != null; folder = root == null ? folder.getParent() : null) {
            Path sources = folder.resolve(INSIDE_TREE);
            if (Files.isRegularFile(sources.resolve("kubernetes/go.mod"))) {
                return new GoSources(sources);
            }
        }
        throw new IllegalStateException("No " + INSIDE_TREE + " in " + start + (root == null ? " or above it" : "")
                + ": run from inside the checked-out tree, or name it by -Dlockkeeper.root.");
    }

    Path module(Target target) {
        return folder.resolve(target.module());
    }

    /** Like {@code v1.34.4}. */
    String kubernetesVersion() {
        return version("kubernetes", "k8s.io/kubernetes");
    }

    /** Like {@code v0.8.0}. */
    String kwokVersion() {
        return version("kwok", "sigs.k8s.io/kwok");
    }

    /** Like {@code v3.19.5}. */
    String helmVersion() {
        return version(HELM, "helm.sh/helm/v3");
    }

    /** The version of Kubernetes' client in Helm, like {@code v0.34.4}. */
    String helmClientVersion() {
        return version(HELM, "k8s.io/client-go");
    }

    /** Names one state of the control plane's sources, on one kind of machine: another state never gets the same key. */
    String key() {
        return "kubernetes-%s-kwok-%s-%s-%s"
                .formatted(kubernetesVersion(), kwokVersion(), platform(), hash(List.of("kubernetes", "kwok")));
    }

    /** The same of Helm's. */
    String helmKey() {
        return "helm-%s-%s-%s".formatted(helmVersion(), platform(), hash(List.of(HELM)));
    }

    private static String platform() {
        return (System.getProperty("os.name") + "-" + System.getProperty("os.arch"))
                .toLowerCase(Locale.ROOT)
                .replace(' ', '-');
    }

    private String hash(List<String> modules) {
        try (Stream<Path> files = Files.walk(folder)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            List<Path> sorted = files.filter(GoSources::isSource)
                    .filter(file ->
                            modules.contains(folder.relativize(file).getName(0).toString()))
                    .sorted()
                    .toList();
            for (Path file : sorted) {
                byte[] content = Files.readAllBytes(file);
                String head = folder.relativize(file) + " " + content.length + "\n";
                digest.update(head.getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 12);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the Go sources in " + folder, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isSource(Path file) {
        String name = file.getFileName().toString();
        return name.equals("go.mod") || name.equals("go.sum") || name.endsWith(".go");
    }

    private String version(String module, String dependency) {
        Path file = folder.resolve(module).resolve("go.mod");
        try {
            Matcher line = Pattern.compile("(?m)^(?:require)?\\s*" + Pattern.quote(dependency) + " (v\\S+)")
                    .matcher(Files.readString(file));
            if (!line.find()) {
                throw new IllegalStateException(file + " requires no " + dependency + ": restore it from the tree.");
            }
            return line.group(1);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
